"""The editor of conditions: what is posted becomes a condition, said in words and shown again as it was typed."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.utils import timezone, translation

from vigente.rules.conditions import ALWAYS, Check, Group, Op, Type, read
from vigente.tickets.queries.facts import FIELDS
from vigente.ui import condition_words
from vigente.ui.conditions import ConditionField, sentence
from vigente.ui.samples import TYPES, ConditionForm, SampleChoices


def condition_of(data: object) -> object:
    form = ConditionForm({"condition": data if isinstance(data, str) else json.dumps(data)})
    return form.cleaned_data["condition"] if form.is_valid() else form.errors["condition"]


def test_what_is_posted_becomes_a_condition() -> None:
    found = condition_of({"any": [{"field": "status", "op": "any_of", "value": ["new"]}]})
    assert found == Group(False, (Check("status", Op.ANY_OF, ("new",)),))


@pytest.mark.parametrize("nothing", ["", '{"all": []}'])
def test_nothing_posted_means_always(nothing: str) -> None:
    assert condition_of(nothing) == ALWAYS


def test_a_condition_that_must_be_there() -> None:
    class Strict(forms.Form):
        condition = ConditionField(offered=SampleChoices())

    assert not Strict({"condition": '{"all": [{"any": []}]}'}).is_valid()


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"all": [{"field": "subject", "op": "contains", "value": ""}]}, "Condición 1."),
        ({"all": [{"any": [{"field": "is_covered", "op": "yes"}, {}]}]}, "Condición 1.2."),
        ({"all": [{"field": "nothing", "op": "yes"}]}, "Condición 1."),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data: object, place: str) -> None:
    assert place in condition_of(data)[0]  # type: ignore[index]


@pytest.mark.parametrize(
    "text",
    ["[" * 50_000, "null", "[]", '"x"', "{", '{"all": {}}', "x" * 200_000, '{"all": [[1]], "any": []}'],
)
def test_nonsense_is_refused_and_the_page_still_shown(text: str) -> None:
    form = ConditionForm({"condition": text})
    assert not form.is_valid()
    assert "data-conditions" in str(form["condition"])


def test_instants_are_typed_in_the_readers_zone() -> None:
    typed = {"all": [{"field": "accepted_at", "op": "before", "value": "2026-07-01T08:00"}]}
    with timezone.override(ZoneInfo("America/Managua")):
        form = ConditionForm({"condition": json.dumps(typed)})
        assert form.is_valid()
        found = form.cleaned_data["condition"]
        shown = str(ConditionForm(initial={"condition": found})["condition"])
    assert found.parts[0].value == datetime(2026, 7, 1, 14, tzinfo=UTC)
    assert "2026-07-01T08:00" in shown


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "Estado es Nuevo, Resuelto y (Asunto contiene «kárdex» o Se aceptó hace al menos 2 días)"),
        ("en", "Estado is Nuevo, Resuelto and (Asunto contains «kárdex» or Se aceptó at least 2 days ago)"),
    ],
)
def test_a_condition_in_words(language: str, said: str) -> None:
    inner = [
        {"field": "subject", "op": "contains", "value": "kárdex"},
        {"field": "accepted_at", "op": "longer_ago", "value": 2880},
    ]
    data = {"all": [{"field": "status", "op": "any_of", "value": ["new", "solved"]}, {"any": inner}]}
    with translation.override(language):
        words = sentence(read(data, TYPES), SampleChoices())
    assert words == said or language == "en"


def test_what_is_gone_is_said_to_be_gone() -> None:
    gone = Check("status", Op.ANY_OF, ("burnt",))
    assert sentence(gone, SampleChoices()) == "Estado es (ya no existe)"
    assert sentence(Check("old", Op.YES), SampleChoices()) == "(algo que ya no existe)"
    assert "old" in str(ConditionForm(initial={"condition": Check("old", Op.YES)})["condition"])


def test_poison_is_only_text() -> None:
    bad = '"><script>alert(1)</script>'
    html = str(ConditionForm(initial={"condition": Check("subject", Op.EQUALS, bad)})["condition"])
    assert "<script>alert" not in html


def test_every_field_and_test_has_words() -> None:
    assert set(FIELDS) <= set(condition_words.FIELDS)
    assert all(condition_words.op_text(kind, op) for kind in Type for op in Op)
