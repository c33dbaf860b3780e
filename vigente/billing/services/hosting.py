"""Moving into the vendor's cloud in the middle of a term (row 27): its discount for the days that are left."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from vigente.accounts.models import User
from vigente.billing.models import Invoice, Licence, Subscription
from vigente.billing.prices import Priced, price_plan
from vigente.billing.services.course import RUNNING
from vigente.billing.services.invoices import credit, uncorrected
from vigente.billing.services.refunds import upgrades_in
from vigente.rules.invoicing import Label, LabelCode
from vigente.rules.periods import Span
from vigente.rules.reasons import Credit
from vigente.rules.subscriptions import current_term


@dataclass(frozen=True, slots=True)
class _Paid:
    """What an invoice charges for the days left, as if it were for the whole term; earlier such credits are off."""

    invoice: Invoice
    net: Fraction
    tax: Fraction


def credit_unused_days(*, licence: Licence, now: datetime, actor: User | None) -> list[Invoice]:
    """Credit the discount for the days left of a paid term, on its invoice and on those of its changes to a better
    plan, each by its share; the credit notes.
    """
    subscription = (
        Subscription.objects.filter(
            licence=licence, status__in=RUNNING, is_billed=True, source=Subscription.Source.BOUGHT
        )
        .select_related("version__plan__edition", "organization", "licence__edition")
        .first()
    )
    if subscription is None:
        return []
    span = current_term(subscription.running(), now=now)
    terms = Invoice.objects.filter(
        subscription=subscription, purpose=Invoice.Purpose.TERM, corrects__isnull=True
    )
    invoice = terms.order_by("-term").first()
    if invoice is None or not span.contains(now):
        return []
    anew, elsewhere = _prices(subscription, licence, term=invoice.term or 0, now=now)
    if anew.currency != invoice.currency:
        return []  # billed in another list meanwhile: the discount comes with the next term
    zone = subscription.time_zone
    paid = [
        _paid(one, begun, span, zone)
        for one, begun in [
            (invoice, span.start),
            *((one, one.issued_at) for one in upgrades_in(subscription, span)),
        ]
        if one.currency == anew.currency and Span(begun, span.end).days(zone) > 0
    ]
    return _credited(paid, anew, elsewhere, licence, Span(now, span.end), span, zone, actor=actor)


def _prices(
    subscription: Subscription, licence: Licence, *, term: int, now: datetime
) -> tuple[Priced, Priced]:
    """The contract's plan in the cloud and elsewhere, so that what else changed of its price since does not count."""
    own = copy(licence)
    own.hosting = Licence.Hosting.CUSTOMER
    anew, elsewhere = (
        price_plan(
            version=subscription.version,
            licence=one,
            organization=subscription.organization,
            coupon=subscription.coupon,
            term=term,
            now=now,
        )
        for one in (licence, own)
    )
    return anew, elsewhere


def _paid(invoice: Invoice, begun: datetime, span: Span, zone: str) -> _Paid:
    whole = span.days(zone)
    covered = Span(begun, span.end).days(zone)
    net, tax = Fraction(invoice.net_minor * whole, covered), Fraction(invoice.tax_minor * whole, covered)
    for note in invoice.credit_notes.filter(reason=Credit.HOSTING_CHANGED.value):
        days = Span(note.issued_at, span.end).days(zone)
        net -= Fraction(note.net_minor * whole, days)
        tax -= Fraction(note.tax_minor * whole, days)
    return _Paid(invoice, net, tax)


def _credited(
    paid: list[_Paid],
    anew: Priced,
    elsewhere: Priced,
    licence: Licence,
    left: Span,
    span: Span,
    zone: str,
    *,
    actor: User | None,
) -> list[Invoice]:
    """Write the credit notes: of what was paid more than the cloud's price, the days left."""
    net, tax = sum(one.net for one in paid), sum(one.tax for one in paid)
    days = Fraction(left.days(zone), span.days(zone))
    more_net = max(min(net, elsewhere.net_minor) - anew.net_minor, 0) * days
    more_tax = max(min(tax, elsewhere.tax_minor) - anew.tax_minor, 0) * days
    label = Label(
        LabelCode.HOSTING,
        {"licence": licence.pk, "start": left.start.isoformat(), "end": span.end.isoformat(), "zone": zone},
    )
    notes = []
    for one in paid:
        given_net = round(more_net * one.net / net) if net else 0
        given_tax = round(more_tax * one.tax / tax) if tax else 0
        left_net, left_tax = uncorrected(one.invoice)
        if given_net + given_tax == 0 or given_net > left_net or given_tax > left_tax:
            continue
        notes.append(
            credit(
                invoice=one.invoice,
                net_minor=given_net,
                tax_minor=given_tax,
                label=label,
                reason=Credit.HOSTING_CHANGED,
                key=f"hosting:{one.invoice.pk}:{licence.pk}",
                actor=actor,
                now=left.start,
            )
        )
    return notes
