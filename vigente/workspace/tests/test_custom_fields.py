"""The vendor's own fields at the desk: described, ordered, filled; nothing in a name or an answer runs."""

import pytest

from vigente.rules.conditions import read
from vigente.tickets.models import CustomField, FieldValue
from vigente.tickets.queries.facts import types
from vigente.tickets.services.fields import Wanted, save_field, set_values
from vigente.tickets.services.views import save_view
from vigente.workspace.condition_choices import CaseChoices
from vigente.workspace.tests.conftest import words

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def case(shop, now):
    return shop.ticket(now)


def test_the_owner_describes_one_and_renames_its_options(oscar):
    answer = oscar.post(
        "field_new", names_es="Pago", kind="radio", options="Contado | Cash\nCrédito | Credit"
    )
    assert answer.status_code == 302
    field = CustomField.objects.get()
    assert [one["code"] for one in field.options] == ["contado", "credito"]
    shown = oscar.get("field", field.pk).content.decode()
    assert "Contado | Cash" in shown
    oscar.post(
        "field", field.pk, names_es="Pago", options="Crédito | Credit\nEfectivo | Cash\nCheque", required="on"
    )
    field.refresh_from_db()
    assert [one["code"] for one in field.options] == ["credito", "contado", "cheque"]
    assert field.required
    oscar.post(
        "field_new",
        names_es="Banco",
        kind="text",
        depends=f"{field.pk}:cheque",
        pattern="B.*",
        error_es="Con B",
    )
    bank = CustomField.objects.last()
    oscar.post("field_order", order=[bank.pk, field.pk])
    assert list(CustomField.objects.all()) == [bank, field]
    oscar.post("field_deletion", field.pk)
    assert "hay que llenarlo" in words(oscar.get("fields"))
    assert oscar.post("field_new", names_es="Mal", kind="text", pattern="(").status_code == 422
    assert oscar.post("field_new", names_es="Mal", kind="text", depends="x").status_code == 422


def test_an_agent_fills_every_kind(ana, case):
    options = (("a", {"es": "Una"}), ("b", {"es": "Otra"}))
    rows = {
        kind: save_field(field=None, wanted=Wanted(names={"es": f"De {kind}"}, kind=kind, options=options))
        for kind in CustomField.Kind.values
    }
    assert ana.get("case_fields", case.number).status_code == 200
    sent = {"text": "T", "textarea": "L\nL", "boolean": "no", "checkbox": "yes", "options": "a", "radio": "b",
            "date": "2026-07-09", "multiple": ["a", "b"], "checklist": ["b"], "rating": "4"}  # fmt: skip
    data = {f"field_{rows[kind].pk}": value for kind, value in sent.items()}
    assert ana.post("case_fields", case.number, **data).status_code == 302
    kept = {row.field.kind: row.value for row in FieldValue.objects.select_related("field")}
    assert kept == sent | {"boolean": False, "checkbox": True, "rating": 4}
    seen = words(ana.get("case", case.number))
    assert "De multiple Una, Otra" in seen
    assert "De rating 4 / 5" in seen
    assert "Ana Robleto cambió los datos:" in seen
    assert ana.post("case_fields", case.number, **data).status_code == 302
    assert ana.get("case_fields", case.number).status_code == 200


def test_what_is_wrong_is_said_beside_it(ana, case):
    box = save_field(field=None, wanted=Wanted(names={"es": EVIL}, kind="text", required=True, pattern="C.*",
                                               pattern_error={"es": "Empieza con C"}))  # fmt: skip
    for sent, said in (("", "Falta este dato."), ("4", "Empieza con C")):
        answer = ana.post("case_fields", case.number, **{f"field_{box.pk}": sent})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert EVIL not in answer.content.decode()
    ana.post("case_fields", case.number, **{f"field_{box.pk}": "C" + EVIL})
    page = ana.get("case", case.number).content.decode()
    assert EVIL not in page
    assert "C&lt;script&gt;" in page


def test_without_fields_there_is_nothing_to_fill(ana, case):
    assert "Datos" not in words(ana.get("case", case.number))
    assert ana.get("case_fields", case.number).status_code == 302


def test_conditions_and_exports_know_them_and_nothing_runs(ana, agent, case, now):
    option = ("evil", {"es": EVIL})
    choice = save_field(field=None, wanted=Wanted({"es": "=1+1"}, "radio", options=[option]))
    formula = save_field(field=None, wanted=Wanted({"es": EVIL}, "text"))
    set_values(ticket=case, sent={choice.pk: "evil", formula.pk: "=cmd|'/c'!A1"}, actor=agent, now=now)
    offers = {offer.name: offer for offer in CaseChoices(agent).offers()}
    assert offers[f"field_{choice.pk}"].choices == (("evil", EVIL),)
    assert EVIL not in ana.get("saved_view_new").content.decode()
    asked = {"all": [{"field": f"field_{choice.pk}", "op": "any_of", "value": ["evil"]}]}
    view = save_view(
        view=None, name="Los malos", sharing="private", department=None, search="", is_default=False,
        condition=read(asked, types()), order="newest", actor=agent, now=now,
    )  # fmt: skip
    assert str(case.number) in words(ana.get("saved_view", view.pk))
    lines = (
        b"".join(ana.get("saved_view", view.pk, query="?format=csv").streaming_content).decode().splitlines()
    )
    assert len(lines) == 2
    assert lines[0].endswith(f",'=1+1,{EVIL}")
    assert lines[1].endswith(f",{EVIL},'=cmd|'/c'!A1")
