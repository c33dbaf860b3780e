"""Every refusal has its sentence, with and without its parameters."""

import pytest
from django.utils import translation

from vigente.rules.refusal import RefusalCode, Refused
from vigente.ui.wording import refusal_text

FULL = {
    "limit": 5,
    "name": "foto.exe",
    "units": 2,
    "left": 0,
    "until": "2026-08-01T06:00:00+00:00",
    "value": "x",
}


@pytest.mark.parametrize("code", RefusalCode)
@pytest.mark.parametrize("params", [{}, FULL], ids=["bare", "full"])
def test_every_refusal_is_a_sentence(code, params):
    with translation.override("es"):
        text = refusal_text(Refused(code, **params))
    assert text.endswith(".")
    assert "%" not in text


def test_a_refusal_says_its_numbers():
    with translation.override("es"):
        assert "hacen falta 2 y quedan 0" in refusal_text(Refused(RefusalCode.NOT_ENOUGH, units=2, left=0))
