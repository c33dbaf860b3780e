"""The books of money, recomputed from their entries alone (row 32): what is open of every invoice, what every customer
has in hand, and that numbers have no gaps. Double entry holds by construction; here the stamps are held against it.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, Sum, Value, When

from vigente.billing.models import CustomerAccount, Grant, Invoice, InvoiceSeries, MoneyEntry, Subscription
from vigente.billing.verification import SLICE, Difference, compare, slices

ACCOUNT = MoneyEntry.Account
UNPAID = (Subscription.Status.GRACE, Subscription.Status.SUSPENDED)


def verify_money(*, now: datetime) -> Iterator[Difference]:
    """Every invoice, every customer's credit, every series, every contract that waits for money."""
    for invoices in slices(Invoice.objects.prefetch_related("lines", "credit_notes")):
        yield from _invoices(invoices)
    yield from _credits()
    for series in InvoiceSeries.objects.all():
        yield from _series(series)
    yield from _unpaid(now=now)


def balance_sheet() -> dict[tuple[str, str], int]:
    """Each account's balance per currency, debit less credit. Per currency they add up to zero."""
    sheet: dict[tuple[str, str], int] = defaultdict(int)
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = MoneyEntry.objects.values_list("currency", side).annotate(total=Sum("amount_minor"))
        for currency, account, total in rows.order_by():
            sheet[currency, account] += sign * total
    return dict(sheet)


def _invoices(invoices: list[Invoice]) -> Iterator[Difference]:
    received: dict[int, int] = defaultdict(int)
    rows = MoneyEntry.objects.filter(invoice__in=[invoice.pk for invoice in invoices])
    signed = Case(
        When(debit=ACCOUNT.RECEIVABLE, then=F("amount_minor")),
        When(credit=ACCOUNT.RECEIVABLE, then=-F("amount_minor")),
        default=Value(0),
        output_field=IntegerField(),
    )
    for pk, open_minor in rows.values_list("invoice").annotate(open=Sum(signed)).order_by():
        received[pk] = open_minor
    for invoice in invoices:
        subject = f"invoice:{invoice.pk}"
        lines = list(invoice.lines.all())
        yield from compare(
            subject,
            net=(invoice.net_minor, sum(line.net_minor for line in lines)),
            tax=(invoice.tax_minor, sum(line.tax_minor for line in lines)),
            balance=(invoice.balance_minor, received[invoice.pk]),
        )
        if invoice.corrects_id is None:
            credited = sum(note.total_minor for note in invoice.credit_notes.all())
            if credited > invoice.total_minor:
                yield Difference(subject, "credited", credited, f"at most {invoice.total_minor}")
            settled = invoice.settled_at is not None
            yield from compare(subject, settled=(settled, invoice.balance_minor == 0))


def _credits() -> Iterator[Difference]:
    expected: dict[tuple[int, str], int] = defaultdict(int)
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = MoneyEntry.objects.filter(**{side: ACCOUNT.CREDIT}).values_list("organization", "currency")
        for organization, currency, total in rows.annotate(total=Sum("amount_minor")).order_by():
            expected[organization, currency] += sign * total
    stored = {
        (organization, currency): credit
        for organization, currency, credit in CustomerAccount.objects.values_list(
            "organization", "currency", "credit_minor"
        )
    }
    for key in sorted(set(expected) | set(stored)):
        yield from compare(f"customer:{key[0]}:{key[1]}", credit=(stored.get(key, 0), expected[key]))


def _series(series: InvoiceSeries) -> Iterator[Difference]:
    found = series.invoices.aggregate(count=Count("pk"), first=Min("number"), last=Max("number"))
    yield from compare(f"series:{series.code}", issued=(series.next_number - 1, found["last"] or 0))
    if found["count"]:
        gaps = found["last"] - found["first"] + 1 - found["count"]
        yield from compare(f"series:{series.code}", gaps=(gaps, 0))


def _unpaid(*, now: datetime) -> Iterator[Difference]:
    """A contract in grace or suspended has an open invoice, unless its unpaid term is over and it was paid too late:
    the clock has yet to end it. Limits lie on nobody else's grants.
    """
    rows = Subscription.objects.filter(is_billed=True).annotate(
        owed=Count(
            "invoices",
            filter=Q(
                invoices__purpose=Invoice.Purpose.TERM,
                invoices__balance_minor__gt=0,
                invoices__corrects__isnull=True,
            ),
        )
    )
    for contracts in slices(rows):
        for contract in contracts:
            if contract.status in UNPAID:
                subject = f"subscription:{contract.pk}"
                if contract.unpaid_until is None or contract.unpaid_until > now:
                    yield from compare(subject, has_an_open_invoice=(contract.owed > 0, True))
                yield from compare(subject, knows_its_end=(contract.unpaid_until is not None, True))
    limited = Grant.objects.filter(draw_limit__isnull=False, expired_at__isnull=True)
    wrong = limited.exclude(subscription__status__in=[*UNPAID, Subscription.Status.ENDED, "replaced"])
    for pk in wrong.values_list("pk", flat=True)[:SLICE]:
        yield Difference(f"grant:{pk}", "draw_limit", "set", "none: its contract is paid")
