"""Reads a slice of customers with everything that happened to them: a dozen queries, however many there are.

Plain values, no model objects: what a replay needs is small, and there is much of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from vigente.accounts.models import Membership, Organization
from vigente.billing.models import BillingProfile, Grant, Invoice, LedgerEntry, Licence, Order, Subscription
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.rules.periods import Span
from vigente.tickets.models import DrawDispute, HeldRequest, Ticket

CHANGES = (
    Kind.LICENCE_HOSTING_CHANGED,
    Kind.ORGANIZATION_BLOCKED,
    Kind.ORGANIZATION_UNBLOCKED,
    Kind.TICKET_CLASSIFIED,
    Kind.TICKET_MOVED_LICENCE,
    Kind.HELD_CHOICE_ASKED,
    Kind.APPROVAL_ASKED,
    Kind.SUBSCRIPTION_UPGRADED,
    Kind.SUBSCRIPTION_TERMS_CHANGED,
)
TICKET = (
    "id",
    "number",
    "organization_id",
    "licence_id",
    "requester_id",
    "opened_by_id",
    "department_id",
    "work_type_id",
    "queue",
    "channel",
    "severity",
    "decision",
    "follows_id",
    "accepted_at",
    "first_replied_at",
    "solved_at",
    "rank",
    "sla_policy_id",
)
HELD = (
    "id",
    "organization_id",
    "licence_id",
    "requester_id",
    "work_type_id",
    "channel",
    "status",
    "decision",
    "follows_id",
    "ticket_id",
    "approved_by_id",
    "received_at",
    "hold_until",
    "settled_at",
)
GRANT = (
    "id",
    "key",
    "organization_id",
    "licence_id",
    "subscription_id",
    "source",
    "period",
    "granted",
    "start",
    "end",
    "rank",
    "work",
    "created_at",
)
ENTRY = (
    "id",
    "grant_id",
    "grant__organization_id",
    "kind",
    "cases",
    "source",
    "reason",
    "is_favour",
    "actor_id",
    "at",
)
CONTRACT = (
    "id",
    "organization_id",
    "licence_id",
    "version_id",
    "source",
    "status",
    "anchor",
    "time_zone",
    "months",
    "auto_renew",
    "ends_at",
    "unpaid_until",
    "ended_at",
    "notice_given_at",
    "notice_bounced_at",
    "replaced_by_id",
    "coupon",
    "is_billed",
    "created_at",
)
LICENCE = ("id", "organization_id", "edition__code", "hosting", "is_active", "registered_at")

Row = dict[str, Any]


@dataclass(slots=True)
class Rows:
    """One organization's rows, as read."""

    organization: Row
    licences: list[Row] = field(default_factory=list)
    contracts: list[Row] = field(default_factory=list)
    grants: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)
    held: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    seats: dict[int, tuple[str, bool]] = field(default_factory=dict)
    disputes: dict[int, datetime] = field(default_factory=dict)
    unpaid: list[Row] = field(default_factory=list)
    orders: dict[int, datetime] = field(default_factory=dict)
    price_list: int | None = None  # in which it buys; None: the base one


def load(ids: Sequence[int], span: Span) -> list[Rows]:
    """What happened in `span` to the organizations `ids`, in that order, and how things stood when it begins."""
    found = {
        row["id"]: Rows(dict(row))
        for row in Organization.objects.filter(pk__in=ids).values(
            "id", "name", "draw_by", "approve_beyond", "blocked_at"
        )
    }
    since = span.start
    _sort(found, "licences", Licence.objects.filter(organization__in=ids).order_by("id").values(*LICENCE))
    contracts = Subscription.objects.filter(organization__in=ids).exclude(
        status__in=[Subscription.Status.AWAITING_PAYMENT, Subscription.Status.CANCELLED]
    )
    _sort(found, "contracts", contracts.order_by("anchor", "id").values(*CONTRACT))
    _sort(found, "tickets", _tickets(ids, span).order_by("accepted_at", "id").values(*TICKET))
    _sort(found, "held", _held(ids, span).order_by("received_at", "id").values(*HELD))
    events = Event.objects.filter(organization__in=ids, kind__in=CHANGES).order_by("id")
    _sort(found, "events", events.values("organization_id", "kind", "subject", "data", "occurred_at"))
    entries = LedgerEntry.objects.filter(
        Q(grant__end__gt=since) | Q(at__gte=since), grant__organization__in=ids
    )
    _sort(found, "entries", entries.order_by("at", "id").values(*ENTRY), by="grant__organization_id")
    _sort(found, "grants", _grants(found, ids, since))
    _sort(found, "tickets", _touched(found, span))
    _rest(found, ids)
    return [found[pk] for pk in ids if pk in found]


