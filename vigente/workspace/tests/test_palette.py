"""The palette finds what one may see, by number, words and names, without capitals and accents."""

import pytest

from vigente.rules.conditions import ALWAYS
from vigente.tickets.services import views

pytestmark = pytest.mark.django_db


def find(desk, text):
    return [row["label"] for row in desk.client.get("/es/desk/palette/", {"q": text}).json()["rows"]]


def test_cases_are_found_by_how_their_number_begins_and_by_words(ana, shop, now):
    case = shop.ticket(now, subject="Diferencia en el kárdex")
    label = f"{case.number} · Diferencia en el kárdex"
    assert label in find(ana, str(case.number)[:2])
    assert label in find(ana, f"#{case.number}")
    assert label in find(ana, "KARDEX")


def test_organizations_people_and_views_are_found_by_name(ana, shop, agent, colleague, now):
    for owner, name in ((agent, "Cájas mías"), (colleague, "Cajas suyas")):
        views.save_view(view=None, name=name, sharing="private", department=None, search="", condition=ALWAYS,
                        order="newest", is_default=False, actor=owner, now=now)  # fmt: skip
    assert "Ferretería El Clavo" in find(ana, "ferreteria")
    assert f"{shop.manager.name} · {shop.manager.email}" in find(ana, shop.manager.email)
    assert find(ana, "cajas") == ["Cájas mías"]


def test_nothing_typed_or_nothing_meant_finds_nothing(ana, shop):
    assert find(ana, "x") == find(ana, "") == find(ana, '"-"') == find(ana, "9" * 30) == []


def test_it_asks_little_however_much_there_is(ana, shop, now, queries):
    for _number in range(3):
        shop.ticket(now, subject="cierre clavo")
    find(ana, "clavo")
    with queries(8):  # who asks, and five
        assert len(find(ana, "clavo")) >= 4
