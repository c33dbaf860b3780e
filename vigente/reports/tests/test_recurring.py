"""Recurring revenue from contracts as the services leave them."""

from datetime import UTC, datetime, timedelta

import pytest

from vigente.accounts.models import Role
from vigente.billing.models import MissedTerm, PriceList, Subscription, TaxCategory, TaxRate
from vigente.billing.services import subscriptions
from vigente.billing.services.licences import set_hosting
from vigente.factories import make_customer, make_user, make_version, publish
from vigente.reports.periods import Choice, month_named, period_of
from vigente.reports.recurring import recurring
from vigente.rules.recurring import Movement

pytestmark = pytest.mark.django_db
ZONE = "America/Managua"
APRIL_10 = datetime(2026, 4, 10, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def roll(until):
    """The worker, day by day."""
    at = APRIL_10
    while at <= until:
        for pk in Subscription.objects.filter(next_due_at__lte=at).values_list("pk", flat=True):
            subscriptions.roll_over(subscription_id=pk, now=at)
        at += DAY


def year(now):
    return recurring(period_of(Choice.YEAR, now=now, zone=ZONE), now=now)


def told(now):
    """What moved in each month, in words a person could check."""
    return {
        row.month.name: (row.opening, {kind.value: minor for kind, minor in row.moved.items()}, row.closing)
        for row in year(now).rows
        if row.moved
    }


def test_a_contract_is_new_in_its_month_and_churns_when_it_ends():
    shop = make_customer(now=APRIL_10, version=make_version(price_minor=4000, currency="USD"))
    later = datetime(2026, 6, 20, tzinfo=UTC)
    subscriptions.give_notice(subscription=shop.subscription, now=APRIL_10 + 40 * DAY)
    roll(later)
    assert told(later) == {
        "2026-04": (0, {"new": 4000}, 4000),
        "2026-06": (4000, {"churn": -4000}, 0),
    }


def test_who_comes_back_is_a_reactivation():
    shop = make_customer(now=APRIL_10, version=make_version(price_minor=4000, currency="USD"))
    subscriptions.give_notice(subscription=shop.subscription, now=APRIL_10)
    roll(APRIL_10 + 60 * DAY)
    back = APRIL_10 + 90 * DAY
    subscriptions.subscribe(
        organization=shop.organization, licence=shop.licence, version=shop.version, now=back
    )
    assert told(back + DAY)["2026-07"] == (0, {"reactivation": 4000}, 4000)


def test_a_change_of_plan_expands_or_contracts():
    shop = make_customer(now=APRIL_10, version=make_version(price_minor=4000, currency="USD"))
    bigger = make_version(price_minor=7000, currency="USD")
    subscriptions.change_plan(subscription=shop.subscription, version=bigger, now=APRIL_10 + DAY)
    roll(APRIL_10 + 40 * DAY)
    assert told(APRIL_10 + 40 * DAY)["2026-05"] == (4000, {"expansion": 3000}, 7000)


def test_an_annual_contract_counts_by_the_month_and_the_cloud_by_its_discount():
    annual = make_version(price_minor=48_000, currency="USD", interval="year")
    make_customer(now=APRIL_10, version=annual)
    cloud = make_version(price_minor=10_000, currency="USD")
    make_customer(now=APRIL_10, version=cloud, hosting="vendor_cloud")
    assert told(APRIL_10 + DAY) == {"2026-04": (0, {"new": 4000 + 6000}, 10_000)}


def test_moving_off_the_cloud_ends_the_discount_at_the_next_term_and_history_stays():
    version = make_version(price_minor=10_000, currency="USD")
    shop = make_customer(now=APRIL_10, version=version, hosting="vendor_cloud")
    owner = make_user("Óscar", role=Role.OWNER)
    set_hosting(licence=shop.licence, hosting="customer", now=APRIL_10 + 35 * DAY, actor=owner)
    later = APRIL_10 + 70 * DAY
    roll(later)
    assert told(later) == {
        "2026-04": (0, {"new": 6000}, 6000),
        "2026-06": (6000, {"expansion": 4000}, 10_000),
    }


def test_a_rulebook_counts_from_the_first_term_after_its_date():
    shop = make_customer(
        now=APRIL_10, version=make_version(price_minor=10_000, currency="USD"), hosting="vendor_cloud"
    )
    publish(now=APRIL_10 + 35 * DAY, discounts=())
    later = APRIL_10 + 70 * DAY
    roll(later)
    assert told(later)["2026-06"] == (6000, {"expansion": 4000}, 10_000)
    assert shop.subscription


def test_a_price_with_tax_counts_without_it():
    tax = TaxCategory.objects.create(code="general", name_es="IVA", name_en="VAT", is_default=True)
    TaxRate.objects.create(category=tax, basis_points=1500)
    PriceList.objects.create(code="base", name="Base", currency="USD", is_base=True, includes_tax=True)
    make_customer(now=APRIL_10, version=make_version(price_minor=11_500, currency="USD"))
    assert told(APRIL_10 + DAY) == {"2026-04": (0, {"new": 10_000}, 10_000)}


def test_included_and_old_plans_are_not_recurring_and_what_never_began_is_not_either():
    make_customer(now=APRIL_10, source="legacy", ends_at=APRIL_10 + 300 * DAY)
    make_customer(now=APRIL_10, source="included")
    make_customer(now=APRIL_10, activate=False)
    make_customer(now=APRIL_10, anchor=APRIL_10 + 20 * DAY)
    assert told(APRIL_10 + DAY) == {}


def test_a_term_that_was_missed_counts_nowhere():
    shop = make_customer(now=APRIL_10, version=make_version(price_minor=4000, currency="USD"))
    later = APRIL_10 + 100 * DAY
    subscriptions.roll_over(subscription_id=shop.subscription.pk, now=later)  # a machine asleep for months
    assert MissedTerm.objects.count() == 2
    assert told(later) == {
        "2026-04": (0, {"new": 4000}, 4000),
        "2026-05": (4000, {"churn": -4000}, 0),
        "2026-07": (0, {"reactivation": 4000}, 4000),
    }


def test_each_month_opens_where_the_last_one_closed():
    for n in range(4):
        version = make_version(price_minor=1000 * (n + 1), currency="USD" if n % 2 else "NIO")
        shop = make_customer(now=APRIL_10 + 17 * n * DAY, version=version)
        if n < 2:
            subscriptions.give_notice(subscription=shop.subscription, now=APRIL_10 + 50 * DAY)
    now = APRIL_10 + 120 * DAY
    roll(now)
    found = year(now)
    for currency in found.currencies:
        rows = found.of(currency)
        assert all(a.closing == b.opening for a, b in zip(rows, rows[1:], strict=False))
        assert all(row.opening + sum(row.moved.values()) == row.closing for row in rows)
    assert Movement.CHURN in {kind for row in found.rows for kind in row.moved}


def test_months_are_those_of_the_billing_zone():
    now = datetime(2026, 8, 1, 5, 59, tzinfo=UTC)  # 23:59 of 31 July in Managua
    period = period_of(Choice.QUARTER, now=now, zone=ZONE)
    assert [month.name for month in period.months] == ["2026-05", "2026-06", "2026-07"]
    assert month_named("2026-08", now=now, zone=ZONE) is None
    assert [month_named(name, now=now, zone=ZONE) for name in ("2026-13", "x", "1999-01", "2026-7")] == [
        None
    ] * 4


@pytest.mark.parametrize("count", [1, 30])
def test_it_costs_the_same_queries_however_many_customers(count, django_assert_num_queries):
    for _ in range(count):
        make_customer(now=APRIL_10)
    with django_assert_num_queries(8):
        year(APRIL_10 + 40 * DAY)