def _sort(found: dict[int, Rows], name: str, rows: Iterable[Any], by: str = "organization_id") -> None:
    for row in rows:
        getattr(found[row[by]], name).append(row)


def _tickets(ids: Sequence[int], span: Span) -> Any:
    """Accepted within the span, or before it and not yet answered when it begins."""
    since = span.start
    waited = Q(accepted_at__lt=since, first_replied_at__gte=since) | Q(
        accepted_at__lt=since, first_replied_at__isnull=True, solved_at__isnull=True
    )
    return Ticket.everything.filter(
        Q(accepted_at__gte=since) | waited, organization__in=ids, accepted_at__lt=span.end
    )


def _touched(found: dict[int, Rows], span: Span) -> Iterable[Any]:
    """Older cases whose draw something is done to within the span."""
    known = {ticket["number"] for rows in found.values() for ticket in rows.tickets}
    sources = (
        entry["source"].split(":")
        for rows in found.values()
        for entry in rows.entries
        if span.contains(entry["at"])
    )
    numbers = {int(source[1]) for source in sources if source[0] == "ticket"} - known
    if not numbers:
        return []
    older = Ticket.everything.filter(number__in=numbers, accepted_at__lt=span.start)
    return older.order_by("accepted_at", "id").values(*TICKET)


def _held(ids: Sequence[int], span: Span) -> Any:
    """Received within the span, or before it and still waiting when it begins."""
    waited = Q(settled_at__isnull=True) | Q(settled_at__gte=span.start)
    return HeldRequest.objects.filter(
        Q(received_at__gte=span.start) | waited, organization__in=ids, received_at__lt=span.end
    )


def _grants(found: dict[int, Rows], ids: Sequence[int], since: datetime) -> Iterable[Row]:
    """Those that may still be used when the span begins or later, and those that something came back to in it."""
    recent = Grant.objects.filter(organization__in=ids, end__gt=since).order_by("id").values(*GRANT)
    rows = list(recent)
    known = {row["id"] for row in rows}
    late = {entry["grant_id"] for one in found.values() for entry in one.entries} - known
    if late:
        rows += Grant.objects.filter(pk__in=late, organization__in=ids).order_by("id").values(*GRANT)
    return rows


def _rest(found: dict[int, Rows], ids: Sequence[int]) -> None:
    for user, organization, role, may_draw in Membership.objects.filter(organization__in=ids).values_list(
        "user_id", "organization_id", "role", "may_draw"
    ):
        found[organization].seats[user] = (role, may_draw)
    buys = BillingProfile.objects.filter(organization__in=ids, price_list__isnull=False)
    for organization, price_list in buys.values_list("organization_id", "price_list_id"):
        found[organization].price_list = price_list
    disputes = DrawDispute.objects.filter(ticket__organization__in=ids, disputed_at__isnull=False)
    for ticket, organization, at in disputes.values_list(
        "ticket_id", "ticket__organization_id", "disputed_at"
    ):
        assert at is not None
        found[organization].disputes[ticket] = at
    terms = Invoice.objects.filter(
        organization__in=ids, purpose=Invoice.Purpose.TERM, corrects__isnull=True, term__gte=1
    ).filter(Q(settled_at__isnull=True) | Q(settled_at__gt=F("due_at")))
    _sort(found, "unpaid", terms.values("organization_id", "subscription_id", "term", "settled_at"))
    orders = Order.objects.filter(
        organization__in=ids, kind=Order.Kind.PLAN, status=Order.Status.DONE, subscription__isnull=False
    )
    for organization, subscription, at in orders.values_list(
        "organization_id", "subscription_id", "created_at"
    ):
        found[organization].orders[subscription] = at


def unpaid_of(rows: Rows) -> dict[int, list[Row]]:
    """Unpaid terms by contract."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows.unpaid:
        found[row["subscription_id"]].append(row)
    return found
