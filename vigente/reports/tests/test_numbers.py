"""Waiting times, costs, held requests, renewals and whether the books add up."""

from datetime import UTC, date, datetime, timedelta

import pytest

from vigente.accounts.models import Role
from vigente.billing.models import Subscription
from vigente.billing.services import packs, subscriptions
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.factories import make_customer, make_policy, make_user, make_version
from vigente.reports.books import books
from vigente.reports.costs import DEFAULT_MINUTES, costs
from vigente.reports.held import Outcome, held
from vigente.reports.models import CostRate, WorkMinutes
from vigente.reports.periods import Choice, period_of
from vigente.reports.promises import promises, waited_page
from vigente.reports.renewals import Risk, Says, renewals, windows
from vigente.rules.periods import Span
from vigente.sla.models import SlaPolicy
from vigente.tickets.services import held as held_services
from vigente.tickets.services.conversation import reply
from vigente.worker.models import JobRun

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)  # Friday, 9:00 in Managua
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
JULY = Span(datetime(2026, 7, 1, 6, tzinfo=UTC), datetime(2026, 8, 1, 6, tzinfo=UTC))
ZONE = "America/Managua"


def answer(ticket, at, status="solved"):
    agent = make_user("Ana", role=Role.AGENT)
    reply(ticket=ticket, author=agent, text="Listo", channel="web", status_after=status, now=at)


def test_waiting_is_working_time_and_promises_are_kept_or_not():
    policy = make_policy(60)
    SlaPolicy.objects.update(resolution_minutes=300)
    shop = make_customer(now=NINE, version=make_version(rank=1, cases=9, sla_policy=policy))
    tickets = [shop.ticket(NINE) for _ in range(4)]
    for minutes, ticket in zip((20, 30, 90), tickets, strict=False):
        answer(ticket, NINE + minutes * MINUTE)
    later = NINE + 3 * DAY  # Monday, the same hour: the weekend counts for little
    (row,) = promises(JULY, now=later).rows
    assert (row.cases, row.reply_median, row.reply_p90) == (4, 30 * MINUTE, 90 * MINUTE)
    assert row.reply_kept == 5000  # two of four: the last was never answered and is past its promise
    assert (row.solved, row.solution_kept) == (3, 7500)
    (last, *_) = waited_page(JULY, rank=1, now=later, limit=1)
    assert (last.number, last.reply, last.reply_kept) == (tickets[3].number, None, False)


def test_r10_is_true_when_better_plans_wait_less():
    better = make_customer(now=NINE, version=make_version(rank=1, sla_policy=make_policy(60)))
    lesser = make_customer(now=NINE, version=make_version(rank=2, sla_policy=make_policy(60)))
    answer(better.ticket(NINE), NINE + 10 * MINUTE)
    assert promises(JULY, now=NINE + DAY).in_order is None  # one plan alone proves nothing
    answer(lesser.ticket(NINE), NINE + 20 * MINUTE)
    assert promises(JULY, now=NINE + DAY).in_order is True
    answer(lesser.ticket(NINE), NINE + 5 * MINUTE)
    assert promises(JULY, now=NINE + DAY).in_order is False


def month(now):
    return costs(period_of(Choice.MONTH, now=now, zone=ZONE), now=now, zone=ZONE)


def test_a_case_costs_its_minutes_at_the_rate_of_its_day():
    shop = make_customer(now=NINE, version=make_version(name="Tienda", price_minor=31_000, currency="USD"))
    shop.ticket(NINE)
    shop.ticket(NINE + DAY, work="guided_session")
    assert month(NINE + 2 * DAY).per_case is None  # nobody said what an hour costs
    WorkMinutes.objects.create(work_type=shop.work["guided_session"], minutes=90)
    CostRate.objects.create(hour_minor=1000, currency="USD", valid_from=date(2026, 1, 1))
    CostRate.objects.create(hour_minor=1200, currency="USD", valid_from=date(2026, 7, 11))
    found = month(NINE + 2 * DAY)
    (plan,) = found.plans
    assert (plan.plan, plan.cases, plan.minutes) == ("Tienda · WEB", 2, DEFAULT_MINUTES + 90)
    assert plan.cost_minor == 500 + 1800
    assert found.assumed == 1
    assert plan.revenue == {"USD": 12_000}  # 12 of July's 31 days
    assert (plan.margin_minor, plan.margin) == (9700, 8083)


