"""Saved views: who keeps and sees which, the cases of each in its order, page after page, and their counts."""

from datetime import UTC, datetime, timedelta

import pytest

from vigente.factories import make_customer, make_user
from vigente.rules.conditions import ALWAYS, Check, Op
from vigente.rules.refusal import Refused
from vigente.tickets.models import Department, SavedView, Ticket
from vigente.tickets.queries import queue_page
from vigente.tickets.queries.saved import COUNTED, ORDERS, cases_of, saved_counts, views_for
from vigente.tickets.services import views

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
def ana(db):
    return make_user("Ana Ríos", role="agent")


@pytest.fixture
def julia(db):
    return make_user("Julia", role="supervisor")


def save(actor, view=None, **given):
    asked = {
        "name": "Vista", "sharing": "private", "department": None, "search": "", "condition": ALWAYS,
        "order": "newest", "is_default": False, **given,
    }  # fmt: skip
    return views.save_view(view=view, actor=actor, now=NOW, **asked)


def numbers(view, user, limit=50):
    seen, cursor = [], None
    while True:
        among = cases_of(view, user, now=NOW, zone=UTC)
        page = queue_page(user, view=ORDERS[view.order], among=among, now=NOW, cursor=cursor, limit=limit)
        seen += [row.ticket.number for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            return seen


def test_a_view_holds_what_its_search_and_its_condition_both_find(ana):
    clavo, nandu = make_customer("El Clavo", now=NOW), make_customer("Ñandú", now=NOW)
    one, two = clavo.ticket(NOW, subject="Kárdex"), clavo.ticket(NOW, subject="Otra")
    nandu.ticket(NOW, subject="Kárdex")
    view = save(ana, search="org:clavo", condition=Check("subject", Op.CONTAINS, "kardex"))
    assert numbers(view, ana) == [one.number]
    assert numbers(save(ana, view=view, search="org:clavo"), ana) == [two.number, one.number]


@pytest.mark.parametrize("order", list(SavedView.Order))
def test_every_order_pages_without_gap_or_repeat(ana, order):
    shops = [make_customer(now=NOW, cases=None, rank=1 + n) for n in range(2)]
    made = [shop.ticket(NOW + timedelta(minutes=n % 3)) for n in range(6) for shop in shops]
    for n, case in enumerate(made):
        Ticket.objects.filter(pk=case.pk).update(last_activity_at=NOW + timedelta(minutes=n * 7 % 5))
    view = save(ana, order=order)
    whole = numbers(view, ana)
    assert sorted(whole) == sorted(case.number for case in made)
    assert numbers(view, ana, limit=5) == whole


def test_who_sees_a_view(ana, julia):
    team = Department.objects.create(name="Facturación")
    team.agents.add(ana)
    outsider, customer = make_user("Beto", role="agent"), make_customer(now=NOW).manager
    own = save(ana)
    theirs = save(ana, sharing="department", department=team)
    everybody = save(julia, sharing="all")
    assert set(views_for(ana)) == {own, theirs, everybody}
    assert set(views_for(julia)) == {theirs, everybody}
    assert set(views_for(outsider)) == {everybody}
    assert views_for(customer) == []


def test_who_may_share_change_and_delete(ana, julia):
    team = Department.objects.create(name="Facturación")
    beto = make_user("Beto", role="agent")
    for sharing in ({"sharing": "all"}, {"sharing": "department", "department": team}):
        with pytest.raises(Refused):
            save(ana, **sharing)
    shared = save(julia, sharing="all")
    with pytest.raises(Refused):
        save(ana, view=shared)
    own = save(ana)
    for actor in (beto, julia):
        with pytest.raises(Refused):
            views.delete_view(view=own, actor=actor)
    views.delete_view(view=own, actor=ana)
    assert not SavedView.objects.filter(owner=ana).exists()


@pytest.mark.parametrize("search", ["is:lost", "before:x", "is:held", "...", "org:"])
def test_a_search_that_says_nothing_is_not_kept(ana, search):
    with pytest.raises(Refused) as refusal:
        save(ana, search=search)
    assert refusal.value.field == "search"


def test_one_view_is_where_a_person_begins(ana, julia):
    first, second = save(ana, is_default=True), save(ana, is_default=True)
    first.refresh_from_db()
    assert not first.is_default
    assert second.is_default
    shared = save(ana, view=second, is_default=False)
    assert not shared.is_default


def test_the_order_of_views_is_kept_for_those_one_may_change(ana, julia):
    one, two = save(ana), save(ana)
    other = save(julia, sharing="all")
    views.order_views(order=[two.pk, other.pk, one.pk, 10**12], actor=ana)
    found = {row.pk: row.position for row in SavedView.objects.all()}
    assert found == {two.pk: 1, other.pk: 0, one.pk: 3}


def test_a_condition_that_can_be_read_no_more_shows_nothing(ana):
    make_customer(now=NOW).ticket(NOW)
    view = save(ana)
    SavedView.objects.update(condition={"field": "gone", "op": "yes"})
    view.refresh_from_db()
    assert numbers(view, ana) == []
    assert saved_counts(ana, [view], now=NOW, zone=UTC) == {view.pk: 0}


def test_counts_are_one_query_for_one_view_and_for_thirty(ana, django_assert_num_queries):
    shop = make_customer(now=NOW, cases=None)
    for _ in range(3):
        shop.ticket(NOW)
    one = save(ana, search="is:open org:c")
    with django_assert_num_queries(1):
        assert saved_counts(ana, [one], now=NOW, zone=UTC)[one.pk] in range(COUNTED)
    many = [save(ana, order=order) for order in list(SavedView.Order) * 6]
    with django_assert_num_queries(1):
        assert set(saved_counts(ana, many, now=NOW, zone=UTC).values()) == {3}
    assert saved_counts(ana, [], now=NOW, zone=UTC) == {}
