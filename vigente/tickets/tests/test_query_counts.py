"""What an act or a page asks the database is known, and the same with much history as with none."""

from datetime import timedelta

import pytest
from django.db import connection

from vigente import factories as make
from vigente.accounts.models import Role
from vigente.tickets.models import Ticket
from vigente.tickets.queries import case_page, counts, my_cases, queue_page
from vigente.tickets.services import conversation, work
from vigente.worker.advancing import live_through

pytestmark = pytest.mark.django_db

SAVEPOINT = 2  # a transaction inside the one of the test: two statements
# The claim, who asks, the rules of spam; rulebook, contracts and grants; number and department; draw; its entry;
# hours and holidays; the
# case; its message, its event and the answer to the claim. What stands together is one trip on PostgreSQL.
ACCEPT = {"sqlite": 16, "postgresql": 8}
REPLY = {"sqlite": 10, "postgresql": 9}
TAKE = 9
QUEUE_PAGE = 4
CASE_PAGE = {"sqlite": 13, "postgresql": 11}
MY_CASES = 1


@pytest.fixture
def customer(now):
    version = make.make_version(cases=100, sla_policy=make.make_policy())
    customer = make.make_customer(now=now, version=version)
    customer.ticket(now, work="outage")  # the vendor's very first case also makes the counter of numbers
    Ticket.objects.update(status="closed")
    return customer


@pytest.fixture
def agent():
    return make.make_user("Ana", role=Role.AGENT)


@pytest.fixture
def much(customer, agent, now):
    """Call it: three months pass, and thirty cases more, each with an answer. Gives the instant after."""

    def live():
        later = now + timedelta(days=95)
        live_through(now, later)
        for number in range(30):
            at = later + timedelta(minutes=number)
            ticket = customer.ticket(at)
            conversation.reply(
                ticket=ticket, author=agent, text="¿Desde cuándo?", channel="web", status_after="open", now=at
            )
        return later + timedelta(days=1)

    return live


def test_accepting_a_case(customer, much, now, django_assert_num_queries) -> None:
    expected = ACCEPT[connection.vendor] + SAVEPOINT
    with django_assert_num_queries(expected):
        customer.ticket(now)
    later = much()
    with django_assert_num_queries(expected):
        customer.ticket(later)


def test_answering_a_case(customer, agent, much, now, django_assert_num_queries) -> None:
    expected = REPLY[connection.vendor] + SAVEPOINT

    def answer(at):
        ticket = customer.ticket(at)
        with django_assert_num_queries(expected):
            conversation.reply(ticket=ticket, author=agent, text="¿Desde cuándo?", channel="web", now=at)

    answer(now)
    answer(much())


def test_taking_the_next_case(customer, agent, much, now, django_assert_num_queries) -> None:
    first = customer.ticket(now)
    with django_assert_num_queries(TAKE + SAVEPOINT):
        assert work.take_next(agent=agent, now=now) == first
    later = much()
    second, other = customer.ticket(later), make.make_user(role=Role.AGENT)
    with django_assert_num_queries(TAKE + SAVEPOINT):
        assert work.take_next(agent=other, now=later) == second


def test_a_page_of_the_queue(customer, agent, much, now, django_assert_num_queries) -> None:
    customer.ticket(now)
    with django_assert_num_queries(QUEUE_PAGE):
        assert len(queue_page(agent, view="line", now=now).rows) == 1
    later = much()
    with django_assert_num_queries(QUEUE_PAGE):
        assert len(queue_page(agent, view="line", now=later).rows) == 31


def test_the_numbers_beside_it(customer, agent, much, now, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert counts(agent, now=now)["line"] == 0
    later = much()
    with django_assert_num_queries(1):
        assert counts(agent, now=later)["line"] == 30


@pytest.mark.parametrize("reader", ["agent", "manager"])
def test_the_page_of_a_case(customer, agent, reader, much, now, django_assert_num_queries) -> None:
    user = agent if reader == "agent" else customer.manager
    expected = CASE_PAGE[connection.vendor] - (reader == "agent")  # to whom the history tells all
    ticket = customer.ticket(now)
    with django_assert_num_queries(expected):
        assert len(case_page(ticket.number, user, now=now).messages) == 1
    later = much()
    for number in range(30):
        at = later + timedelta(minutes=number)
        conversation.reply(ticket=ticket, author=customer.manager, text="Sigue igual.", channel="web", now=at)
    with django_assert_num_queries(expected):
        assert len(case_page(ticket.number, user, now=later).messages) == 31


def test_somebodys_own_cases(customer, much, now, django_assert_num_queries) -> None:
    customer.ticket(now)
    with django_assert_num_queries(MY_CASES):
        assert len(my_cases(customer.manager, now=now).rows) == 1
    later = much()
    with django_assert_num_queries(MY_CASES):
        assert len(my_cases(customer.manager, now=later).rows) == 30
