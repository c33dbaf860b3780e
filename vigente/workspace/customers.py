"""Organizations as the workspace lists and shows them. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from vigente.accounts.models import Invitation, Membership, Organization, User
from vigente.billing.facts import load
from vigente.billing.models import Licence, Subscription
from vigente.billing.prices import terms_of
from vigente.billing.queries import (
    Meter,
    StatementLine,
    meters_of,
    price_of,
    statement,
    subscriptions_of,
)
from vigente.events.models import Event
from vigente.rules.coverage import IN_FORCE
from vigente.rules.lifecycle import UNSOLVED
from vigente.rules.pricing import Price
from vigente.tickets.folding import Folded
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.queries.counts import OPEN_HELD
from vigente.tickets.queries.matching import words_of
from vigente.tickets.queries.pages import Page, after, pack, unpack
from vigente.workspace.history import ORGANIZATION_TELLERS, Line, organization_lines
from vigente.workspace.history_money import ABOUT_MONEY

STATES = ("all", "uncovered", "awaiting", "ending", "blocked")
Status = Subscription.Status


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """A line of the list. `plans`: the contracts in force, best rank first."""

    organization: Organization
    plans: Sequence[Subscription]


def organizations_page(
    user: User, *, text: str = "", state: str = "all", cursor: str | None = None, limit: int = 50
) -> Page[OrganizationRow]:
    """One page by name, with counts of licences and open cases. Two queries, any size."""
    found = _in_state(Organization.objects.visible_to(user), state).alias(plain=Folded("name"))
    for word in words_of(text):
        found = found.filter(plain__contains=word)
    start = unpack(cursor, str, int)
    if start:
        found = found.filter(after(name=start[0], id=start[1]))
    open_cases = Ticket.objects.filter(organization=OuterRef("pk"), status__in=UNSOLVED)
    licences = Licence.objects.filter(organization=OuterRef("pk"), is_active=True)
    found = found.annotate(open_cases=_count(open_cases), licence_count=_count(licences))
    rows = list(found.order_by("name", "id")[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    plans: dict[int, list[Subscription]] = {}
    contracts = Subscription.objects.filter(
        organization__in=[row.pk for row in rows], status__in=[*IN_FORCE, Status.AWAITING_PAYMENT]
    )
    for contract in contracts.select_related("version__plan").order_by("version__rank", "id"):
        if not contract.asleep:
            plans.setdefault(contract.organization_id, []).append(contract)
    lines = [OrganizationRow(row, plans.get(row.pk, [])) for row in rows]
    return Page(lines, pack(rows[-1].name, rows[-1].pk) if more else "")


def _in_state(found: "QuerySet[Organization]", state: str) -> "QuerySet[Organization]":
    contracts = Subscription.objects.filter(organization=OuterRef("pk"))
    if state == "uncovered":
        return found.filter(~Exists(contracts.filter(status__in=IN_FORCE)))
    if state == "awaiting":
        return found.filter(Exists(contracts.filter(status=Status.AWAITING_PAYMENT)))
    if state == "ending":
        return found.filter(Exists(contracts.filter(status__in=IN_FORCE, ends_at__isnull=False)))
    if state == "blocked":
        return found.filter(blocked_at__isnull=False)
    return found


def _count(rows: "QuerySet[Ticket] | QuerySet[Licence]") -> Coalesce:
    counted = rows.order_by().values(one=Value(1)).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@dataclass(frozen=True, slots=True)
class LicencePanel:
    """One licence (None: the whole organization) with its meter, its contracts and their prices, running ones first."""

    licence: Licence | None
    meter: Meter
    contracts: Sequence[tuple[Subscription, Price]]


@dataclass(frozen=True, slots=True)
class OrganizationPage:
    """Everything about one organization on one page; lists are the latest, each links to the whole."""

    organization: Organization
    panels: Sequence[LicencePanel]
    people: Sequence[Membership]
    invitations: Sequence[Invitation]
    statement: Sequence[StatementLine]
    cases: Sequence[Ticket]
    held: Sequence[HeldRequest]
    timeline: Sequence[Line]


def organization_page(organization: Organization, *, user: User, now: datetime) -> OrganizationPage:
    """Read it. The number of queries does not depend on how much there is."""
    facts = load(organization, now=now)
    licences = list(organization.licences.select_related("edition__product", "included_plan").order_by("id"))
    contracts = list(subscriptions_of(organization, now=now).select_related("change_to__plan"))
    wide = any(contract.licence_id is None for contract in contracts)
    homes: list[Licence | None] = [*licences, *([None] if wide or not licences else [])]
    meters = meters_of(organization=organization, licences=homes, now=now, facts=facts)
    terms = terms_of(organization, now=now)
    panels = []
    for home in homes:
        pk = home.pk if home else None
        mine = [c for c in contracts if c.licence_id == pk]
        prices = [
            price_of(version=c.version, licence=home, organization=organization, now=now, terms=terms)
            for c in mine
        ]
        panels.append(LicencePanel(home, meters[pk], list(zip(mine, prices, strict=True))))
    kinds = [kind for kind in ORGANIZATION_TELLERS if user.is_supervisor or not kind.startswith(ABOUT_MONEY)]
    events = Event.objects.filter(organization=organization, kind__in=kinds)
    return OrganizationPage(
        organization=organization,
        panels=panels,
        people=list(organization.memberships.select_related("user").order_by("role", "user__name")),
        invitations=list(organization.invitations.open_at(now)),
        statement=statement(organization=organization, now=now, for_staff=True)[-8:][::-1],
        cases=list(
            Ticket.objects.visible_to(user)
            .filter(organization=organization)
            .select_related("assignee", "work_type")
            .order_by("-accepted_at", "-id")[:8]
        ),
        held=list(
            HeldRequest.objects.visible_to(user)
            .filter(organization=organization, status__in=OPEN_HELD)
            .order_by("-received_at")[:8]
        ),
        timeline=organization_lines(list(events.select_related("actor").order_by("-id")[:25])),
    )
