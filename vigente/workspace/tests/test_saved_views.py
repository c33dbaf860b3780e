"""Saved views on their pages: made from a search, listed, paged, exported, shared, ordered and deleted."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from vigente.factories import make_customer
from vigente.rules.conditions import ALWAYS, Check, Op, write
from vigente.tickets.models import SavedView
from vigente.tickets.services import views
from vigente.workspace.tests.conftest import said, words

pytestmark = pytest.mark.django_db


def save(actor, now, **given):
    asked = {
        "name": "Vista", "sharing": "private", "department": None, "search": "", "condition": ALWAYS,
        "order": "newest", "is_default": False, **given,
    }  # fmt: skip
    return views.save_view(view=None, actor=actor, now=now, **asked)


def numbers(response):
    return [row.ticket.number for row in response.context["page"].rows]


def test_a_search_becomes_a_view(ana, shop, now):
    case = shop.ticket(now, subject="Kárdex")
    shop.ticket(now, subject="Otra")
    assert "views/new/?q=kardex" in ana.get("search", query="?q=kardex").content.decode()
    assert 'value="kardex"' in ana.get("saved_view_new", query="?q=kardex").content.decode()
    condition = json.dumps(write(Check("subject", Op.CONTAINS, "kardex")))
    answer = ana.post(
        "saved_view_new",
        name="Kárdex",
        search="es:abierto",
        condition=condition,
        order="quiet",
        sharing="private",
    )
    view = SavedView.objects.get()
    assert view.search == "is:open"
    assert said(answer) == "Vista guardada."
    page = ana.client.get(answer.url)
    assert numbers(page) == [case.number]
    assert "Cambiar" in words(page)


@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("es:perdido", "No se entiende"),
        ("es:en-espera", "Una vista lista casos"),
        ("...", "Escriba palabras"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field(ana, search, text):
    answer = ana.post(
        "saved_view_new", name="X", search=search, condition="", order="newest", sharing="private"
    )
    assert answer.status_code == 422
    assert text in words(answer)


def test_an_agent_shares_with_all_only_through_a_supervisor(ana, agent):
    answer = ana.post("saved_view_new", name="X", search="", condition="", order="newest", sharing="all")
    assert answer.status_code == 422
    answer = ana.post(
        "saved_view_new", name="X", search="", condition="", order="newest", sharing="department"
    )
    assert "Elija el departamento." in words(answer)
    assert not SavedView.objects.exists()


def test_the_navigation_lists_views_with_their_counts(ana, agent, shop, now):
    shop.ticket(now)
    view = save(agent, now, name="Abiertos <b>", search="is:open")
    page = ana.get("saved_views", query="?nav")
    assert words(page) == "Abiertos <b> 1"
    assert f"/es/desk/views/{view.pk}/" in page.content.decode()
    before = queries_of(ana, "saved_views", query="?nav")
    for n in range(29):
        save(agent, now, name=f"V{n}")
    assert queries_of(ana, "saved_views", query="?nav") == before


def test_the_list_of_a_view_costs_the_same_for_one_row_and_for_thirty(ana, agent, now):
    view = save(agent, now, search="is:open", condition=Check("is_covered", Op.YES))
    make_customer(now=now).ticket(now)
    ana.get("saved_view", view.pk)
    before = queries_of(ana, "saved_view", view.pk)
    for _ in range(29):
        make_customer(now=now).ticket(now)
    assert queries_of(ana, "saved_view", view.pk) == before


def queries_of(desk, *args, **given):
    with CaptureQueriesContext(connection) as seen:
        desk.get(*args, **given)
    return len(seen.captured_queries)


def test_a_view_is_exported_and_refreshes_its_rows(ana, agent, shop, now):
    shop.ticket(now, subject="=1+1")
    view = save(agent, now)
    text = b"".join(ana.get("saved_view", view.pk, query="?format=csv").streaming_content).decode()
    assert "'=1+1" in text
    assert ana.get("saved_view", view.pk, query="?rows").content.decode().startswith("<ol")


def test_anothers_private_view_is_not_there(ana, oscar, owner, now):
    view = save(owner, now)
    for name in ("saved_view", "saved_view_edit", "saved_view_deletion"):
        assert ana.get(name, view.pk).status_code == 404


def test_the_desk_begins_at_the_view_one_chose(ana, agent, now):
    assert ana.get("home").url == "/es/desk/queue/"
    view = save(agent, now, is_default=True)
    assert ana.get("home").url == f"/es/desk/views/{view.pk}/"


def test_views_are_ordered_and_deleted(ana, agent, now):
    one, two = save(agent, now, name="Uno"), save(agent, now, name="Dos")
    ana.post("saved_view_order", order=[one.pk, two.pk], move=f"{one.pk}:down")
    assert [row.name for row in ana.get("saved_views").context["mine"]] == ["Dos", "Uno"]
    ana.post("saved_view_deletion", one.pk)
    assert list(SavedView.objects.all()) == [two]


def test_a_condition_that_can_be_read_no_more_says_so(ana, agent, shop, now):
    shop.ticket(now)
    view = save(agent, now)
    SavedView.objects.update(condition={"field": "gone", "op": "yes"})
    assert "ya no existe" in words(ana.get("saved_view", view.pk))
    assert ana.get("saved_view_edit", view.pk).status_code == 200


@pytest.mark.parametrize("view", ["saved_views", "saved_view_new"])
def test_empty_pages_say_what_would_be_there(ana, view):
    assert ana.get(view).status_code == 200
