"""Mis casos: filters, search, pages by key, CSV, and the same number of queries for one row and for thirty."""

from datetime import timedelta

import pytest

from vigente.factories import make_customer, make_policy, make_version
from vigente.portal.tests.conftest import signed_in, words
from vigente.tickets.models import Ticket
from vigente.tickets.services.work import close

URL = "/es/tickets/"


def test_a_member_sees_their_own_cases_a_manager_all_of_them(alice, bob, shop, now):
    hers, his = shop.ticket(now, user=shop.manager), shop.ticket(now, user=shop.colleague)
    assert set(alice.get(URL).context["cases"]) == {hers, his}
    assert set(alice.get(f"{URL}?whose=mine").context["cases"]) == {hers}
    assert set(bob.get(URL).context["cases"]) == {his}
    assert "Solo los míos" not in words(bob.get(URL))


def test_the_filter_is_in_the_address(alice, shop, now):
    opened, closed = shop.ticket(now), shop.ticket(now)
    close(ticket=closed, actor=shop.manager, now=now)
    assert set(alice.get(URL).context["cases"]) == {opened}
    assert set(alice.get(f"{URL}?status=done").context["cases"]) == {closed}
    assert len(alice.get(f"{URL}?status=all").context["cases"]) == 2
    assert set(alice.get(f"{URL}?status=nonsense").context["cases"]) == {opened}


def test_a_row_says_the_place_in_line_and_the_promise(alice, shop, now):
    shop.ticket(now)
    shop.ticket(now + timedelta(minutes=1))
    page = words(alice.get(URL))
    assert "1.º en la fila" in page
    assert "2.º en la fila" in page


def test_a_search_finds_words_without_their_accents_and_numbers(alice, shop, now):
    found = shop.ticket(now, subject="La póliza quedó duplicada")
    shop.ticket(now, subject="Otra cosa")
    assert alice.get(f"{URL}?status=all&q=poliza").context["cases"] == [found]
    assert alice.get(f"{URL}?status=all&q={found.number}").context["cases"] == [found]
    assert alice.get(f"/es/search/?q={found.number}").url == f"{URL}{found.number}/"
    assert "Nada con esas palabras" in words(alice.get(f"{URL}?q=zzz"))


def test_a_search_never_finds_another_companys_case(charlie, shop, now):
    secret = shop.ticket(now, subject="Secreto de El Clavo")
    assert charlie.get(f"{URL}?status=all&q=Secreto").context["cases"] == []
    assert charlie.get(f"/es/search/?q={secret.number}").url.endswith(f"q={secret.number}")


@pytest.mark.parametrize("text", ["%27%20OR%201=1", "NEAR(", "%22", "*", "x" * 5000, "ñ%F0%9F%92%A9"])
def test_odd_searches_find_nothing_and_break_nothing(alice, text):
    assert alice.get(f"{URL}?q={text}").status_code == 200


@pytest.mark.parametrize("cursor", ["x", "e30", "W10", "bnVsbA", "x" * 900])
def test_a_tampered_cursor_starts_anew(alice, cursor):
    assert alice.get(f"{URL}?after={cursor}").status_code == 200


def test_pages_follow_by_key(alice, shop, now):
    for n in range(33):
        shop.ticket(now + timedelta(minutes=n), work="outage")
    first = alice.get(URL)
    second = alice.get(f"{URL}{first.context['more']}")
    assert (len(first.context["cases"]), len(second.context["cases"])) == (30, 3)
    assert second.context["more"] == ""
    assert not {case.pk for case in first.context["cases"]} & {case.pk for case in second.context["cases"]}


@pytest.mark.parametrize(
    "address", ["/es/", URL, f"{URL}?status=all&q=existencia", "/es/tickets.csv", "/es/ask/"]
)
def test_thirty_rows_cost_the_queries_of_one(address, alice, shop, now, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = alice.get(address)
            b"".join(response.streaming_content) if response.streaming else response.content
        return len(queries)

    shop.ticket(now, work="outage")
    alice.get(address)
    one = cost()
    for n in range(29):
        shop.ticket(now + timedelta(minutes=n), work=("outage", "development")[n % 2])
    assert cost() <= one + 1  # one more: the page after
    assert one <= 40


def test_the_csv_holds_the_same_cases_and_no_formula(alice, shop, now):
    shop.ticket(now, subject='=HYPERLINK("http://evil.example")')
    response = alice.get("/es/tickets.csv?status=open")
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    assert response["Content-Disposition"] == 'attachment; filename="casos.csv"'
    assert response["Cache-Control"] == "no-store"
    assert "'=HYPERLINK" in content
    assert content.count("\r\n") == 2


def test_the_csv_is_of_ones_own_cases(charlie, shop, now):
    shop.ticket(now, subject="Secreto")
    assert b"Secreto" not in b"".join(charlie.get("/es/tickets.csv").streaming_content)


def test_an_empty_list_teaches(bob):
    assert "Lo que pida aparecerá aquí" in words(bob.get(URL))
    assert "para consultarlo" in words(bob.get(f"{URL}?status=done"))


def test_whose_turn_it_is(alice, bob, shop, agent, now):
    from vigente.tickets.services.conversation import reply

    ticket = shop.ticket(now, user=shop.colleague)
    reply(ticket=ticket, author=agent, text="¿Qué versión tiene?", channel="web", now=now)
    page = words(bob.get("/es/"))
    assert "Le toca a usted responder" in page
    assert "Mis casos 1" in page
    assert "Esperamos a Roberto" in words(alice.get(URL))
    assert Ticket.objects.get(pk=ticket.pk).status == "waiting_customer"


def test_both_languages_and_no_other(alice, shop, now):
    shop.ticket(now)
    assert alice.get("/en/tickets/").status_code == 200
    assert alice.get("/fr/tickets/").status_code == 404


def test_a_person_of_two_organizations_chooses_which_one(now, shop, other):
    from vigente.factories import join

    join(shop.manager, other.organization)
    client = signed_in(shop.manager)
    assert other.organization.name in words(client.get("/es/plan/"))  # by name, the first
    assert shop.organization.name in words(client.get(f"/es/plan/?organization={shop.organization.pk}"))
    assert client.get("/es/plan/").context["seat"].organization == shop.organization  # remembered
    assert client.get("/es/plan/?organization=999999").status_code == 200
    assert client.get("/es/plan/?organization=abc").status_code == 200


def test_row_42_a_promise_that_passed_is_said_to_be_late(db, now, clock):
    customer = make_customer(now=now, version=make_version(sla_policy=make_policy(60)))
    ticket = customer.ticket(now)
    clock.move_to(now + timedelta(days=3))
    client = signed_in(customer.manager)
    assert "primera respuesta atrasada: era" in words(client.get("/es/tickets/"))
    assert "Vamos atrasados con la respuesta: era" in words(client.get(f"/es/tickets/{ticket.number}/"))
