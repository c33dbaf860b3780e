"""Drafts of the rulebook, its history, and the rulebook as a file at the desk."""

from datetime import date, timedelta

import pytest

from vigente.billing.models import RulebookDraft, RulebookVersion
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.rulebook_toml import dump
from vigente.factories import make_edition, make_organization, make_version, publish
from vigente.rules.precedence import Order
from vigente.rules.pricing import DiscountRule
from vigente.rules.rulebook import Rulebook
from vigente.trials.models import Trial
from vigente.workspace.tests.conftest import said, words
from vigente.workspace.tests.test_rules import discount, posted

pytestmark = pytest.mark.django_db


def test_drafts_are_kept_by_name_taken_up_again_and_used_up_by_publishing(oscar, now):
    oscar.post("rules_new", **posted(now, notice_days="5"), draft_name="Julio", save="")
    oscar.post("rules_new", **posted(now, notice_days="9"), draft_name="Más estricto", save="")
    first = RulebookDraft.objects.get(name="Julio")
    assert {draft.book.notice_days for draft in RulebookDraft.objects.all()} == {5, 9}
    assert not RulebookVersion.objects.exists()
    seen = words(oscar.get("rules"))
    assert "Julio 1 diferencia" in seen
    page = oscar.get("rules_new", query=f"?draft={first.pk}")
    assert "Borrador: Julio" in words(page)
    assert "1 regla distinta" in words(page)
    address = f"/es/desk/rules/new/?draft={first.pk}"
    data = posted(now, notice_days="6", draft_name="Julio", effective_on="2026-08-01")
    oscar.client.post(address, {**data, "save": ""})
    assert RulebookDraft.objects.get(pk=first.pk).book.notice_days == 6
    oscar.client.post(address, {**data, "publish": ""})
    assert not RulebookDraft.objects.filter(pk=first.pk).exists()
    assert RulebookVersion.objects.get().effective_from.isoformat() == "2026-08-01T06:00:00+00:00"


def test_a_draft_can_be_thrown_away_by_the_owner_alone(oscar, sofia, now):
    oscar.post("rules_new", **posted(now, notice_days="5"), save="")
    draft = RulebookDraft.objects.get()
    assert sofia.post("rules_draft_discard", draft.pk).status_code == 403
    assert "Borrador borrado." in said(oscar.post("rules_draft_discard", draft.pk))
    assert not RulebookDraft.objects.exists()


def test_the_history_says_what_each_version_changed(oscar, now):
    publish(now=now - timedelta(days=40), hold_days=20)
    publish(now=now - timedelta(days=10), hold_days=9)
    publish(now=now + timedelta(days=10), hold_days=9, notice_days=5)
    seen = words(oscar.get("rules"))
    assert "Antes: Una solicitud sin cobertura espera 20 días" in seen
    assert "Después: Una solicitud sin cobertura espera 9 días" in seen
    oldest = RulebookVersion.objects.order_by("effective_from").first()
    page = oscar.get("rules_new", query=f"?from={oldest.pk}")
    assert "1 regla distinta" in words(page)


def test_each_discount_is_a_row_that_can_be_added_filled_in_and_taken_away(oscar, now):
    shop, version = make_organization("Ferretería Única"), make_version()
    more = oscar.post("rules_new", **posted(now), add_discount="")
    assert "Descuento 2" in words(more)
    row = {
        "amount": "1,250.50",
        "currency": "nio",
        "plan": version.plan.family,
        "organization": "ferretería Única",
        "starts": "2026-08-01",
        "ends": "2026-12-31",
        "coupon": "VERANO",
        "terms": "3",
        "packs": "on",
    }
    data = posted(now, **discount(1, **row)) | {"discounts-TOTAL_FORMS": "2"}
    shown = words(oscar.post("rules_new", **data))
    assert "plan " + version.plan.family in shown
    assert "con el cupón VERANO" in shown
    assert "solo los 3 primeros pagos" in shown
    oscar.post("rules_new", **data, publish="")
    assert rulebook_at(now).discounts[1] == DiscountRule(
        code="discount-1",
        edition=None,
        hosting=None,
        basis_points=0,
        applies_to_packs=True,
        amount_minor=125_050,
        currency="NIO",
        plan=version.plan.family,
        organization=shop.pk,
        starts=date.fromisoformat("2026-08-01"),
        ends=date.fromisoformat("2026-12-31"),
        coupon="VERANO",
        terms=3,
    )
    less = posted(now, **discount(0, DELETE="on"), effective_on="2026-08-01")
    oscar.post("rules_new", **less, publish="")
    assert [rule.code for rule in rulebook_at(now + timedelta(days=30)).discounts] == ["discount-1"]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"percent": "10", "amount": "5"}, "uno de los dos"),
        ({"edition": "WEB"}, "uno de los dos"),
        ({"amount": "5"}, "Un monto necesita su moneda."),
        ({"amount": "5", "currency": "ZZZ"}, "Escriba la moneda con su código"),
        ({"percent": "10", "organization": "Nadie"}, "No hay ninguna organización"),
        ({"percent": "10", "organization": "Dos"}, "Hay varias con ese nombre"),
        ({"percent": "10", "starts": "2026-09-01", "ends": "2026-08-01"}, "no puede ser antes"),
        ({"percent": "10", "code": "cloud_web"}, "el mismo código"),
    ],
)
def test_a_discount_that_cannot_be_says_why_beside_its_field(oscar, now, row, wrong):
    make_edition("WEB")
    make_organization("Dos")
    make_organization("Dos")
    data = posted(now, **discount(1, **row)) | {"discounts-TOTAL_FORMS": "2"}
    response = oscar.post("rules_new", **data, publish="")
    assert response.status_code == 422
    assert wrong in words(response)
    assert not RulebookVersion.objects.exists()


