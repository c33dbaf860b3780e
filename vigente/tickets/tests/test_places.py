"""The place in line: one order for lists, places and reasons; shown as a range (R10, row 42)."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from vigente.factories import make_customer, make_user, make_version, publish
from vigente.rules.precedence import Place, is_late, sort_key
from vigente.tickets.models import Department, Ticket
from vigente.tickets.queries import my_cases, place_of, queue_page, why_here
from vigente.tickets.services.conversation import reply
from vigente.tickets.services.work import set_severity, take_next

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
def agent(db):
    return make_user("Ana", role="agent")


def crowd(now, agent):
    """Forty cases of three plans, some late, some severe, accepted one after another."""
    shops = [make_customer(now=now, cases=None, rank=rank) for rank in (1, 2, 3)]
    chance = random.Random(7)
    moments = sorted(chance.randrange(300) for _ in range(40))
    cases = [chance.choice(shops).ticket(now + timedelta(minutes=minute)) for minute in moments]
    for case in chance.sample(cases, 12):
        set_severity(ticket=case, severity=chance.choice([1, 2]), actor=agent, now=now)
    for case in chance.sample(cases, 10):
        due = now - timedelta(minutes=chance.randrange(90)) if chance.random() < 0.5 else None
        Ticket.objects.filter(pk=case.pk).update(due_at=due)


def as_the_rules_say(now, *, overdue_first):
    def key(case):
        late = is_late(case.due_at, now=now)
        where = Place(case.place_group, case.place_at)
        return sort_key(where, case.accepted_at, case.pk, late=late, overdue_first=overdue_first)

    return [case.number for case in sorted(Ticket.objects.all(), key=key)]


@pytest.mark.parametrize("overdue_first", [False, True])
@pytest.mark.parametrize("order", ["strict", "fair"])
def test_lists_places_and_reasons_agree_with_the_rules(agent, now, order, overdue_first):
    book = publish(order=order, overdue_first=overdue_first)
    crowd(now, agent)
    seen, cursor = [], None
    while cursor != "":
        page = queue_page(agent, view="line", now=now, cursor=cursor, limit=7)
        seen += [(row.ticket, row.place) for row in page.rows]
        cursor = page.next_cursor
    assert [case.number for case, _ in seen] == as_the_rules_say(now, overdue_first=overdue_first)
    assert [place for _, place in seen] == list(range(1, 41))
    for case, place in seen:
        assert why_here(case, now=now, rulebook=book).place == place
        assert place_of(case, now=now)[0] == place


def test_next_case_goes_through_the_list_in_its_order(agent, now):
    crowd(now, agent)
    order = as_the_rules_say(now, overdue_first=False)
    taken = []
    for _ in range(10):
        case = take_next(agent=agent, now=now)
        taken.append(case.number)
        reply(ticket=case, author=agent, text="Listo", channel="web", now=now)
    assert taken == order[:10]


def test_row_42_the_upper_end_is_what_came_with_a_better_plan_in_the_last_day(now):
    better = make_customer(now=now, cases=None, rank=1)
    lesser = make_customer(now=now, cases=None, rank=3)
    case = lesser.ticket(now)
    assert place_of(case, now=now) == (1, 1)
    for _ in range(3):
        better.ticket(now)
    came = Ticket.objects.filter(organization=better.organization)
    came.update(status="closed")
    came.filter(pk=came.first().pk).update(accepted_at=now - timedelta(hours=25))
    assert place_of(case, now=now) == (1, 3)


def test_a_place_is_counted_among_the_cases_of_its_department(now):
    shop = make_customer(now=now, cases=None)
    first, second = shop.ticket(now), shop.ticket(now)
    assert place_of(second, now=now)[0] == 2
    Ticket.objects.filter(pk=first.pk).update(department=Department.objects.create(name="Otra"))
    assert place_of(second, now=now)[0] == 1


def test_what_waits_for_somebody_else_has_no_place(now, agent):
    shop = make_customer(now=now)
    case = shop.ticket(now)
    reply(ticket=case, author=agent, text="¿Y bien?", channel="web", now=now)
    case.refresh_from_db()
    assert place_of(case, now=now) is None
    assert why_here(case, now=now, rulebook=publish(now=now)) is None


def test_reasons_name_the_plans_ahead_with_their_number(now):
    top = make_customer(now=now, version=make_version(name="Empresa", rank=1, cases=None))
    own = make_customer(now=now, version=make_version(name="Tienda", rank=2, cases=None))
    top.ticket(now), top.ticket(now), own.ticket(now)
    standing = why_here(own.ticket(now + timedelta(minutes=1)), now=now, rulebook=publish(now=now))
    assert standing.better_plans == ((1, "Empresa", 2),)
    assert (standing.plan, standing.same_plan, standing.place) == ("Tienda", 1, 4)


def test_my_cases_are_mine_in_pages_with_their_place(now, agent):
    shop = make_customer(now=now, cases=None)
    other = make_customer(now=now)
    other.ticket(now)
    made = [shop.ticket(now + timedelta(minutes=n), user=shop.colleague).number for n in range(12)]
    first = my_cases(shop.colleague, now=now, limit=5)
    second = my_cases(shop.colleague, now=now, limit=5, cursor=first.next_cursor)
    third = my_cases(shop.colleague, now=now, limit=5, cursor=second.next_cursor)
    seen = [case.number for page in (first, second, third) for case in page.rows]
    assert seen == made[::-1]
    assert not third.has_more
    assert {case.place for case in first.rows} <= set(range(1, 14))
    assert my_cases(shop.manager, now=now).rows[0].number == made[-1]
    assert list(my_cases(other.manager, now=now, filter="done").rows) == []
