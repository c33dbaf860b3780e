"""What a contract's time brings: its terms, the allotment of each period, where it stands. For the services beside."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from vigente.billing.models import Grant, Invoice, LedgerEntry, MissedTerm, Order, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.prices import Priced, price_plan, terms_of, with_span
from vigente.billing.services.arrears import draw_limit, enter_grace
from vigente.billing.services.course import tell
from vigente.billing.services.invoices import issue
from vigente.billing.services.ledger import write_grant
from vigente.events.kinds import Kind
from vigente.rules import subscriptions as rules
from vigente.rules.allotments import carried, period_cases
from vigente.rules.invoicing import Line
from vigente.rules.periods import Months, Span, boundary
from vigente.rules.quota import Source
from vigente.rules.refusal import Refused

GRANT_SOURCE = {
    Subscription.Source.BOUGHT: Source.PERIOD,
    Subscription.Source.LEGACY: Source.LEGACY,
    Subscription.Source.INCLUDED: Source.LICENCE,
}


def start_term(subscription: Subscription, step: rules.StartTerm, *, now: datetime) -> None:
    """Say that a term began and, of a billed contract, issue its invoice; one that is already over is listed for a
    person to decide instead (row 20).
    """
    span: dict[str, Any] = {
        "term": step.index,
        "start": step.span.start.isoformat(),
        "end": step.span.end.isoformat(),
    }
    if step.missed and step.index:
        MissedTerm.objects.get_or_create(
            subscription=subscription,
            number=step.index,
            defaults={"start": step.span.start, "end": step.span.end},
        )
        tell(Kind.SUBSCRIPTION_TERM_MISSED, subscription, now=now, **span)
        return
    if step.index:
        take_new_terms(subscription, step.span.start, now=now)
        tell(Kind.SUBSCRIPTION_RENEWED, subscription, now=now, **span)
    if subscription.is_billed:
        bill_term(subscription, step.index, step.span, now=now)


def bill_term(subscription: Subscription, number: int, span: Span, *, now: datetime) -> Invoice:
    """Issue the invoice of a term, once. Until it is paid the contract is in grace (row 25)."""
    invoice = issue(
        key=f"term:{subscription.pk}:{number}",
        organization=subscription.organization,
        priced=_term_price(subscription, number, span, now=now),
        purpose=Invoice.Purpose.TERM,
        subscription=subscription,
        term=number,
        due_at=max(span.start, now),
        now=now,
    )
    if invoice.balance_minor and now < span.end:
        enter_grace(subscription, invoice, until=span.end, now=now)
    return invoice


def _term_price(subscription: Subscription, number: int, span: Span, *, now: datetime) -> Priced:
    """A first term costs what its order said, unless a partial calendar month makes its days count."""
    order = subscription.orders.filter(kind=Order.Kind.PLAN).first() if number == 0 else None
    if order is not None and subscription.months == Months.ANNIVERSARY:
        lines = tuple(with_span(Line.from_json(line), span) for line in order.lines)
        return Priced(lines, order.currency)
    terms = terms_of(subscription.organization, now=now)
    about: dict[str, Any] = {
        "version": subscription.version,
        "licence": subscription.licence,
        "organization": subscription.organization,
        "coupon": subscription.coupon,
        "term": number,
        "span": span,
        "now": now,
    }
    try:
        return price_plan(**about, terms=terms)
    except Refused:  # their list has no price for it: what the version itself says
        return price_plan(**about, terms=replace(terms, price_list=terms.tariff.base))


def take_new_terms(subscription: Subscription, start: datetime, *, now: datetime) -> None:
    """Renew on the terms announced in time for a term that begins at `start`; too late, the old ones hold one more
    (row 38).
    """
    version, announced = subscription.announced_version, subscription.announced_at
    if version is None or announced is None:
        return
    if announced + timedelta(days=rulebook_at(announced).announce_days) > start:
        return
    before, subscription.version = subscription.version, version
    subscription.announced_version = subscription.announced_at = None
    Subscription.objects.filter(pk=subscription.pk).update(
        version=version, announced_version=None, announced_at=None
    )
    tell(Kind.SUBSCRIPTION_TERMS_CHANGED, subscription, now=now, before=before.pk, after=version.pk)


def open_period(subscription: Subscription, index: int, span: Span, *, now: datetime) -> None:
    """Grant the cases of one period, once (R2, row 19)."""
    end = span.end if subscription.ends_at is None else min(span.end, subscription.ends_at)
    if end <= span.start:
        return
    running = subscription.running()
    cases = period_cases(subscription.version.cases, running, index, Span(span.start, end))
    if cases is not None:
        cases += _rolled_over(subscription, index)
    grant = allotment(
        subscription, index, Span(span.start, end), cases, limit=draw_limit(subscription, now=now), now=now
    )
    _, created = write_grant(grant, now=now)
    if created:
        tell(Kind.SUBSCRIPTION_PERIOD_OPENED, subscription, now=now, period=index, cases=cases)


def allotment(
    subscription: Subscription, index: int, span: Span, cases: int | None, *, limit: int | None, now: datetime
) -> Grant:
    """The grant of one period, not written yet; the period's key makes it happen once."""
    return Grant(
        key=f"period:{subscription.pk}:{index}",
        organization=subscription.organization,
        licence=subscription.licence,
        subscription=subscription,
        source=GRANT_SOURCE[Subscription.Source(subscription.source)].value,
        period=index,
        granted=cases,
        remaining=cases,
        draw_limit=limit,
        start=span.start,
        end=span.end,
        rank=subscription.version.rank,
        work=list(subscription.version.work),
        created_at=now,
    )


def _rolled_over(subscription: Subscription, index: int) -> int:
    """Unused cases carried from the period before, by the rulebook in force while it ran (rows 19, 43)."""
    if index == 0:
        return 0
    running = subscription.running()
    began = boundary(running.anchor, running.zone, index - 1, running.months)
    book = rulebook_at(began)
    if not book.rollover_max:
        return 0
    last = Grant.objects.filter(subscription=subscription, period=index - 1).first()
    if last is None or last.remaining is None:
        return 0
    unused = last.remaining
    if last.expired_at is not None:
        expiry = LedgerEntry.objects.filter(source=f"expiry:{last.pk}", kind=LedgerEntry.Kind.EXPIRY).first()
        unused = expiry.cases or 0 if expiry else 0
    return carried(unused, book)
