"""The component tags: what they write, and that nothing given to them can become markup."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation

NOW = datetime(2026, 7, 10, 20, 0, tzinfo=UTC)
EVIL = '<script>"x"</script>'


@pytest.fixture(autouse=True)
def _reader():
    with translation.override("es"), timezone.override("America/Managua"):
        yield


def draw(source: str, path: str = "/es/", **values) -> str:
    request = RequestFactory().get(path)
    request.now = NOW
    template = engines["django"].from_string(source)
    return template.render({"now": NOW, "evil": EVIL, **values}, request)


@pytest.mark.parametrize(
    "source",
    [
        "{% badge evil %}",
        "{% avatar evil %}",
        "{% button href=evil title=evil %}x{% endbutton %}",
        "{% notice title=evil %}x{% endnotice %}",
        "{% section evil action=evil href=evil %}x{% endsection %}",
        "{% empty evil %}x{% endempty %}",
        "{% disclosure evil %}x{% enddisclosure %}",
        "{% table evil %}x{% endtable %}",
        "{% fact evil %}x{% endfact %}",
        "{% sortable evil evil %}{% sortable_row evil evil %}x{% endsortable_row %}{% endsortable %}",
        "{% navlink evil evil %}",
        "{% tab evil evil %}",
        "{% breadcrumbs evil evil evil %}",
        "{% dialog evil evil %}x{% enddialog %}",
        "{% meter words=evil %}",
        "{% message evil now role=evil via=evil %}x{% endmessage %}",
        "{% load_more evil target=evil shown=1 total=2 %}",
        "{% progress 1 2 evil %}",
        "{% files rows %}",
    ],
)
def test_what_people_wrote_never_becomes_markup(source):
    html = draw(source, rows=[SimpleNamespace(name=EVIL, size=1, url=EVIL, is_image=False)])
    assert "<script>" not in html


class Form(forms.Form):
    subject = forms.CharField(label="Asunto", help_text="En pocas palabras")
    note = forms.CharField(label="Nota", required=False)
    kind = forms.ChoiceField(label="Tipo", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="Acepto", required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_field_ties_its_help_and_its_error_to_the_widget():
    html = draw("{% field form.subject %}", form=Form({"subject": ""}))
    assert 'aria-describedby="id_subject_error id_subject_help"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_subject_error"' in html
    assert 'id="id_subject_help"' in html


def test_a_field_keeps_what_was_typed():
    assert 'value="La caja no cuadra"' in draw(
        "{% field form.subject %}", form=Form({"subject": "La caja no cuadra"})
    )


def test_an_optional_field_says_so_and_a_checkbox_does_not():
    assert "(opcional)" in draw("{% field form.note %}", form=Form())
    assert "(opcional)" not in draw("{% field form.subject %}", form=Form())
    assert "(opcional)" not in draw("{% field form.agree %}", form=Form())


def test_a_group_of_radios_has_a_legend():
    html = draw("{% field form.kind %}", form=Form())
    assert "<fieldset" in html
    assert "<legend" in html


def test_a_hidden_field_is_only_its_input():
    assert draw("{% field form.secret %}", form=Form()).startswith('<input type="hidden"')


def test_attributes_of_a_field_reach_the_widget():
    assert 'autocomplete="off"' in draw('{% field form.subject autocomplete="off" %}', form=Form())


def test_radio_cards_mark_the_choice_and_describe_it():
    cards = [
        {"value": "a", "label": "Algo falla", "text": "Lo cubre su plan."},
        {"value": "b", "label": "Otra cosa"},
    ]
    html = draw("{% radio_cards form.kind cards %}", form=Form(initial={"kind": "a"}), cards=cards)
    assert html.count("checked") == 1
    assert 'aria-describedby="id_kind_0_text"' in html
    assert html.count('type="radio"') == 2


def test_the_error_summary_leads_to_the_fields():
    html = draw("{% error_summary form %}", form=Form({}))
    assert 'href="#id_subject"' in html
    assert "Lo que escribió sigue aquí." in html
    assert draw("{% error_summary form %}", form=Form()) == ""


def test_a_button_with_an_address_is_a_link_and_a_disabled_one_is_not():
    assert draw('{% button href="/x" %}Ir{% endbutton %}').startswith("<a ")
    assert draw('{% button href="/x" disabled=True %}Ir{% endbutton %}').startswith("<button ")
    assert 'hx-post="/x"' in draw('{% button hx_post="/x" %}Ir{% endbutton %}')


def test_navigation_knows_where_it_is():
    assert 'aria-current="page"' in draw('{% navlink "/es/plan/" "Mi plan" %}', path="/es/plan/")
    assert "aria-current" not in draw('{% navlink "/es/plan/" "Mi plan" %}', path="/es/plan/x/")
    assert "aria-current" in draw('{% navlink "/es/plan/" "Mi plan" prefix=True %}', path="/es/plan/x/")


@pytest.mark.parametrize(
    ("gap", "tone", "text", "words"),
    [
        (timedelta(minutes=-12), "late", "−12", "venció hace 12 minutos"),
        (timedelta(minutes=38), "soon", "38", "vence en 38 minutos"),
        (timedelta(minutes=130), "fine", "2\xa0h\xa010", "vence en 2 horas y 10 minutos"),
        (timedelta(hours=20), "fine", "mañana", "vence en 20 horas"),
        (timedelta(days=3), "fine", "lunes", "vence en 3 días"),
    ],
)
def test_a_promise_against_now(gap, tone, text, words):
    html = draw("{% due at %}", at=NOW + gap)
    assert f"due--{tone}" in html
    assert text in html
    assert words in html


def test_a_paused_promise_and_none():
    assert "en pausa" in draw("{% due at paused=True %}", at=NOW)
    assert "sin plazo" in draw("{% due at %}", at=None)


def test_a_time_says_the_exact_instant_in_the_readers_zone():
    html = draw("{% when at %}", at=NOW - timedelta(minutes=12))
    assert 'datetime="2026-07-10T19:48:00Z"' in html
    assert "13:48 (America/Managua)" in html
    assert ">hace 12 min<" in html


def test_a_place_may_be_a_range():
    assert "4–6" in draw("{% place 4 2 until=6 %}")
    assert "place--2" in draw("{% place 4 2 %}")


def test_an_internal_note_says_that_it_is_one():
    assert "Nota interna" in draw('{% message "Ana" now kind="note" %}x{% endmessage %}')
    assert "Nota interna" not in draw('{% message "Ana" now kind="staff" %}x{% endmessage %}')


def test_the_composer_offers_a_note_only_to_staff():
    class Reply(forms.Form):
        body = forms.CharField(widget=forms.Textarea)

    plain = draw('{% composer form "/x" %}{% endcomposer %}', form=Reply())
    staff = draw('{% composer form "/x" note=True %}{% endcomposer %}', form=Reply())
    assert "Nota interna" not in plain
    assert "Nota interna" in staff
    assert 'name="csrfmiddlewaretoken"' in plain
    assert 'type="file"' not in plain


def test_a_toast_offers_its_undo_and_forgets_its_draft():
    message = SimpleNamespace(
        extra_tags="undo=%2Fx%2F&draft=case-7", level_tag="success", __str__=lambda self: "Listo"
    )
    html = draw("{% toast message %}", message=message)
    assert 'action="/x/"' in html
    assert 'data-draft-done="case-7"' in html


def test_the_theme_is_only_one_that_exists():
    assert draw("{% theme %}") == "system"
