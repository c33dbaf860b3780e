"""Contracts and orders made at the desk, and what each of them charges."""

from datetime import timedelta

import pytest

from vigente.billing.models import Invoice, Order
from vigente.factories import make_version, publish
from vigente.workspace.tests.conftest import address, said, words
from vigente.workspace.tests.test_money import client, invoice, order

pytestmark = pytest.mark.django_db
__all__ = ["client", "invoice", "order"]  # fixtures


def test_an_order_is_prepared_with_its_price_before_and_its_link_after(sofia, client):
    page = client.organization.pk
    form = {"kind": "plan", "version": client.version.pk, "licence": client.licence.pk, "submission_key": "s",
            "coupon": "", "note": "Como hablamos", "quantity": "1"}  # fmt: skip
    shown = sofia.post("order_new", page, **form, preview="1")
    assert "Total C$ 2,100.00" in words(shown)
    assert not Order.objects.exists()
    response = sofia.post("order_new", page, **form)
    made = Order.objects.get()
    assert response.url == address("order", made.pk)
    seen = words(sofia.get("order", made.pk))
    assert made.token in seen
    assert "Como hablamos" in seen
    sofia.post("order_cancellation", made.pk)
    made.refresh_from_db()
    assert made.status == "cancelled"


def test_a_wrong_coupon_is_said_beside_its_field(sofia, client):
    form = {"kind": "plan", "version": client.version.pk, "licence": client.licence.pk, "submission_key": "s",
            "coupon": "NADA", "quantity": "1"}  # fmt: skip
    shown = sofia.post("order_new", client.organization.pk, **form, preview="1")
    assert shown.status_code == 422
    assert "Ese código no existe" in words(shown)
    assert sofia.post("order_new", client.organization.pk, **form).status_code == 422


def test_a_contract_by_hand_is_charged_here_or_outside(sofia, client):
    page = client.organization.pk
    form = {"licence": client.licence.pk, "version": client.version.pk, "source": "bought", "auto_renew": "on",
            "confirmed": "on", "submission_key": "k"}  # fmt: skip
    assert (
        sofia.post("subscription_new", page, **form, charge="here", starts_on="2026-08-01").status_code == 422
    )
    assert sofia.post("subscription_new", page, **form | {"source": "legacy", "ends_on": "2026-08-01"},
                      charge="here").status_code == 422  # fmt: skip
    response = sofia.post("subscription_new", page, **form, charge="here")
    made = Order.objects.get()
    assert response.url == address("order", made.pk)
    assert made.status == "open"
    seen = words(sofia.get("organization", page))
    assert "Por confirmar" in seen
    assert sofia.get("contract_order", made.subscription_id).url == address("order", made.pk)
    sofia.post("order_cancellation", made.pk)
    sofia.post("subscription_new", page, **form, charge="outside")
    assert not Invoice.objects.exists()


def test_extra_cases_are_charged_here_or_outside(sofia, client, invoice):
    contract = invoice.subscription_id
    sofia.post("pack_new", contract, cases="2", submission_key="a", charge="here")
    made = Order.objects.get(kind="pack")
    assert (made.quantity, made.status) == (2, "open")
    sofia.post("pack_new", contract, cases="3", submission_key="b", charge="outside")
    assert Order.objects.filter(kind="pack").count() == 1


def test_row_23_a_change_is_previewed_and_at_once_is_charged(sofia, client, invoice):
    publish(upgrade="immediate")
    bigger = make_version(name="Comercio", cases=10, price_minor=420_000)
    shown = sofia.post("subscription_change", invoice.subscription_id, version=bigger.pk, preview="1")
    assert "Cambia al pagarse: hoy se cobran C$ 2,100.00 y se agregan 6 casos." in words(shown)
    response = sofia.post("subscription_change", invoice.subscription_id, version=bigger.pk)
    assert response.url == address("order", Order.objects.get(kind="upgrade").pk)


def test_a_change_at_the_terms_end_is_previewed_too(sofia, client, invoice):
    publish(upgrade="at_renewal")
    bigger = make_version(name="Comercio", cases=10, price_minor=420_000)
    shown = sofia.post("subscription_change", invoice.subscription_id, version=bigger.pk, preview="1")
    assert "Hoy no se cobra nada" in words(shown)
    assert "C$ 4,200.00, con 10 casos al mes" in words(shown)


def test_row_20_a_missed_term_is_charged_or_not(sofia, client, invoice, now):
    from vigente.billing.models import MissedTerm

    rows = [
        MissedTerm.objects.create(
            subscription=invoice.subscription,
            number=n,
            start=now - timedelta(days=60),
            end=now - timedelta(days=30),
        )
        for n in (5, 6)
    ]
    assert "No cobrar" in words(sofia.get("money"))
    assert "A-000002 emitida" in said(sofia.post("missed_term", rows[0].pk, charge="1"))
    assert "queda decidido" in said(sofia.post("missed_term", rows[1].pk))
    assert Invoice.objects.count() == 2
