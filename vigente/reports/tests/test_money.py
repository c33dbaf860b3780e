"""Money billed, collected and overdue, and revenue of contracts that are invoiced here."""

from datetime import UTC, datetime, timedelta

import pytest

from vigente.billing.models import Invoice, Subscription
from vigente.billing.services import invoices, orders, payments, subscriptions
from vigente.factories import make_customer, make_version
from vigente.reports.money import Part, money, moves, overdue, overdue_invoices
from vigente.reports.periods import Choice, period_of
from vigente.reports.recurring import recurring
from vigente.reports.renewals import Risk, renewals
from vigente.rules.periods import Span
from vigente.rules.reasons import Credit

pytestmark = pytest.mark.django_db
MAY_5 = datetime(2026, 5, 5, 15, tzinfo=UTC)
DAY = timedelta(days=1)
ZONE = "America/Managua"


@pytest.fixture
def client():
    """A customer who ordered a plan of 40.00 a month in the cloud, and paid the first month."""
    version = make_version(price_minor=4000, currency="USD", cases=3)
    shop = make_customer("El Clavo", now=MAY_5, plan=False, hosting="vendor_cloud")
    order = orders.place(organization=shop.organization, licence=shop.licence, kind="plan", version=version, key="o",
                         now=MAY_5)  # fmt: skip
    payments.record_payment(organization=shop.organization, method="manual", amount_minor=order.total_minor,
                            currency="USD", key="p", order=order, now=MAY_5)  # fmt: skip
    return shop


def roll(until):
    at = MAY_5
    while at <= until:
        for pk in Subscription.objects.filter(next_due_at__lte=at).values_list("pk", flat=True):
            subscriptions.roll_over(subscription_id=pk, now=at)
        at += DAY


def test_billed_collected_and_credited_come_from_the_ledger_of_money(client):
    roll(MAY_5 + 40 * DAY)
    first = Invoice.objects.order_by("pk")[0]
    invoices.credit(
        invoice=first, reason=Credit.MISTAKE, key="c", net_minor=400, tax_minor=0, now=MAY_5 + 41 * DAY
    )
    period = period_of(Choice.QUARTER, now=MAY_5 + 41 * DAY, zone=ZONE)
    found = {row.month.name: row.sums for row in money(period)}
    assert (found["2026-05"][Part.BILLED], found["2026-05"][Part.COLLECTED]) == (2400, 2400)
    assert (found["2026-06"][Part.BILLED], found["2026-06"][Part.COLLECTED]) == (2400 - 400, 0)
    for row in money(period):
        for part in Part:
            span = Span(row.month.start, row.month.end)
            assert sum(one.minor for one in moves(part, span, row.currency)) == row.sums[part]


def test_what_is_open_past_its_date_is_overdue_by_its_age(client):
    roll(MAY_5 + 40 * DAY)
    assert overdue(now=MAY_5 + 20 * DAY) == []
    (age,) = overdue(now=MAY_5 + 40 * DAY)
    assert (age.over, age.most, age.currency, age.invoices, age.minor) == (0, 30, "USD", 1, 2400)
    (age,) = overdue(now=MAY_5 + 140 * DAY)
    assert (age.over, age.most) == (90, None)
    (invoice,) = overdue_invoices(now=MAY_5 + 40 * DAY)
    assert overdue_invoices(now=MAY_5 + 40 * DAY, after=(invoice.due_at, invoice.pk)) == []


def test_an_unpaid_contract_recurs_until_it_ends_and_is_at_risk(client):
    later = MAY_5 + 50 * DAY
    roll(later)
    rows = recurring(period_of(Choice.QUARTER, now=later, zone=ZONE), now=later).rows
    assert [row.closing for row in rows] == [0, 2400, 2400]
    assert Risk.UNPAID in renewals(now=MAY_5 + 40 * DAY)[0].risks


def test_what_an_invoice_says_is_what_counts(client):
    """A price list changed since does not rewrite what was billed."""
    contract = Subscription.objects.get()
    period = period_of(Choice.MONTH, now=MAY_5 + DAY, zone=ZONE)
    before = recurring(period, now=MAY_5 + DAY).rows
    client.licence.hosting = "customer"
    client.licence.save()
    assert recurring(period, now=MAY_5 + DAY).rows == before
    assert [row.closing for row in before] == [2400]
    assert contract.is_billed
