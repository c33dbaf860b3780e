"""The English catalogue is whole, and the check would notice if it were not."""

import polib
import pytest

from tests.support.translations import catalogue, checks, collect, literals
from tests.support.translations.collect import Text


@pytest.fixture(scope="module")
def texts():
    return collect.everything()


def test_every_text_has_its_english_and_nothing_is_left_over(texts):
    assert checks.of_catalogue(catalogue.read(), texts) == []


def test_the_compiled_catalogue_says_the_same():
    assert checks.of_compiled() == []


def test_no_text_is_written_where_nobody_can_translate_it():
    assert literals.stray_texts() == []


def test_writing_it_again_changes_nothing(texts):
    again = catalogue.merged(catalogue.read(), texts)
    assert catalogue.compiled(again) == catalogue.MO.read_bytes()
    assert "POT-Creation-Date" not in str(again)


def problems(entry, *, text="Le quedan %(n)s casos", plural=""):
    file = polib.POFile()
    file.append(entry)
    return checks.of_catalogue(file, {(None, text): Text(None, text, plural, {"x.html"})})


@pytest.mark.parametrize(
    ("english", "problem"),
    [
        ("", "no translation"),
        ("  ", "no translation"),
        ("You have %(m)s cases left", "other placeholders"),
        ("You have cases left", "other placeholders"),
        ("You have %(n)s cases left ", "other spaces"),
        ("You have %(n)s cases left", None),
    ],
)
def test_what_a_translation_may_lack_is_named(english, problem):
    found = problems(polib.POEntry(msgid="Le quedan %(n)s casos", msgstr=english))
    assert [problem in found[0] if found else False] == [problem is not None] if problem else not found


def test_both_forms_of_a_plural_are_wanted():
    entry = polib.POEntry(
        msgid="%(n)s caso", msgid_plural="%(n)s casos", msgstr_plural={0: "%(n)s case", 1: ""}
    )
    assert problems(entry, text="%(n)s caso", plural="%(n)s casos") == [
        "x.html: no translation: '%(n)s caso'"
    ]


def test_what_the_code_no_longer_says_is_named():
    entry = polib.POEntry(msgid="Adiós", msgstr="Goodbye")
    assert "django.po: no longer in the code: 'Adiós'" in problems(entry)


@pytest.mark.parametrize(
    "text", ["Escribe tu mensaje", "¿Qué necesitas?", "Puedes volver", "Si no fuiste tú"]
)
def test_nobody_is_a_tu(text):
    found = problems(polib.POEntry(msgid=text, msgstr="x"), text=text)
    assert any("speaks to a tú" in problem for problem in found)


def test_texts_are_found_in_templates_and_in_code():
    page = """{% translate "Uno" %}{{ _("Dos") }}{% button title=_("Tres") %}
      {% blocktranslate trimmed count n=n %}
        {{ n }} caso
      {% plural %}
        {{ n }} casos
      {% endblocktranslate %}{% translate "Abierto" context "caso" %}{# "No" #}"""
    assert list(collect.texts_in("page.html", page)) == [
        (None, "Uno", ""),
        (None, "Dos", ""),
        (None, "Tres", ""),
        (None, "%(n)s caso", "%(n)s casos"),
        ("caso", "Abierto", ""),
    ]
    code = 'a = _("Uno"), gettext_lazy("Dos"), ngettext("caso", "casos", n), pgettext("x", "Tres")'
    assert list(collect.texts_in("code.py", code)) == [
        (None, "Uno", ""),
        (None, "Dos", ""),
        (None, "caso", "casos"),
        ("x", "Tres", ""),
    ]


def test_texts_outside_are_found():
    page = '<p title="Ver más">Hola {{ name }}</p>{% button label="Guardar" %}<kbd>Enter</kbd>{% translate "Sí" %}'
    assert sorted(literals.in_template(page)) == ["Guardar", "Hola", "Ver más"]
    assert list(literals.in_python('"""Módulo."""\na = "Sesión", _("Sí"), "plain"')) == ["Sesión"]
    assert list(literals.in_script('// Sesión\nsay("Sesión"); say(text)')) == ["Sesión"]