def test_money_of_two_currencies_is_not_compared():
    make_customer(now=NINE, version=make_version(price_minor=31_000, currency="NIO"))
    CostRate.objects.create(hour_minor=1000, currency="USD", valid_from=date(2026, 1, 1))
    (plan,) = month(NINE + DAY).plans
    assert plan.margin_minor is None
    assert plan.revenue_minor is None


def test_held_requests_by_what_let_them_in():
    bare = make_customer("Sin plan", now=NINE, plan=False)
    buys, waits = bare.held(NINE), make_customer(now=NINE, plan=False).held(NINE)
    subscriptions.subscribe(
        organization=bare.organization, licence=bare.licence, version=make_version(), now=NINE + DAY
    )
    held_services.release_covered(organization=bare.organization, now=NINE + DAY)
    full = make_customer("Sin casos", now=NINE, cases=1)
    full.ticket(NINE)
    full.held(NINE)
    packs.add_pack(organization=full.organization, licence=full.licence, subscription=full.subscription, cases=2,
                   key="k", now=NINE + MINUTE)  # fmt: skip
    held_services.release_covered(organization=full.organization, now=NINE + MINUTE)
    found = held(JULY)
    assert {row.id: row.outcome for row in found.rows if row.id in (buys.pk, waits.pk)} == {
        buys.pk: Outcome.PLAN, waits.pk: Outcome.WAITING,
    }  # fmt: skip
    assert (found.total, found.let_in, found.bought) == (3, 2, 2)
    assert found.median(Outcome.PLAN) == DAY
    assert len(found.of(Outcome.PACK)) == 1


def test_renewals_say_when_how_much_and_who_may_be_lost():
    version = make_version(price_minor=4000, currency="USD", cases=1)
    renews = make_customer("A", now=NINE - 5 * DAY, version=version, hosting="vendor_cloud")
    leaves = make_customer("B", now=NINE - 20 * DAY, version=version)
    yearly = make_version(price_minor=48_000, currency="USD", interval="year")
    make_customer("C", now=NINE - 300 * DAY, version=yearly)
    make_customer("D", now=NINE, version=yearly)
    renews.ticket(NINE)
    subscriptions.give_notice(subscription=leaves.subscription, now=NINE)
    for pk in Subscription.objects.values_list("pk", flat=True):
        subscriptions.roll_over(subscription_id=pk, now=NINE)
    found = renewals(now=NINE)
    assert [(row.name, row.says, row.amount_minor, row.risks) for row in found] == [
        ("B", Says.LEAVES, 4000, (Risk.UNUSED,)),
        ("A", Says.RENEWS, 2400, (Risk.EXHAUSTED,)),
        ("C", Says.RENEWS, 48_000, (Risk.UNUSED,)),
    ]
    assert [
        (one.days, len(one.rows), one.amounts, one.leaving, one.at_risk) for one in windows(found, now=NINE)
    ] == [
        (30, 2, {"USD": 2400}, 1, 1),
        (60, 2, {"USD": 2400}, 1, 1),
        (90, 3, {"USD": 50_400}, 1, 2),
    ]


def test_the_books_say_when_they_were_last_looked_at():
    assert (books().balance, books().checked_at) == (None, None)
    JobRun.objects.create(name="nightly verify", last_at=NINE)
    assert (books().balance, books().checked_at) == (True, NINE)
    record(Kind.VERIFY_FAILED, subject="verify", now=NINE, count=1, differences=["x"])
    assert books().balance is False
    record(Kind.VERIFY_PASSED, subject="verify", now=NINE)
    assert books().balance is True


@pytest.mark.parametrize("count", [1, 30])
def test_each_report_costs_the_same_queries_however_much_there_is(count, django_assert_max_num_queries):
    SlaPolicy.objects.filter(pk=make_policy(60).pk).update(resolution_minutes=300)
    version = make_version(rank=1, cases=9, sla_policy=make_policy(60))
    for _ in range(count):
        answer(make_customer(now=NINE, version=version).ticket(NINE), NINE + MINUTE)
        make_customer(now=NINE, plan=False).held(NINE)
    with django_assert_max_num_queries(8):
        promises(JULY, now=NINE)
    with django_assert_max_num_queries(13):
        month(NINE)
    with django_assert_max_num_queries(1):
        held(JULY)
    with django_assert_max_num_queries(10):
        renewals(now=NINE + 20 * DAY)
