"""R8, R9, R10: who is attended first, what the plan covers, and what is quoted apart."""

from datetime import timedelta

import pytest

from stories.conftest import local
from vigente.factories import make_customer, make_policy, make_version, publish
from vigente.tickets.models import Ticket
from vigente.tickets.services import classification, conversation, quotations, work
from vigente.tickets.stamps import restamp

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(now):
    """A basic, a middle and a top customer; first replies in 24, 6 and 2 working hours."""
    terms = [(3, 1440, "Básico"), (2, 360, "Tienda"), (1, 120, "Empresa")]
    return [
        make_customer(
            name,
            now=now,
            version=make_version(cases=9, rank=rank, sla_policy=make_policy(minutes), name=name),
        )
        for rank, minutes, name in terms
    ]


def test_cases_are_taken_in_the_order_of_the_subscription_s_priority(now, three, agent, books_balance):
    asked = [customer.ticket(now + timedelta(minutes=i)) for i, customer in enumerate(three)]
    later = [customer.ticket(now + timedelta(minutes=10 + i)) for i, customer in enumerate(three)]
    taken = []
    for _ in range(6):
        ticket = work.take_next(agent=agent, now=now + timedelta(hours=1))
        taken.append(ticket.pk)
        conversation.reply(
            ticket=ticket, author=agent, text="Listo", channel="web", now=now + timedelta(hours=1)
        )
    order = [asked[2], later[2], asked[1], later[1], asked[0], later[0]]
    assert taken == [ticket.pk for ticket in order]
    assert work.take_next(agent=agent, now=now + timedelta(hours=2)) is None
    books_balance(now + timedelta(hours=2))


def test_under_the_fair_order_nobody_starves(now, three, agent):
    publish(order="fair")
    basic, top = three[0], three[2]
    waiting = basic.ticket(now)
    for hours in range(5, 46, 5):
        top.ticket(now + timedelta(hours=hours))
    line = list(Ticket.objects.in_line())
    # The basic plan's head start is 24 h, the top one's 8 h: a top case passes it only if it came within 16 h.
    assert line.index(waiting) == 3


def test_by_setting_whoever_waits_past_their_promise_goes_before_those_not_yet_late(now, three, agent):
    publish(overdue_first=True)
    late = three[0].ticket(now)
    after = local("2026-07-08T09:00")
    fresh = three[2].ticket(after)
    assert work.take_next(agent=agent, now=after) == late
    work.assign(ticket=late, assignee=None, actor=agent, now=after)
    publish(now=after, overdue_first=False)
    assert work.take_next(agent=agent, now=after) == fresh


def test_two_agents_never_get_the_same_case_and_an_agent_gets_their_own_waiting_case_in_its_turn(
    now, three, agent, supervisor
):
    first, second = three[2].ticket(now), three[1].ticket(now)
    assert work.take_next(agent=agent, now=now) == first
    assert work.take_next(agent=supervisor, now=now) == second
    assert work.take_next(agent=supervisor, now=now) == second
    conversation.reply(ticket=first, author=agent, text="¿Versión?", channel="web", now=now)
    assert work.take_next(agent=agent, now=now) is None
    conversation.reply(ticket=first, author=three[2].manager, text="La 5", channel="web", now=now)
    assert work.take_next(agent=agent, now=now) == first


def test_an_error_is_covered_and_something_new_is_quoted_apart(now, three, agent, owner, books_balance):
    customer = three[1]
    ticket = customer.ticket(now)
    classification.classify(ticket=ticket, work_type=customer.work["development"], actor=agent, now=now)
    assert work.take_next(agent=agent, now=now) is None
    quotations.quote(
        ticket=ticket,
        amount_minor=1_500_000,
        currency="NIO",
        scope="Informe por vendedor",
        actor=owner,
        now=now,
    )
    quotations.decline_quotation(ticket=ticket, user=customer.manager, now=now)
    ticket.refresh_from_db()
    assert ticket.status == "closed"
    books_balance(now)


def test_a_case_solved_and_reopened_keeps_its_place_by_its_plan(now, three, agent, books_balance):
    ticket = three[1].ticket(now)
    work.solve(ticket=ticket, actor=agent, now=now + timedelta(hours=1))
    conversation.reply(
        ticket=ticket, author=three[1].manager, text="No quedó", channel="web", now=now + timedelta(hours=2)
    )
    ticket.refresh_from_db()
    stamps = (ticket.due_at, ticket.place_group, ticket.place_at)
    restamp(ticket, now=now + timedelta(hours=3))
    ticket.refresh_from_db()
    assert stamps == (ticket.due_at, ticket.place_group, ticket.place_at)
    assert list(Ticket.objects.in_line()) == [ticket]
    books_balance(now + timedelta(hours=3))
