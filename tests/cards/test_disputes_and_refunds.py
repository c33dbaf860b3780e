"""A card's holder disputes a charge, and money goes back to cards (row 33)."""

import itertools
from datetime import timedelta

import pytest

from vigente.billing.models import CardRefund, Invoice, Payment
from vigente.billing.money_verification import balance_sheet
from vigente.billing.services import card_charges, card_refunds, payments
from vigente.billing.services.invoices import credit
from vigente.billing.services.money import credit_of
from vigente.rules.reasons import Credit
from vigente.rules.refusal import Refused
from vigente.worker.verification import verify


@pytest.fixture
def bought(till):
    """An invoice paid by card, none of whose messages has come yet: the name of the intent."""
    return till.peer.pay(till.press(till.invoice()))


def status():
    return Payment.objects.get(direction="in").status


def test_a_dispute_is_said_and_a_won_one_leaves_the_payment(till, bought):
    till.deliver()
    till.deliver(till.peer.dispute(bought))
    assert status() == "disputed"
    till.deliver(till.peer.dispute(bought, closed="won"))
    assert status() == "confirmed"


def test_a_lost_one_takes_the_money_back(till, bought):
    till.deliver()
    till.deliver(till.peer.dispute(bought), till.peer.dispute(bought, closed="lost"))
    assert status() == "reversed"
    assert not list(verify(now=till.now))


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_in_whatever_order_it_is_told_it_ends_the_same(till, bought, order):
    till.peer.dispute(bought)
    till.peer.dispute(bought, closed="lost")
    for n, event in enumerate(till.peer.events):
        event["created"] += n
    for _twice in range(2):
        assert set(till.deliver(*(till.peer.events[n] for n in order))) == {200}
    assert status() == "reversed"
    assert Payment.objects.count() == 1
    assert not list(verify(now=till.now))


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_of_a_dispute_of_a_part_only_that_part_goes(till, bought, order):
    """Whenever it is told, before its payment too; told again under another name, nothing more happens."""
    till.peer.dispute(bought, amount=44_900)
    till.peer.dispute(bought, closed="lost", amount=44_900)
    for n, event in enumerate(till.peer.events):
        event["created"] += n
    for _twice in range(2):
        till.deliver(*(till.peer.events[n] for n in order))
    till.deliver(till.peer.dispute(bought, closed="lost", amount=44_900))
    payment = Payment.objects.get()
    assert (payment.status, payment.reversed_minor) == ("confirmed", 44_900)
    assert Invoice.objects.get(corrects__isnull=False).total_minor == 44_900
    assert balance_sheet()["NIO", "card"] == 100_000
    assert credit_of(till.shop.organization, "NIO") == 0
    assert card_charges.left_of(payment) == 100_000
    assert not list(verify(now=till.now))


def test_disputes_of_the_parts_come_to_all_of_it(till, bought):
    till.deliver()
    till.deliver(till.peer.dispute(bought, closed="lost", amount=44_900))
    till.deliver(till.peer.dispute(bought, closed="lost", amount=999_999, name="other"))
    assert (status(), Payment.objects.get().reversed_minor) == ("reversed", 144_900)
    assert sum(note.total_minor for note in Invoice.objects.filter(corrects__isnull=False)) == 144_900
    assert balance_sheet()["NIO", "card"] == 0
    assert not list(verify(now=till.now))


def test_a_dispute_in_another_currency_is_of_all_of_it(till, bought):
    till.deliver()
    event = till.peer.dispute(bought, closed="lost", amount=4_000)
    event["data"]["object"]["currency"] = "usd"
    till.deliver(event)
    assert status() == "reversed"


def pay_out(till, amount, key="out"):
    return payments.pay_out(
        organization=till.shop.organization, amount_minor=amount, currency="NIO", method="card", key=key,
        actor=till.supervisor, now=till.now,
    )  # fmt: skip


def test_money_goes_back_to_the_card_it_came_from(till):
    invoice = till.invoice()
    intent = till.peer.pay(till.press(invoice))
    till.deliver()
    credit(invoice=invoice, reason=Credit.REFUND, key="n", now=till.now)
    out = pay_out(till, 100_000)
    assert card_charges.send_refunds(now=till.now) == 1
    assert card_charges.send_refunds(now=till.now) == 0
    (refund,) = till.peer.refunds.values()
    assert (refund["payment_intent"], refund["amount"]) == (intent, 100_000)
    row = CardRefund.objects.get(payment=out)
    assert (row.status, row.refund) == ("sent", refund["id"])
    pay_out(till, 44_900, key="rest")
    card_charges.send_refunds(now=till.now)
    assert sum(one["amount"] for one in till.peer.refunds.values()) == 144_900