def test_what_is_shown_and_sent_back_untouched_is_the_same_rulebook(oscar, now):
    publish(
        now=now - timedelta(days=1),
        plans_required_from=now + timedelta(days=30, minutes=7),
        dunning_days=(5, -3),
        favour_limits={"agent": None, "supervisor": 0, "owner": 3},
        discounts=(
            DiscountRule("a", "OTRA", None, 1234, False, plan="viejo", organization=999),
            DiscountRule("b", None, "customer", 0, True, amount_minor=12_345, currency="USD"),
        ),
    )
    before = rulebook_at(now)
    make_organization("Existe")
    data = posted(now, **discount(0, organization="Existe"), hold_days="3")
    oscar.post("rules_new", **data, publish="")
    after = rulebook_at(now)
    changed = {name for name in Rulebook.__slots__ if getattr(before, name) != getattr(after, name)}
    assert changed == {"hold_days", "discounts"}
    assert (after.discounts[0].edition, after.discounts[0].plan) == ("OTRA", "viejo")
    assert after.discounts[1] == before.discounts[1]


def test_the_file_goes_out_and_comes_back_as_a_draft(oscar, ana, now):
    out = ana.get("rules_export")
    assert out.content.decode() == dump(Rulebook())
    text = out.content.decode().replace("notice_days = 0", "notice_days = 5")
    seen = oscar.post("rules_import", text=text)
    assert seen.status_code == 200
    assert "avisar al menos 5 días antes" in words(seen)
    assert not RulebookDraft.objects.exists()
    oscar.post("rules_import", text=text, keep="", draft_name="Del archivo")
    draft = RulebookDraft.objects.get()
    assert (draft.name, draft.book) == ("Del archivo", Rulebook(notice_days=5))
    assert not RulebookVersion.objects.exists()
    assert oscar.get("rules_export", query=f"?draft={draft.pk}").content.decode() == dump(draft.book)
    assert ana.get("rules_export", query=f"?draft={draft.pk}").content.decode() == dump(Rulebook())


def test_a_file_that_is_wrong_says_what_is_allowed_in_the_readers_language(oscar):
    response = oscar.post("rules_import", text='order = "caos"\nnotice_day = 5\nhold_days = -1')
    assert response.status_code == 422
    seen = words(response)
    assert "order: va uno de estos: strict, fair; no caos" in seen
    assert "notice_day: ¿quiso escribir notice_days?" in seen
    assert "hold_days: va un número entero de 0 a 1000000, no -1" in seen
    assert "Elija un archivo" in words(oscar.post("rules_import", text=" "))


def test_what_stands_in_the_sentences_can_be_tried_on_past_cases_before_it_is_kept(oscar, now):
    assert "Probar con el historial" in words(oscar.get("rules_new"))
    response = oscar.post("trial_new", **posted(now, notice_days="5", order="fair"))
    trial = Trial.objects.get()
    assert response.url.endswith(f"/rules/trials/{trial.pk}/")
    assert Rulebook.from_json(trial.draft) == Rulebook(notice_days=5, order=Order.FAIR)
    assert not RulebookDraft.objects.exists()
