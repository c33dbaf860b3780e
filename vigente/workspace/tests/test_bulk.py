"""Choosing cases in a list and doing one thing with all of them, through pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from vigente.bulk import services
from vigente.bulk.models import BulkAction
from vigente.factories import make_customer, make_version
from vigente.tickets.models import Ticket
from vigente.tickets.services import work
from vigente.workspace.tests.conftest import Desk, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(shop, now):
    return [shop.ticket(now, subject=f"Caso {number}") for number in range(3)]


def finish(now):
    while BulkAction.objects.filter(status__in=["running", "undoing"]).exists():
        services.run_due(now=now)


def test_the_numbers_chosen_are_done_and_no_others(ana, cases, agent, now):
    response = ana.post("bulk_new", act="take", case=f"{cases[0].number},{cases[2].number}")
    finish(now)
    assert list(Ticket.objects.filter(assignee=agent)) == [cases[0], cases[2]]
    assert "Hecho en 2 casos" in words(ana.client.get(response.url))


def test_the_whole_list_goes_beyond_the_page_and_keeps_its_filters(ana, cases, agent, now):
    work.set_severity(ticket=cases[1], severity=1, actor=agent, now=now)
    Ticket.objects.filter(pk=cases[0].pk).update(rank=7)
    assert ana.get("bulk_count", query="?of=list%3Dline").json()["count"] == 3
    ana.post("bulk_new", act="solve", of="list=line&rank=7")
    finish(now)
    assert list(Ticket.objects.filter(status="solved")) == [cases[0]]
    ana.post("bulk_new", act="solve", of="list=search&q=caso")
    finish(now)
    assert Ticket.objects.filter(status="solved").count() == 3


def test_a_list_that_is_not_there_holds_nothing(ana, cases):
    for of in ("list=nothing", "list=saved&pk=x", "list=search&q=is:held", "%00", "list=line&department=999"):
        assert ana.client.get("/es/desk/bulk/count/", {"of": of}).json()["count"] in (0, 3)
    assert ana.post("bulk_new", act="solve", of="list=nothing").status_code == 422
    assert not BulkAction.objects.exists()


def test_the_form_says_how_many_and_what_cannot_be_taken_back(ana, cases):
    page = words(ana.get("bulk_new", query="?act=reply&of=list%3Dline", headers={"HX-Request": "true"}))
    assert "Se hará en 3 casos." in page
    assert "No se puede deshacer." in page


def test_what_is_wrong_is_said_and_what_was_typed_stays(ana, cases):
    response = ana.post(
        "bulk_new", act="reply", case=cases[0].number, text="Hola {{ nobody.name }}", after="open"
    )
    assert response.status_code == 422
    assert "{{ nobody.name }}" in response.content.decode()


def test_those_that_refused_are_named_with_why_and_it_is_undone(ana, cases, agent, now):
    work.close(ticket=cases[1], actor=agent, now=now)
    response = ana.post("bulk_new", act="assign", value=agent.pk, of="list=all")
    finish(now)
    page = words(ana.client.get(response.url))
    assert f"{cases[1].number} · Caso 1" in page
    assert "no se pudo" in page
    bulk = BulkAction.objects.get()
    ana.post("bulk_undo", bulk.pk)
    finish(now)
    assert "Deshecho en 2 casos" in words(ana.get("bulk_list"))
    assert not Ticket.objects.filter(assignee=agent).exists()


def test_with_htmx_the_progress_takes_its_place_over_the_list(ana, cases):
    response = ana.client.post(
        "/es/desk/bulk/new/", {"act": "take", "case": cases[0].number}, headers={"HX-Request": "true"}
    )
    assert response["HX-Retarget"] == "#bulk"
    assert "bulk:started" in response["HX-Trigger"]
    assert "every 700ms" in response.content.decode()


def test_a_colleague_reads_only_their_own(ana, cases, colleague, now):
    ana.post("bulk_new", act="take", case=cases[0].number)
    assert Desk(colleague).get("bulk", BulkAction.objects.get().pk).status_code == 404


def test_a_page_of_it_asks_the_same_of_one_case_and_of_thirty(ana, agent, now):
    shop = make_customer("Grande", now=now, version=make_version(cases=100))
    for number, key in ((1, "a"), (30, "b")):
        many = [shop.ticket(now) for _ in range(number)]
        for case in many:
            work.close(ticket=case, actor=agent, now=now)
        bulk = services.start(
            act="unassign", value={}, cases=Ticket.objects.filter(pk__in=[one.pk for one in many]), actor=agent,
            key=key, now=now,
        )  # fmt: skip
        finish(now)
        assert bulk.items.filter(state="refused").count() == number
    asked = []
    for key in ("a", "a", "b"):
        with CaptureQueriesContext(connection) as seen:
            ana.get("bulk", BulkAction.objects.get(key=key).pk)
        asked.append(len(seen) - 1)
    assert asked[1] == asked[2] <= 8
