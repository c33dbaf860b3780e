"""One agent asks for the next case many times at once: never more in hand than they take. Many: never the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from vigente.factories import make_customer, make_user
from vigente.tickets.models import Skill, Ticket
from vigente.tickets.services import line, work

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS, CLIENTS, MOST = 12, 8, 2


def all_take(agents, *, now):
    gate = Barrier(len(agents))

    def take(agent):
        gate.wait()
        try:
            return work.take_next(agent=agent, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(agents)) as pool:
        return list(pool.map(take, agents))


def test_an_agent_who_asks_eight_times_at_once_is_never_given_more_than_they_take():
    now = datetime.now(UTC)
    shop = make_customer(now=now - timedelta(hours=1), cases=None)
    for _ in range(ROUNDS):
        agent = make_user(role="agent")
        line.set_capacity(agent=agent, most=MOST, away=False, until=None, now=now)
        for _ in range(CLIENTS):
            shop.ticket(now)
        all_take([agent] * CLIENTS, now=now)
        assert 1 <= Ticket.objects.filter(assignee=agent, waits=True).count() <= MOST
        Ticket.objects.update(status="closed")


def test_agents_who_ask_at_once_get_different_cases_and_only_what_they_know():
    now = datetime.now(UTC)
    shop = make_customer(now=now - timedelta(hours=1), cases=None)
    skill = Skill.objects.create(name="Consultas")
    skill.work_types.add(shop.work["question"])
    agents = [make_user(role="agent") for _ in range(CLIENTS)]
    skill.agents.add(*agents[: CLIENTS // 2])
    for _ in range(ROUNDS):
        for number in range(CLIENTS):
            shop.ticket(now, work="question" if number % 2 else "error")
        taken = [case for case in all_take(agents, now=now) if case is not None]
        assert len({case.pk for case in taken}) == len(taken)
        for case in Ticket.objects.filter(assignee__isnull=False, waits=True).select_related("work_type"):
            assert case.work_type.code == "error" or case.assignee in agents[: CLIENTS // 2]
        Ticket.objects.update(status="closed")
