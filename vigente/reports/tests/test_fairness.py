"""R10 proved from events: the replayed line is the one agents took from."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from vigente.accounts.models import Role
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.factories import make_customer, make_policy, make_user, make_version, publish
from vigente.reports.fairness import fairness, recount
from vigente.reports.periods import month_named
from vigente.rules.fairness import Verdict
from vigente.tickets.models import Department, Ticket
from vigente.tickets.services import work
from vigente.tickets.services.classification import classify
from vigente.tickets.services.conversation import reply

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
JULY = (datetime(2026, 7, 1, 6, tzinfo=UTC), datetime(2026, 8, 1, 6, tzinfo=UTC))


@pytest.fixture
def better():
    version = make_version(name="Empresa", rank=1, cases=50, sla_policy=make_policy(60))
    return make_customer("El Clavo", now=NINE - MINUTE, version=version)


@pytest.fixture
def lesser():
    version = make_version(name="Básico", rank=3, cases=50, sla_policy=make_policy(600))
    return make_customer("La Ceibita", now=NINE - MINUTE, version=version)


@pytest.fixture
def ana():
    return make_user("Ana", role=Role.AGENT)


@pytest.fixture
def sofia():
    return make_user("Sofía", role=Role.SUPERVISOR)


def found():
    return recount(*JULY)


def verdicts():
    return {verdict.value: count for verdict, count in found().counts.items()}


def answer(ticket, agent, at, status="solved"):
    reply(ticket=ticket, author=agent, text="Listo", channel="web", status_after=status, now=at)


def test_r10_next_case_is_always_in_order(better, lesser, ana):
    for n in range(4):
        lesser.ticket(NINE + n * MINUTE)
        better.ticket(NINE + n * MINUTE)
    for n in range(8):
        at = NINE + (10 + n) * MINUTE
        answer(work.take_next(agent=ana, now=at), ana, at + MINUTE / 2)
    assert verdicts() == {"in_order": 8}


def test_r10_who_picks_another_by_hand_passes_over_the_better_plan(better, lesser, ana):
    first, second = better.ticket(NINE), lesser.ticket(NINE)
    work.assign(ticket=second, assignee=ana, actor=ana, now=NINE + 20 * MINUTE)
    answer(second, ana, NINE + 30 * MINUTE)
    (one,) = found().found
    assert (one.verdict, one.passed, one.taking.case) == (Verdict.PASSED_OVER, first.pk, second.pk)
    assert one.waited == 20 * MINUTE
    assert found().taken == 1


def test_r10_answering_first_is_taking(better, lesser, ana):
    better.ticket(NINE)
    answer(lesser.ticket(NINE), ana, NINE + 5 * MINUTE)
    assert verdicts() == {"passed_over": 1}


def test_what_a_supervisor_gives_or_chooses_is_a_reason_allowed(better, lesser, ana, sofia):
    better.ticket(NINE)
    given, chosen = lesser.ticket(NINE), lesser.ticket(NINE)
    work.assign(ticket=given, assignee=ana, actor=sofia, now=NINE + 5 * MINUTE)
    answer(given, ana, NINE + 9 * MINUTE)
    answer(chosen, sofia, NINE + 9 * MINUTE)
    assert verdicts() == {"supervisor": 2}


def test_a_better_case_of_another_department_is_a_reason_allowed(better, lesser, ana):
    billing = Department.objects.create(name="Facturación")
    Department.objects.get(is_default=True).agents.add(ana)
    work.set_department(ticket=better.ticket(NINE), department=billing, actor=ana, now=NINE + MINUTE)
    lesser.ticket(NINE)
    assert work.take_next(agent=ana, now=NINE + 5 * MINUTE)
    assert verdicts() == {"department": 1}


def test_a_case_that_waited_for_its_customer_takes_its_place_again_when_they_write(better, lesser, ana):
    first, second, third = better.ticket(NINE), lesser.ticket(NINE), lesser.ticket(NINE)
    answer(work.take_next(agent=ana, now=NINE + MINUTE), ana, NINE + 2 * MINUTE, "waiting_customer")
    work.assign(ticket=first, assignee=None, actor=ana, now=NINE + 3 * MINUTE)
    answer(work.take_next(agent=ana, now=NINE + 4 * MINUTE), ana, NINE + 5 * MINUTE)
    assert verdicts() == {"in_order": 2}
    reply(ticket=first, author=better.manager, text="Aquí está", channel="web", now=NINE + 6 * MINUTE)
    work.assign(ticket=third, assignee=ana, actor=ana, now=NINE + 16 * MINUTE)
    (one,) = found().found
    assert (one.passed, one.waited) == (first.pk, 10 * MINUTE)
    assert second.pk != one.taking.case


def test_what_is_quoted_apart_is_not_in_the_line(better, lesser, ana):
    first = better.ticket(NINE)
    lesser.ticket(NINE)
    classify(ticket=first, work_type=better.work["development"], actor=ana, now=NINE + MINUTE)
    answer(first, ana, NINE + 3 * MINUTE, "open")
    assert work.take_next(agent=ana, now=NINE + 5 * MINUTE)
    assert verdicts() == {"in_order": 1}


def test_a_rank_that_rose_counts_from_then_on_and_not_before(better, lesser, ana):
    case, other = lesser.ticket(NINE), better.ticket(NINE)
    answer(work.take_next(agent=ana, now=NINE + 2 * MINUTE), ana, NINE + 3 * MINUTE)  # rank 1 before 3
    assert Ticket.objects.get(pk=other.pk).first_replied_at
    lesser.subscription.version = make_version(rank=1, cases=9, sla_policy=make_policy(30))
    lesser.subscription.save()
    work.rerank(organization=lesser.organization, licence=None, now=NINE + 4 * MINUTE)
    middle = make_customer("Medio", now=NINE, rank=2).ticket(NINE + MINUTE)
    answer(middle, ana, NINE + 9 * MINUTE)
    (one,) = found().found
    assert (one.taking.case, one.passed) == (middle.pk, case.pk)


def test_every_stamp_replayed_is_the_one_that_was_stored(better, lesser, ana):
    """The line as the report rebuilds it, against the line as the workspace sees it."""
    from vigente.reports import fairness as module

    for n in range(6):
        (better if n % 2 else lesser).ticket(NINE + n * MINUTE)
    work.set_severity(ticket=Ticket.objects.first(), severity=2, actor=ana, now=NINE + 7 * MINUTE)
    answer(work.take_next(agent=ana, now=NINE + 8 * MINUTE), ana, NINE + 9 * MINUTE, "waiting_customer")
    last = {}
    for moment in module._moments(list(module._cases(*JULY)), JULY[1]):
        if hasattr(moment, "place_at"):
            last[moment.case] = moment
    rebuilt = [
        one.case for one in sorted((one for one in last.values() if one.waits), key=lambda one: one.key)
    ]
    assert rebuilt == list(Ticket.objects.in_line().values_list("pk", flat=True))
    for ticket in Ticket.objects.in_line():
        one = last[ticket.pk]
        assert (one.group, one.place_at, one.due_at, one.assignee) == (
            ticket.place_group, ticket.place_at, ticket.due_at, ticket.assignee_id,
        )  # fmt: skip


@pytest.mark.parametrize("settings", [{"order": "fair"}, {"overdue_first": True}])
def test_next_case_is_in_order_whatever_the_order_is(better, lesser, ana, settings):
    publish(now=NINE - MINUTE, **settings)
    for n in range(5):
        lesser.ticket(NINE + n * 100 * MINUTE)
        better.ticket(NINE + n * 100 * MINUTE)
    for n in range(10):
        at = NINE + (600 + 5 * n) * MINUTE
        answer(work.take_next(agent=ana, now=at), ana, at + MINUTE)
    assert verdicts() == {"in_order": 10}


def test_a_report_of_many_cases_is_kept_a_while(better, ana, monkeypatch):
    july = month_named("2026-07", now=NINE, zone="America/Managua")
    better.ticket(NINE)
    assert fairness(july, now=NINE).taken == 0
    work.take_next(agent=ana, now=NINE + MINUTE)
    assert fairness(july, now=NINE + 2 * MINUTE).taken == 1
    monkeypatch.setattr("vigente.reports.fairness.MANY", 1)
    try:
        fairness(july, now=NINE + 2 * MINUTE)
        Event.objects.all().delete()
        assert fairness(july, now=NINE + 2 * MINUTE).taken == 1
    finally:
        cache.clear()


@pytest.mark.parametrize("count", [1, 30])
def test_the_report_costs_the_same_queries_however_much_there_is(
    better, ana, count, django_assert_max_num_queries
):
    for n in range(count):
        better.ticket(NINE + n * MINUTE)
    for n in range(count):
        answer(work.take_next(agent=ana, now=NINE + (60 + n) * MINUTE), ana, NINE + (61 + n) * MINUTE)
    assert Event.objects.filter(kind=Kind.TICKET_ASSIGNED).count() == count
    with django_assert_max_num_queries(12):
        assert found().taken == count
