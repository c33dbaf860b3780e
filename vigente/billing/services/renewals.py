"""The night of the month in which thousands renew: contracts whose next step is an ordinary one, many at a time (R5).

An ordinary step is one allotment of a contract that runs, with its term's invoice if a term begins. What it comes to is
decided by the same rules and written as the same rows as one contract alone (`allotments`, `subscriptions.roll_over`);
only the writing is done for all at once, in one transaction. Whatever is not ordinary is left to `roll_over`: an end, a
missed term, new terms, money in hand, cases carried over, a plan that sleeps.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db import IntegrityError, connection, transaction
from django.db.models import DateTimeField, Exists, OuterRef, TextField

from vigente.billing.due import moving_subscriptions
from vigente.billing.models import (
    BillingProfile,
    CustomerAccount,
    Grant,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    LedgerEntry,
    MoneyEntry,
    RulebookVersion,
    Subscription,
)
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.prices import Priced, Terms, price_plan, tariff_at, terms_for
from vigente.billing.services.allotments import allotment
from vigente.billing.services.invoice_rows import (
    date_and_name,
    default_series,
    draft,
    give_number,
    line_row,
    receivables,
    said_of,
    seller,
    take_number,
)
from vigente.billing.services.ledger import granting
from vigente.events.kinds import Kind
from vigente.events.models import Event, happening
from vigente.installation.prepared import Param, PreparedUpdate, together
from vigente.rules import subscriptions as rules
from vigente.rules.allotments import period_cases
from vigente.rules.refusal import Refused
from vigente.rules.rulebook import Rulebook

BATCH = 500
STATUS = Subscription.Status


@dataclass(slots=True)
class Step:
    """One contract's ordinary step: its next period and, when a term begins, what that costs."""

    subscription: Subscription
    opened: rules.OpenPeriod
    started: rules.StartTerm | None
    terms: Terms | None = None
    priced: Priced | None = None
    invoice: Invoice | None = None
    grant: Grant | None = None

    @property
    def is_unpaid(self) -> bool:
        return self.invoice is not None


def renew_ordinary(*, now: datetime) -> int:
    """Take the ordinary steps due, at most one batch of contracts; returns how many steps that was.

    Safe on several machines: the contracts are locked, those somebody else holds are left to them; and every row has
    the key by which it happens once. Should a batch be refused, nothing of it is written and each goes its own way.
    """
    try:
        with transaction.atomic():
            return _renew(_due(now=now), now=now)
    except IntegrityError:
        return 0


def _due(*, now: datetime) -> list[Subscription]:
    in_hand = CustomerAccount.objects.filter(organization=OuterRef("organization"), credit_minor__gt=0)
    locked = {"skip_locked": True} if connection.features.has_select_for_update_skip_locked else {}
    rows = (
        moving_subscriptions()
        .filter(~Exists(in_hand), status=STATUS.ACTIVE, asleep=False, next_due_at__lte=now)
        .filter(announced_version__isnull=True, periods_opened__gte=1)
        .select_for_update(of=("self",), **locked)
        .select_related("version__plan__edition", "organization", "licence__edition")
        .order_by("next_due_at", "id")
    )
    return list(rows[:BATCH])


def _renew(contracts: Sequence[Subscription], *, now: datetime) -> int:
    steps = [step for step in (_ordinary(contract, now=now) for contract in contracts) if step is not None]
    steps = _carrying_nothing(steps)
    steps = _priced(steps, now=now)
    if not steps:
        return 0
    _issue([step for step in steps if step.priced is not None], now=now)
    limit = rulebook_at(now).grace_cases
    for step in steps:
        step.grant = _allotment(step, limit if step.is_unpaid else None, now=now)
    grants = [step.grant for step in steps if step.grant is not None]
    Grant.objects.bulk_create(grants)
    LedgerEntry.objects.bulk_create(granting(grant, now=now) for grant in grants)
    _move(steps)
    Event.objects.bulk_create(chain.from_iterable(_happenings(step, now=now) for step in steps))
    return sum(1 + (step.started is not None) for step in steps)


def _ordinary(contract: Subscription, *, now: datetime) -> Step | None:
    """The one step that is due, if that is all there is and it is nothing out of the ordinary."""
    due = rules.advance(contract.running(), now=now)
    opened = due[-1] if due else None
    if not isinstance(opened, rules.OpenPeriod) or len(due) > 2:
        return None
    started = due[0] if len(due) == 2 else None
    if started is not None and (not isinstance(started, rules.StartTerm) or started.missed):
        return None
    if opened.span.end <= opened.span.start:
        return None
    return Step(contract, opened, started)


def _carrying_nothing(steps: Iterable[Step]) -> list[Step]:
    """Those whose last period ran under rules that carry no cases over (rows 19, 43)."""
    books = [
        (version.effective_from, Rulebook.from_json(version.data))
        for version in RulebookVersion.objects.order_by("effective_from")
    ]
    if not any(book.rollover_max for _, book in books) and not Rulebook().rollover_max:
        return list(steps)

    def carries(step: Step) -> bool:
        began = step.subscription.running().period(step.opened.index - 1).start
        in_force = [book for since, book in books if since <= began]
        return bool((in_force[-1] if in_force else Rulebook()).rollover_max)

    return [step for step in steps if not carries(step)]


