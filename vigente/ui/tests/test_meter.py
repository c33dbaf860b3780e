"""The coverage meter in its three voices."""

import pytest
from django.template import engines
from django.utils import translation

from vigente.ui.meter import Meter, meter_text


@pytest.fixture(autouse=True)
def _spanish():
    with translation.override("es"):
        yield


def drawn(arguments: str) -> str:
    return engines["django"].from_string(f"{{% meter {arguments} %}}").render({})


@pytest.mark.parametrize(
    ("meter", "words", "label", "text"),
    [
        (
            Meter(1, 2, 1),
            "4 casos: 1 usado, 1 es este, quedan 2.",
            "usa 1 · quedan 2",
            "○◐●●  usa 1 · quedan 2",
        ),
        (Meter(1, 3), "4 casos: 1 usado, quedan 3.", "quedan 3 de 4", "○●●●  quedan 3 de 4"),
        (Meter(0, 1), "1 caso: 0 usados, queda 1.", "queda 1 de 1", "●  queda 1 de 1"),
        (Meter(4, 0), "4 casos: 4 usados, quedan 0.", "quedan 0 de 4", "○○○○  quedan 0 de 4"),
        (Meter(17, 23), "40 casos: 17 usados, quedan 23.", "quedan 23 de 40", "quedan 23 de 40"),
        (Meter(6, None), "Casos sin límite; 6 usados.", "sin límite", "sin límite"),
        (Meter(0, 0), "Sin casos.", "sin casos", "sin casos"),
    ],
)
def test_the_same_counts_in_words_label_and_mail(meter, words, label, text):
    assert meter.in_words() == words
    assert meter.label() == label
    assert meter.as_text() == text


def test_one_box_per_case_in_reading_order():
    html = drawn("used=1 this=1 left=2")
    kinds = [part.split('"')[0] for part in html.split("meter__box meter__box--")[1:]]
    assert kinds == ["used", "this", "left", "left"]


def test_beyond_twelve_a_bar_without_inline_style():
    html = drawn("used=17 this=1 left=22")
    assert "<svg" in html
    assert 'class="meter__box ' not in html
    assert "style=" not in html


def test_twelve_are_still_boxes():
    assert drawn("used=5 left=7").count('class="meter__box ') == 12


@pytest.mark.parametrize(
    "arguments", ["used=1 left=3", "used=17 left=23", "used=6 left=None", "used=0 left=0"]
)
def test_those_who_hear_the_page_get_the_sentence(arguments):
    html = drawn(arguments)
    assert 'aria-hidden="true"' in html
    assert '<span class="sr-only">' in html


def test_the_mail_line():
    assert meter_text(used=2, left=2) == "○○●●  quedan 2 de 4"
