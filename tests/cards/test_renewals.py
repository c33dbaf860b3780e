"""Renewals charged to a kept card: once per (invoice, attempt), whoever is killed when (row 25)."""

from datetime import timedelta

import pytest

from vigente.billing.models import CardCharge, Payment
from vigente.billing.services import card_charges, payments
from vigente.events.models import Event
from vigente.worker.verification import verify


def charged(peer):
    return [one for one in peer.intents.values() if one["status"] == "succeeded"]


def test_an_open_renewal_is_charged_when_it_is_due(till):
    till.keep()
    invoice = till.renewal(due_at=till.now + timedelta(days=1))
    assert card_charges.charge_due(now=till.now) == 0
    later = till.now + timedelta(days=1)
    assert card_charges.charge_due(now=later) == 1
    assert card_charges.charge_due(now=later) == 0
    invoice.refresh_from_db()
    assert invoice.balance_minor == 0
    till.deliver()  # and its own message changes nothing
    assert Payment.objects.get().status == "confirmed"
    assert len(charged(till.peer)) == 1
    assert not list(verify(now=later))


@pytest.mark.parametrize("why", ["no card", "other purpose", "in review", "blocked", "page just opened"])
def test_what_is_not_charged(till, why):
    till.keep()
    invoice = till.invoice() if why == "other purpose" else till.renewal()
    if why == "no card":
        till.keep(method="")
    if why == "in review":
        payments.submit_transfer(organization=till.shop.organization, amount_minor=1, currency="NIO", reference="1",
                                 user=till.shop.manager, key="t", invoice=invoice, now=till.now)  # fmt: skip
    if why == "blocked":
        till.shop.organization.blocked_at = till.now
        till.shop.organization.save()
    if why == "page just opened":
        till.press(invoice)
    assert card_charges.charge_due(now=till.now) == 0
    assert not till.peer.intents


def test_a_refused_card_is_tried_three_times_and_the_customer_told_each_time(till):
    till.keep("pm_declined")
    till.renewal()
    days = []
    for day in range(8):
        if card_charges.charge_due(now=till.now + timedelta(days=day)):
            days.append(day)
    assert days == [0, 1, 3]
    assert Event.objects.filter(kind="payment.failed").count() == 3
    assert set(CardCharge.objects.values_list("status", "decline")) == {("failed", "card_declined")}
    till.deliver()
    assert Payment.objects.filter(status="failed").count() == 3


def test_a_better_card_pays_the_next_attempt(till):
    till.keep("pm_3ds")
    invoice = till.renewal()
    card_charges.charge_due(now=till.now)
    assert CardCharge.objects.get().decline == "authentication_required"
    till.keep("pm_visa")
    assert card_charges.charge_due(now=till.now) == 0  # not before its day
    assert card_charges.charge_due(now=till.now + timedelta(days=1)) == 1
    invoice.refresh_from_db()
    assert invoice.balance_minor == 0


@pytest.mark.parametrize("after", [timedelta(minutes=11), timedelta(days=2)])
def test_killed_between_the_charge_and_the_books_it_is_charged_once(till, monkeypatch, after):
    till.keep()
    invoice = till.renewal()

    def killed(*args, **given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(card_charges, "_take", killed)
        with pytest.raises(KeyboardInterrupt):
            card_charges.charge_due(now=till.now)
    assert len(charged(till.peer)) == 1
    assert card_charges.charge_due(now=till.now + timedelta(minutes=1)) == 0  # somebody may be at it
    till.peer.answers.clear()  # it forgets idempotency keys after a day; it is asked, not trusted
    assert card_charges.charge_due(now=till.now + after) == 1
    invoice.refresh_from_db()
    assert invoice.balance_minor == 0
    assert len(charged(till.peer)) == 1
    assert CardCharge.objects.get().status == "paid"


def test_killed_and_told_by_message_it_is_recorded_once(till, monkeypatch):
    till.keep()
    till.renewal()
    monkeypatch.setattr(card_charges, "_take", lambda *args, **given: 0)
    card_charges.charge_due(now=till.now)
    monkeypatch.undo()
    till.deliver()
    assert CardCharge.objects.get().status == "paid"
    assert card_charges.charge_due(now=till.now + timedelta(hours=1)) == 0
    assert Payment.objects.count() == 1


def test_every_answer_lost_it_is_charged_once(till):
    till.keep()
    invoice = till.renewal()
    till.peer.lose = 3
    assert card_charges.charge_due(now=till.now) == 0
    assert card_charges.charge_due(now=till.now + timedelta(minutes=11)) == 1
    invoice.refresh_from_db()
    assert invoice.balance_minor == 0
    assert len(charged(till.peer)) == 1


def test_nobody_there_is_no_refusal(till):
    till.keep()
    till.renewal()
    till.peer.down = True
    assert card_charges.charge_due(now=till.now) == 0
    assert not Payment.objects.exists()
    till.peer.down = False
    assert card_charges.charge_due(now=till.now + timedelta(minutes=11)) == 1
    assert Payment.objects.get().status == "confirmed"


def test_paid_otherwise_meanwhile_it_is_not_charged(till):
    till.keep()
    invoice = till.renewal()
    till.peer.down = True
    card_charges.charge_due(now=till.now)
    till.peer.down = False
    payments.record_payment(organization=till.shop.organization, method="manual", amount_minor=144_900,
                            currency="NIO", key="m", invoice=invoice, now=till.now)  # fmt: skip
    assert card_charges.charge_due(now=till.now + timedelta(minutes=11)) == 0
    assert not till.peer.intents
    assert CardCharge.objects.get().decline == "not_needed"


def test_our_own_wrong_key_is_not_the_customers_fault(till, settings):
    till.keep()
    till.renewal()
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"
    assert card_charges.charge_due(now=till.now) == 0
    assert not Payment.objects.exists()
