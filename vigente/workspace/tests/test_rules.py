"""The rulebook at the desk: sentences with the day they began, a new version seen before it binds."""

from datetime import timedelta

import pytest

from vigente.billing.models import RulebookVersion
from vigente.billing.models.rulebooks import rulebook_at
from vigente.factories import publish
from vigente.rules.rulebook import Rulebook
from vigente.ui.rulebook_sentences import GROUPS, sentence
from vigente.ui.rulebook_words import LABELS, SENTENCES
from vigente.workspace.forms.rules import RulebookForm
from vigente.workspace.tests.conftest import said, words

pytestmark = pytest.mark.django_db


def posted(now, **changes):
    """What the browser sends for the rules in force, with some of it changed."""
    form = RulebookForm(current=rulebook_at(now), now=now)
    rows = [row.visible_fields() for row in form.discounts]
    data = {"discounts-TOTAL_FORMS": str(len(rows)), "discounts-INITIAL_FORMS": str(len(rows))}
    for bound in [*form, *(bound for row in rows for bound in row)]:
        value = bound.value()
        if value is True:
            data[bound.html_name] = "on"
        elif value is not None and value is not False:
            data[bound.html_name] = str(value)
    return {name: value for name, value in (data | changes).items() if value is not None}


def discount(n=0, **values):
    """Fields of one row of discounts, as a browser names them."""
    return {f"discounts-{n}-{name}": value for name, value in values.items()}


def test_every_setting_has_its_label_its_sentence_and_its_place():
    settings = set(Rulebook.__slots__)
    assert settings == set(LABELS) == set(SENTENCES) == {name for group in GROUPS for name in group.names}
    for name in settings:
        assert sentence(name, getattr(Rulebook(), name)).endswith(".")


def test_the_rules_are_read_in_sentences_with_the_day_they_began(ana, now):
    publish(now=now - timedelta(days=40), hold_days=20)
    publish(now=now - timedelta(days=10), hold_days=20, reopen_days=3)
    seen = words(ana.get("rules"))
    assert "Una solicitud sin cobertura espera 20 días y entra sola si aparece. desde el 31 de mayo" in seen
    assert "durante 3 días hábiles . desde el 30 de junio" in seen
    assert "40 % para WEB en nuestra nube, no en casos extra" in seen
    assert "Cambiar las reglas" not in seen


def test_a_change_is_seen_before_it_is_published_and_binds_from_its_day(oscar, now):
    data = posted(now, notice_days="5", effective_on="2026-08-01", note="Como dice la página")
    shown = oscar.post("rules_new", **data)
    assert shown.status_code == 200
    assert "hay que avisar al menos 5 días antes" in words(shown)
    assert not RulebookVersion.objects.exists()
    response = oscar.post("rules_new", **data, publish="")
    assert "Reglas publicadas." in said(response)
    version = RulebookVersion.objects.get()
    assert version.effective_from.isoformat() == "2026-08-01T06:00:00+00:00"
    assert rulebook_at(now).notice_days == 0
    assert rulebook_at(version.effective_from).notice_days == 5
    seen = words(oscar.get("rules"))
    assert "Reglas que vienen" in seen
    oscar.post("rules_withdrawal", version.pk)
    assert not RulebookVersion.objects.exists()


def test_every_kind_of_setting_can_be_changed(oscar, now):
    changes = {
        "order": "fair",
        "overdue_first": "yes",
        "months": "calendar",
        "intake_email": "accept",
        "pack_validity": "days",
        "draw_by": "approve",
        "plans_required_from": "2026-09-01",
        "billing_zone": "America/Guatemala",
        "favours_agent": "3",
        "favours_supervisor": None,
        **discount(percent="25.5", packs="on"),
        "goodwill_on_late_release": "no",
        "activate": "on_order",
        "upgrade": "immediate",
        "dunning_days": "7; -3, 0",
    }
    oscar.post("rules_new", **posted(now, **changes), publish="")
    book = rulebook_at(now)
    assert (book.order, book.overdue_first, book.months, book.draw_by) == (
        "fair",
        True,
        "calendar",
        "approve",
    )
    assert book.favour_limits == {"agent": 3, "supervisor": None, "owner": None}
    assert (book.discounts[0].basis_points, book.discounts[0].applies_to_packs) == (2550, True)
    assert book.goodwill_on_late_release is False
    assert (book.activate, book.upgrade, book.dunning_days) == ("on_order", "immediate", (7, -3, 0))
    assert book.plans_required_from.isoformat() == "2026-09-01T06:00:00+00:00"


def test_the_last_discount_can_be_taken_away(oscar, now):
    oscar.post("rules_new", **posted(now, **discount(DELETE="on")), publish="")
    assert rulebook_at(now).discounts == ()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"hold_days": "-1"},
        {"hold_days": "x"},
        {"hold_days": ""},
        {"billing_zone": "Luna/Mar"},
        discount(percent="101"),
        {"order": "chaos"},
        {"effective_on": "2026-07-01", "hold_days": "9"},
        {"effective_on": "ayer", "hold_days": "9"},
    ],
)
def test_rules_that_cannot_be_are_refused_and_nothing_is_published(oscar, now, changes):
    response = oscar.post("rules_new", **posted(now, **changes), publish="")
    assert response.status_code == 422
    assert not RulebookVersion.objects.exists()


def test_two_versions_for_one_instant_are_refused(oscar, now):
    data = posted(now, hold_days="9", effective_on="2026-08-01")
    oscar.post("rules_new", **data, publish="")
    again = oscar.post("rules_new", **data | {"hold_days": "10"}, publish="")
    assert again.status_code == 422
    assert RulebookVersion.objects.count() == 1


def test_what_binds_already_is_not_withdrawn(oscar, now):
    publish(now=now - timedelta(days=1), hold_days=20)
    response = oscar.post("rules_withdrawal", RulebookVersion.objects.get().pk)
    assert "Ya pasó el plazo" in said(response)
    assert RulebookVersion.objects.count() == 1
