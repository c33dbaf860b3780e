"""What the lines of an invoice say."""

import pytest

from vigente.factories import make_licence, make_organization
from vigente.rules.invoicing import LabelCode
from vigente.rules.reasons import Credit
from vigente.ui.invoice_words import credit_reason_text, discount_text, label_text, licence_words, tax_text

TERM = {"start": "2026-07-01T06:00:00+00:00", "end": "2026-08-01T06:00:00+00:00", "zone": "America/Managua"}


def said(code, language="es", licences=None, **params):
    return label_text({"code": code, "params": params}, language, licences or {}).replace("\xa0", " ")


def test_a_plan_says_its_licence_and_its_days():
    text = said("plan", plan="Plan Básico", edition="web", licence=7, licences={7: "INVEX WEB …7F2K"}, **TERM)
    assert text == "Plan Básico · INVEX WEB …7F2K · del 1 de julio de 2026 al 31 de julio de 2026"
    assert said("plan", plan="Básico", edition="web", licence=None) == "Plan Básico · WEB"


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ({"code": "pack", "cases": 1, "plan": "Básico"}, "1 caso extra · Plan Básico"),
        ({"code": "pack", "cases": 1200}, "1,200 casos extra"),
        ({"code": "upgrade", "before": "Básico", "after": "Oro"}, "Cambio de plan: de Básico a Oro"),
        (
            {"code": "work", "ticket": 1042, "subject": "Recibo nuevo"},
            "Desarrollo a medida, caso 1042 · Recibo nuevo",
        ),
        ({"code": "work"}, "Desarrollo a medida"),
        (
            {"code": "refund", "plan": "Oro", "undrawn": 3, "cases": 4},
            "Devolución del plan Oro · 3 de 4 casos sin usar",
        ),
        ({"code": "correction", "code_": 1}, "Corrección de la factura —"),
        ({"code": "other", "text": "Visita"}, "Visita"),
        ({"code": "other"}, "Otro"),
    ],
)
def test_other_lines(label, text):
    assert said(**label) == text


@pytest.mark.parametrize("code", list(LabelCode))
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_line_is_worded_even_without_parameters(code, language):
    assert said(code.value, language)


@pytest.mark.parametrize("reason", list(Credit))
def test_every_reason_of_a_credit_note_is_worded(reason):
    assert credit_reason_text(reason.value, "es")
    assert not credit_reason_text("", "es")


def test_a_discount_is_a_line_of_its_own():
    assert (
        discount_text("cloud_web", 4000, "es").replace("\xa0", " ") == "Descuento WEB en nuestra nube −40 %"
    )
    assert discount_text("verano_26", 0, "es") == "Descuento verano 26"


def test_taxes():
    assert tax_text(1500, "es").replace("\xa0", " ") == "Impuesto 15 %"
    assert tax_text(0, "es") == "Exento de impuesto"


@pytest.mark.django_db
def test_licences_are_looked_up_at_once(django_assert_num_queries):
    licence = make_licence(make_organization())
    labels = [{"code": "plan", "params": {"plan": "Oro", "licence": licence.pk}}] * 3
    with django_assert_num_queries(1):
        words = licence_words(labels)
    assert str(licence) in label_text(labels[0], "es", words)
    assert licence_words([{"code": "other", "params": {}}]) == {}
