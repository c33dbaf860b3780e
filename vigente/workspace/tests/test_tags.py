"""Tags at the desk: on the case, in the lists, in the settings; nothing in a name runs."""

import pytest

from vigente.rules.folding import fold
from vigente.tickets.models import Tag
from vigente.tickets.services.structure import add_tag, tag_case
from vigente.workspace.tests.conftest import address

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def case(shop, now):
    return shop.ticket(now)


@pytest.fixture
def visit():
    return add_tag(names={"es": "Visita técnica", "en": "Visit"}, colour="info")


def swap(desk, case, **data):
    return desk.client.post(address("case_tags", case.number), data, headers={"HX-Request": "true"})


def test_the_owner_adds_names_orders_and_retires(oscar, visit, case, now):
    oscar.post("tag_new", names_es="Cierre de mes", names_en="", colour="ok")
    month = Tag.objects.last()
    assert str(month) == "Cierre de mes"
    taken = oscar.post("tag_new", names_es="visita tecnica", colour="ok")
    assert taken.status_code == 422
    assert "Ya hay otra con el nombre" in taken.content.decode()
    assert oscar.post("tag_new", names_es="", colour="ok").status_code == 422
    oscar.post("tag", month.pk, names_es="Fin de mes", colour="danger")
    oscar.post("tag_order", order=[month.pk, visit.pk])
    assert [str(tag) for tag in Tag.objects.all()] == ["Fin de mes", "Visita técnica"]
    oscar.post("tag_order", order=[month.pk, visit.pk], move=f"{month.pk}:down")
    assert Tag.objects.first() == visit
    tag_case(ticket=case, tags=[visit], actor=None, now=now)
    oscar.post("tag_deletion", visit.pk)
    oscar.post("tag_retirement", visit.pk)
    oscar.post("tag_deletion", month.pk)
    assert [tag.retired_at for tag in Tag.objects.all()] == [now]
    assert "Retiradas" in oscar.get("tags").content.decode()
    oscar.post("tag_restoration", visit.pk)
    assert Tag.objects.get().retired_at is None


def test_an_agent_puts_one_on_and_takes_it_off(ana, case, visit):
    seen = ana.get("case_tags", case.number).content.decode()
    assert '<option value="Visita técnica">' in seen
    answer = ana.post("case_tags", case.number, add="VISITA tecnica")
    assert answer.status_code == 302
    page = ana.get("case", case.number).content.decode()
    assert "Quitar Visita técnica" in page
    assert "Ana Robleto puso la etiqueta Visita técnica" in page
    assert "<option" not in ana.get("case_tags", case.number).content.decode()
    swapped = swap(ana, case, remove=visit.pk)
    assert "Quitar Visita" not in swapped.content.decode()
    assert not case.tags.exists()


def test_a_word_that_is_no_tag_is_said_and_kept(ana, case):
    answer = swap(ana, case, add=EVIL)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "No hay ninguna etiqueta con ese nombre" in text
    assert EVIL not in text
    assert fold("&lt;script&gt;") in fold(text)
    assert ana.post("case_tags", case.number, remove="9" * 30).status_code == 302
    assert ana.post("case_tags", case.number, remove="999").status_code == 404


def test_lists_and_exports_show_them_and_run_nothing(ana, case, now):
    tags = [add_tag(names={"es": EVIL}), add_tag(names={"es": "=1+1"})]
    tag_case(ticket=case, tags=tags, actor=None, now=now)
    for view in ("queue", "case"):
        text = ana.get(view, case.number if view == "case" else "line").content.decode()
        assert EVIL not in text
        assert "&lt;script&gt;" in text
    tag_case(ticket=case, tags=tags, actor=None, now=now)
    case.taggings.filter(tag=tags[0]).delete()
    response = ana.get("queue", "line", query="?format=csv")
    assert "'=1+1" in b"".join(response.streaming_content).decode()
