"""The books of cases month by month: they add up, and each number opens its entries."""

from datetime import UTC, datetime, timedelta

import pytest

from vigente.accounts.models import Role
from vigente.billing.models import Grant, Subscription
from vigente.billing.services import ledger, packs, subscriptions
from vigente.factories import make_customer, make_user
from vigente.reports.cases import Part, behind, cases
from vigente.reports.periods import Choice, period_of
from vigente.rules.periods import Span
from vigente.rules.reasons import Release
from vigente.tickets.services.classification import release

pytestmark = pytest.mark.django_db
MAY_5 = datetime(2026, 5, 5, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def quarter(now):
    return cases(period_of(Choice.QUARTER, now=now, zone="America/Managua"), now=now)


@pytest.fixture
def lived():
    """Two months of a shop with 4 cases a month, one without limit, a pack, a release, an expiry."""
    shop = make_customer("El Clavo", now=MAY_5, cases=4)
    agent = make_user("Ana", role=Role.AGENT)
    shop.ticket(MAY_5 + DAY)
    spam = shop.ticket(MAY_5 + DAY)
    release(ticket=spam, reason=Release.SPAM, actor=agent, now=MAY_5 + 2 * DAY)
    packs.add_pack(organization=shop.organization, licence=shop.licence, subscription=shop.subscription, cases=2,
                   key="k", now=MAY_5 + 3 * DAY)  # fmt: skip
    endless = make_customer("La Ceibita", now=MAY_5, cases=None)
    endless.ticket(MAY_5 + 4 * DAY)
    now = MAY_5 + 40 * DAY
    for pk in Subscription.objects.values_list("pk", flat=True):
        subscriptions.roll_over(subscription_id=pk, now=now)
    ledger.expire_due(now=now)
    return now


def test_the_month_adds_up_and_is_what_is_left(lived):
    april, may, june = quarter(lived)
    assert april.closing == may.opening == 0
    assert {part.value: count for part, count in may.parts.items() if count} == {
        "included": 4, "bought": 2, "used": 2, "returned": 1, "unlimited": 1,
    }  # fmt: skip
    assert may.used == 2
    assert june.parts[Part.INCLUDED] == 4
    assert june.parts[Part.EXPIRED] == 3 + 2
    assert june.closing == sum(
        Grant.objects.filter(remaining__isnull=False).values_list("remaining", flat=True)
    )


def test_every_number_opens_the_entries_behind_it(lived):
    for row in quarter(lived):
        for part in Part:
            assert (
                sum(entry.cases or 0 for entry in behind(part, Span(row.month.start, row.month.end)))
                == row.parts[part]
            )


def test_entries_come_in_pages(lived):
    month = quarter(lived)[1].month
    may = Span(month.start, month.end)
    first = behind(Part.USED, may, limit=1)
    second = behind(Part.USED, may, after=first[0].id, limit=1)
    assert [row.organization for row in (*first, *second)] == ["El Clavo"] * 2
    assert behind(Part.USED, may, after=second[0].id) == []


@pytest.mark.parametrize("count", [1, 30])
def test_it_costs_the_same_queries_however_much_happened(count, django_assert_num_queries):
    for _ in range(count):
        make_customer(now=MAY_5).ticket(MAY_5)
    with django_assert_num_queries(2):
        quarter(MAY_5 + DAY)