def test_killed_between_sending_and_writing_it_is_sent_once(till):
    invoice = till.invoice()
    till.peer.pay(till.press(invoice))
    till.deliver()
    credit(invoice=invoice, reason=Credit.REFUND, key="n", now=till.now)
    pay_out(till, 144_900)
    till.peer.lose = 3  # as often as the client library asks
    assert card_charges.send_refunds(now=till.now) == 0
    assert card_charges.send_refunds(now=till.now + timedelta(minutes=1)) == 0  # somebody may be at it
    assert card_charges.send_refunds(now=till.now + timedelta(minutes=11)) == 1
    assert len(till.peer.refunds) == 1


def test_money_that_never_came_by_card_cannot_go_there(till):
    payments.record_payment(organization=till.shop.organization, method="manual", amount_minor=500, currency="NIO",
                            key="m", now=till.now)  # fmt: skip
    pay_out(till, 500)
    card_charges.send_refunds(now=till.now)
    row = CardRefund.objects.get()
    assert (row.status, row.problem) == ("failed", "no_card_payment")


def test_a_refund_that_comes_back_is_marked(till):
    invoice = till.invoice()
    till.peer.pay(till.press(invoice))
    till.deliver()
    credit(invoice=invoice, reason=Credit.REFUND, key="n", now=till.now)
    pay_out(till, 144_900)
    card_charges.send_refunds(now=till.now)
    (refund,) = till.peer.refunds.values()
    till.deliver(
        till.peer.tell("refund.failed", refund | {"status": "failed", "failure_reason": "lost_card"})
    )
    row = CardRefund.objects.get()
    assert (row.status, row.problem) == ("failed", "lost_card")


def failed_refund(till, reason="expired_or_canceled_card"):
    """Money sent back that came back from the card: its row."""
    invoice = till.invoice()
    till.peer.pay(till.press(invoice))
    till.deliver()
    credit(invoice=invoice, reason=Credit.REFUND, key="n", now=till.now)
    pay_out(till, 144_900)
    card_charges.send_refunds(now=till.now)
    (refund,) = till.peer.refunds.values()
    refund |= {"status": "failed", "failure_reason": reason}
    till.deliver(till.peer.tell("refund.failed", refund))
    return CardRefund.objects.get()


def test_what_did_not_arrive_is_sent_again_under_a_new_name(till):
    row = failed_refund(till)
    assert list(card_refunds.failed()) == [row]
    card_refunds.send_again(refund=row, actor=till.supervisor, now=till.now)
    with pytest.raises(Refused):
        card_refunds.send_again(refund=row, actor=till.supervisor, now=till.now)
    assert card_charges.send_refunds(now=till.now) == 1
    assert len(till.peer.refunds) == 2
    assert CardRefund.objects.get().status == "sent"


def test_what_went_by_the_bank_leaves_the_bank_in_the_books(till):
    row = failed_refund(till)
    card_refunds.sent_by_hand(refund=row, reference="TR-9", actor=till.supervisor, now=till.now)
    with pytest.raises(Refused):
        card_refunds.sent_by_hand(refund=row, reference="TR-9", actor=till.supervisor, now=till.now)
    assert not card_refunds.failed().exists()
    assert Payment.objects.get(direction="out").reference == "TR-9"
    sheet = balance_sheet()
    assert (sheet["NIO", "bank"], sheet["NIO", "card"]) == (-144_900, 144_900)
    assert not list(verify(now=till.now))
    (refund,) = till.peer.refunds.values()
    till.deliver(till.peer.tell("refund.updated", refund | {"status": "failed"}))
    assert CardRefund.objects.get().status == "by_hand"


def test_staff_send_money_to_the_card_it_came_from_and_see_what_did_not_arrive(till, client):
    invoice = till.invoice()
    till.peer.pay(till.press(invoice))
    till.deliver()
    credit(invoice=invoice, reason=Credit.REFUND, key="n", now=till.now)
    client.force_login(till.supervisor)
    url = f"/es/desk/organizations/{till.shop.organization.pk}/payout/NIO/"
    assert "A la tarjeta con la que pagó" in client.get(url).content.decode()
    form = {"amount": "1449.01", "method": "card", "submission_key": "k"}
    assert "como máximo" in client.post(url, form).content.decode()
    client.post(url, form | {"amount": "1449"})
    assert card_charges.send_refunds(now=till.now) == 1
    (refund,) = till.peer.refunds.values()
    refund |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
    till.deliver(till.peer.tell("refund.failed", refund))
    page = client.get("/es/desk/money/").content.decode()
    assert "no llegó a la tarjeta" in page
    assert "no llegó a la tarjeta" in client.get("/es/desk/money/payments/?view=failed").content.decode()
    out = Payment.objects.get(direction="out")
    page = client.get(f"/es/desk/money/payments/{out.pk}/").content.decode()
    assert "perdida o robada" in page
    client.post(f"/es/desk/money/payments/{out.pk}/resending/")
    assert CardRefund.objects.get().status == "waiting"
    CardRefund.objects.update(status="failed")
    client.post(f"/es/desk/money/payments/{out.pk}/by-hand/", {"reference": "TR-1"})
    assert CardRefund.objects.get().status == "by_hand"