def _priced(steps: Sequence[Step], *, now: datetime) -> list[Step]:
    """The same with what their new terms cost; a term that costs nothing, or has no price, goes its own way."""
    billed = [step for step in steps if step.started is not None and step.subscription.is_billed]
    if billed:
        tariff = tariff_at(now)
        terms = terms_for([step.subscription.organization for step in billed], tariff)
        for step in billed:
            step.terms = terms[step.subscription.organization_id]
            step.priced = _price(step, now=now)
    return [step for step in steps if step.terms is None or (step.priced and step.priced.total_minor)]


def _price(step: Step, *, now: datetime) -> Priced | None:
    contract, started = step.subscription, step.started
    assert started is not None, "only a term has a price"
    try:
        return price_plan(
            version=contract.version,
            licence=contract.licence,
            organization=contract.organization,
            coupon=contract.coupon,
            term=started.index,
            span=started.span,
            terms=step.terms,
            now=now,
        )
    except Refused:
        return None


def _issue(steps: Sequence[Step], *, now: datetime) -> None:
    """Their invoices, numbered one after the other; nobody has money in hand to pay them with."""
    if not steps:
        return
    profiles = {
        profile.organization_id: profile
        for profile in BillingProfile.objects.filter(
            organization__in=[step.subscription.organization_id for step in steps]
        )
    }
    series, issuer = default_series(InvoiceSeries.Kind.INVOICE), seller()
    first = take_number(series, count=len(steps))
    for number, step in enumerate(steps, start=first):
        step.invoice = _invoice(step, now=now)
        date_and_name(step.invoice, profiles.get(step.subscription.organization_id), issuer, now=now)
        give_number(step.invoice, series, number)
    invoices = [step.invoice for step in steps if step.invoice is not None]
    Invoice.objects.bulk_create(invoices)
    InvoiceLine.objects.bulk_create(
        line_row(step.invoice, position, line)
        for step in steps
        if step.invoice is not None and step.priced is not None
        for position, line in enumerate(step.priced.lines)
    )
    MoneyEntry.objects.bulk_create(chain.from_iterable(receivables(one, now=now) for one in invoices))


def _invoice(step: Step, *, now: datetime) -> Invoice:
    contract, started, priced = step.subscription, step.started, step.priced
    assert started is not None, "only a term is billed"
    assert priced is not None, "what has no price goes its own way"
    return draft(
        key=f"term:{contract.pk}:{started.index}",
        organization=contract.organization,
        priced=priced,
        purpose=Invoice.Purpose.TERM,
        subscription=contract,
        term=started.index,
        due_at=max(started.span.start, now),
    )


def _allotment(step: Step, limit: int | None, *, now: datetime) -> Grant:
    contract, opened = step.subscription, step.opened
    cases = period_cases(contract.version.cases, contract.running(), opened.index, opened.span)
    return allotment(contract, opened.index, opened.span, cases, limit=limit, now=now)


def _move(steps: Sequence[Step]) -> None:
    """Where each contract stands now; the UPDATE carries what it started from, so nothing is lost."""
    moves = []
    for step in steps:
        contract, before = step.subscription, step.subscription.periods_opened
        contract.periods_opened = step.opened.index + 1
        if step.is_unpaid and step.started is not None:
            contract.status, contract.unpaid_until = STATUS.GRACE, step.started.span.end
        contract.next_due_at = rules.next_due(contract.running())
        moves.append(
            _MOVE.asked(
                subscription=contract.pk,
                before=before,
                opened=contract.periods_opened,
                due=contract.next_due_at,
                status=contract.status,
                unpaid=contract.unpaid_until,
            )
        )
    if sum(together(*moves)) != len(steps):
        raise IntegrityError("another process moved one of these subscriptions at the same time")


_MOVE = PreparedUpdate(
    lambda: Subscription.objects.filter(
        pk=Param("subscription"), periods_opened=Param("before"), status=STATUS.ACTIVE
    ),
    periods_opened=Param("opened"),
    next_due_at=Param("due", DateTimeField()),
    status=Param("status", TextField()),
    unpaid_until=Param("unpaid", DateTimeField()),
)


def _happenings(step: Step, *, now: datetime) -> Iterable[Event]:
    contract, started, invoice, grant = step.subscription, step.started, step.invoice, step.grant
    subject, organization = f"subscription:{contract.pk}", contract.organization_id

    def say(kind: Kind, **data: object) -> Event:
        return happening(
            kind,
            subject=subject,
            organization_id=organization,
            now=now,
            actor=None,
            licence=contract.licence_id,
            **data,
        )

    if started is not None:
        start, end = started.span.start.isoformat(), started.span.end.isoformat()
        yield say(Kind.SUBSCRIPTION_RENEWED, term=started.index, start=start, end=end)
    if invoice is not None and contract.unpaid_until is not None:
        yield said_of(invoice, now=now)
        yield say(Kind.SUBSCRIPTION_GRACE, invoice=invoice.pk, until=contract.unpaid_until.isoformat())
    assert grant is not None, "every step brings its cases"
    yield say(Kind.SUBSCRIPTION_PERIOD_OPENED, period=step.opened.index, cases=grant.granted)
