"""Who is given what: skills, how much at once, away; and a case moved by hand, rebuilt from its events."""

from datetime import UTC, datetime, timedelta

import pytest

from vigente.accounts.models import User
from vigente.events.models import Event
from vigente.factories import make_customer, make_policy, make_user, make_version, publish
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Department, Skill, Tag, Ticket, TicketTag
from vigente.tickets.services import line, work
from vigente.tickets.services.conversation import reply
from vigente.tickets.verification import verify_cases

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 6, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def shop():
    return make_customer(
        "El Clavo", now=NOW, version=make_version(name="Tienda", cases=50, sla_policy=make_policy())
    )


@pytest.fixture
def agent():
    return make_user("Ana", role="agent")


@pytest.fixture
def supervisor():
    return make_user("Sofía", role="supervisor")


def order():
    return list(Ticket.objects.in_line().values_list("number", flat=True))


def test_what_needs_a_skill_goes_only_to_who_has_it(shop, agent):
    """By the kind of work, by the department, by a tag."""
    by_work = shop.ticket(NOW, work="question")
    by_department, by_tag, plain = (shop.ticket(NOW) for _ in range(3))
    servers = Department.objects.create(name="Servidores")
    Ticket.objects.filter(pk=by_department.pk).update(department=servers)
    tag = Tag.objects.create(names={"es": "fiscal"})
    TicketTag.objects.create(ticket=by_tag, tag=tag, added_at=NOW)
    skill = Skill.objects.create(name="Bases de datos")
    skill.work_types.add(shop.work["question"])
    skill.departments.add(servers)
    skill.tags.add(tag)
    assert work.take_next(agent=agent, now=NOW) == plain
    work.solve(ticket=plain, actor=agent, now=NOW)
    assert work.take_next(agent=agent, now=NOW) is None
    skill.agents.add(agent)
    taken = set()
    for _ in range(3):
        case = work.take_next(agent=agent, now=NOW)
        taken.add(case.number)
        work.solve(ticket=case, actor=agent, now=NOW)
    assert taken == {by_work.number, by_department.number, by_tag.number}


def test_beyond_what_an_agent_takes_at_once_there_is_only_what_is_theirs(shop, agent):
    cases = [shop.ticket(NOW + timedelta(minutes=n)) for n in range(4)]
    line.set_capacity(agent=agent, most=2, away=False, until=None, now=NOW)
    for case in cases[2:]:
        work.assign(ticket=case, assignee=agent, actor=agent, now=NOW)
    assert work.take_next(agent=agent, now=NOW).number == cases[2].number
    work.change_status(ticket=cases[2], status="waiting_customer", actor=agent, now=NOW)
    assert work.take_next(agent=agent, now=NOW) == cases[0]
    assert Ticket.objects.filter(assignee=agent, waits=True).count() == 2


def test_who_is_away_is_given_nothing_until_they_are_back(shop, agent):
    case = shop.ticket(NOW)
    line.set_away(agent=agent, away=True, until=NOW + HOUR, now=NOW)
    with pytest.raises(Refused) as refused:
        work.take_next(agent=agent, now=NOW + HOUR - timedelta(seconds=1))
    assert refused.value.code is RefusalCode.AWAY
    assert work.take_next(agent=agent, now=NOW + HOUR) == case
    line.set_away(agent=agent, away=True, until=None, now=NOW)
    with pytest.raises(Refused):
        work.take_next(agent=User.objects.get(pk=agent.pk), now=NOW + timedelta(days=99))
    line.set_away(agent=agent, away=False, until=None, now=NOW)
    assert work.take_next(agent=agent, now=NOW + HOUR) == case
    with pytest.raises(Refused):
        line.set_away(agent=agent, away=True, until=NOW, now=NOW)


@pytest.mark.parametrize("how", ["strict", "fair"])
def test_a_case_moved_by_hand_stands_there_and_verify_rebuilds_it(shop, agent, supervisor, how):
    publish(order=how)
    cases = [shop.ticket(NOW + timedelta(minutes=n)) for n in range(4)]
    first, second, third, last = (case.number for case in cases)
    line.place_first(ticket=cases[3], reason="Cierra el mes hoy", actor=supervisor, now=NOW + HOUR)
    assert order() == [last, first, second, third]
    line.place_before(ticket=cases[2], other=second, reason="Prometido", actor=supervisor, now=NOW + HOUR)
    assert order() == [last, first, third, second]
    assert list(verify_cases(now=NOW + HOUR)) == []
    told = Event.objects.filter(kind="ticket.placed").order_by("id").first()
    assert (told.data["why"], told.data["before"], told.actor) == ("Cierra el mes hoy", first, supervisor)
    line.place_back(ticket=cases[2], reason="Ya no hace falta", actor=supervisor, now=NOW + HOUR)
    assert order() == [last, first, second, third]
    assert work.take_next(agent=agent, now=NOW + HOUR).number == last
    reply(ticket=cases[3], author=agent, text="Listo", channel="web", status_after="open", now=NOW + HOUR)
    assert order() == [first, second, third, last]
    assert list(verify_cases(now=NOW + HOUR)) == []


def test_before_a_case_is_before_all_that_tie_with_it(supervisor):
    """Without a promise the cases of a plan tie, and stand by acceptance."""
    silent = make_customer("Sin plazo", now=NOW, version=make_version(cases=9))
    first, second, third = (silent.ticket(NOW).number for _ in range(3))
    case = Ticket.objects.get(number=third)
    line.place_before(ticket=case, other=second, reason="x", actor=supervisor, now=NOW)
    assert order() == [third, first, second]


def test_a_place_is_given_with_a_reason_by_a_supervisor_in_one_line(shop, agent, supervisor):
    case, other = shop.ticket(NOW), shop.ticket(NOW)
    for actor, reason, code in [(agent, "x", "supervisor_only"), (supervisor, " ", "needs_reason")]:
        with pytest.raises(Refused) as refused:
            line.place_first(ticket=other, reason=reason, actor=actor, now=NOW)
        assert refused.value.code.value == code
    Ticket.objects.filter(pk=other.pk).update(department=Department.objects.create(name="Otro"))
    for number in (other.number, case.number, 99_999):
        with pytest.raises(Refused):
            line.place_before(ticket=case, other=number, reason="x", actor=supervisor, now=NOW)
    with pytest.raises(Refused):
        line.place_first(ticket=case, reason="solo en su fila", actor=supervisor, now=NOW)
    work.solve(ticket=case, actor=agent, now=NOW)
    with pytest.raises(Refused):
        line.place_first(ticket=case, reason="x", actor=supervisor, now=NOW)
    assert not Event.objects.filter(kind="ticket.placed").exists()


def test_a_place_of_another_order_of_attention_does_not_outlive_it(shop, supervisor):
    cases = [shop.ticket(NOW + timedelta(minutes=n)) for n in range(2)]
    line.place_first(ticket=cases[1], reason="x", actor=supervisor, now=NOW + HOUR)
    publish(order="fair", now=NOW + 2 * HOUR)
    from vigente.tickets.services.state import locked
    from vigente.tickets.stamps import restamp

    for case in cases:
        restamp(locked(case.pk), now=NOW + 3 * HOUR)
    assert order() == [case.number for case in cases]
    assert list(verify_cases(now=NOW + 3 * HOUR)) == []
