"""An invoice or order paid by card: once, whatever is repeated, lost, reordered or forged (row 25)."""

import itertools
from datetime import timedelta

import pytest
from django.test import Client

from vigente.billing.models import BillingProfile, CardSession, CustomerAccount, Payment, StripeEvent
from vigente.billing.services import cards as service
from vigente.billing.services import orders
from vigente.worker.verification import verify


def paid(invoice):
    invoice.refresh_from_db()
    return invoice.balance_minor == 0


def test_an_invoice_is_paid_on_the_page_and_settled(till):
    invoice = till.invoice()
    page = till.press(invoice)
    asked = till.peer.sessions[page]
    assert (asked["amount_total"], asked["currency"]) == (144_900, "nio")
    assert not paid(invoice)
    till.peer.pay(page)
    assert till.deliver() == [200, 200]
    assert paid(invoice)
    payment = Payment.objects.get()
    assert (payment.method, payment.status, payment.amount_minor) == ("card", "confirmed", 144_900)
    assert CardSession.objects.get().status == "paid"
    assert not list(verify(now=till.now))


def test_an_order_is_paid_and_done(till):
    shop = till.shop
    order = orders.place(
        organization=shop.organization, kind="pack", version=shop.version, licence=shop.licence,
        subscription=shop.subscription, key="o1", actor=shop.manager, now=till.now,
    )  # fmt: skip
    response = till.browser.post(f"/es/pay/order/{order.pk}/card/")
    till.peer.pay(response.url.rpartition("/")[2])
    till.deliver()
    order.refresh_from_db()
    assert order.status == "done"
    assert paid(order.invoice)


def test_two_presses_lead_to_the_same_page(till):
    invoice = till.invoice()
    assert till.press(invoice) == till.press(invoice)
    assert len(till.peer.sessions) == 1


def test_a_part_paid_otherwise_asks_for_the_rest_on_another_page(till):
    from vigente.billing.services.payments import record_payment

    invoice = till.invoice()
    first = till.press(invoice)
    record_payment(organization=invoice.organization, method="manual", amount_minor=44_900, currency="NIO", key="m",
                   invoice=invoice, now=till.now)  # fmt: skip
    second = till.press(invoice)
    assert second != first
    assert till.peer.sessions[second]["amount_total"] == 100_000


@pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
@pytest.mark.parametrize("times", [1, 3])
def test_messages_in_any_order_and_repeated_pay_once(till, order, times):
    invoice = till.invoice()
    till.peer.pay(till.press(invoice))
    events = [till.peer.events[n] for n in order] * times
    assert set(till.deliver(*events)) == {200}
    assert Payment.objects.count() == 1
    assert paid(invoice)
    assert StripeEvent.objects.count() == 2


@pytest.mark.parametrize("which", [0, 1])
def test_one_message_of_the_two_is_enough(till, which):
    invoice = till.invoice()
    till.peer.pay(till.press(invoice))
    till.deliver(till.peer.events[which])
    assert paid(invoice)


def test_a_lost_message_is_made_up_for(till):
    invoice = till.invoice()
    till.peer.pay(till.press(invoice))
    assert service.reconcile(now=till.now + timedelta(minutes=1)) == 0  # it may still come
    assert service.reconcile(now=till.now + timedelta(minutes=3)) == 1
    assert paid(invoice)
    till.deliver()
    assert Payment.objects.count() == 1


def test_coming_back_is_enough(till):
    invoice = till.invoice()
    till.peer.pay(till.press(invoice))
    said = till.browser.get(f"/es/pay/invoice/{invoice.pk}/?card=done").content.decode()
    assert "Está pagado" in said
    assert paid(invoice)


def test_coming_back_while_nobody_answers_says_to_wait(till):
    invoice = till.invoice()
    till.press(invoice)
    till.peer.down = True
    said = till.browser.get(f"/es/pay/invoice/{invoice.pk}/?card=done").content.decode()
    assert "Estamos confirmando" in said


def test_a_page_whose_answer_was_lost_is_asked_for_again(till, monkeypatch):
    """Killed between the call and the row: the next press gives the very same page."""
    invoice = till.invoice()
    till.peer.lose = 1  # the client library asks again with the same key
    page = till.press(invoice)
    assert len(till.peer.sessions) == 1
    CardSession.objects.update(session="", url="")  # as if nobody had written it down
    assert till.press(invoice) == page
    assert len(till.peer.sessions) == 1


def test_money_for_a_page_that_was_never_written_down_is_recorded(till):
    invoice = till.invoice()
    page = till.press(invoice)
    CardSession.objects.update(session="", url="")
    till.peer.pay(page)
    till.deliver(till.peer.events[1])
    assert paid(invoice)
    assert CardSession.objects.get().session == page


def test_a_page_in_another_language_after_a_crash_is_a_new_one(till):
    invoice = till.invoice()
    till.press(invoice)
    CardSession.objects.update(session="", url="")
    response = till.browser.post(f"/en/pay/invoice/{invoice.pk}/card/")
    assert response.url.startswith(f"{till.peer.base}/pay/")
    assert sorted(CardSession.objects.values_list("status", flat=True)) == ["expired", "open"]


def test_nobody_answers_and_the_customer_is_told(till):
    invoice = till.invoice()
    till.peer.down = True
    response = till.browser.post(f"/es/pay/invoice/{invoice.pk}/card/", follow=True)
    assert "La página de pago no responde" in response.content.decode()


def test_paid_twice_the_second_is_the_customers_money(till):
    invoice = till.invoice()
    first = till.press(invoice)
    CardSession.objects.update(created_at=till.now - timedelta(hours=13))
    second = till.press(invoice)
    assert first != second
    till.peer.pay(first)
    till.peer.pay(second)
    till.deliver()
    assert paid(invoice)
    assert CustomerAccount.objects.get().credit_minor == 144_900
    assert not list(verify(now=till.now))


def test_a_page_of_what_is_paid_otherwise_is_closed(till):
    from vigente.billing.services.payments import record_payment

    invoice = till.invoice()
    page = till.press(invoice)
    record_payment(organization=invoice.organization, method="manual", amount_minor=144_900, currency="NIO", key="m",
                   invoice=invoice, now=till.now)  # fmt: skip
    service.reconcile(now=till.now + timedelta(minutes=3))
    assert till.peer.sessions[page]["status"] == "expired"
    assert CardSession.objects.get().status == "expired"
    response = till.browser.post(f"/es/pay/invoice/{invoice.pk}/card/")
    assert response.url == f"/es/pay/invoice/{invoice.pk}/"


def test_another_amount_is_recorded_as_what_it_is(till):
    invoice = till.invoice()
    till.peer.pay(till.press(invoice), amount=100_000)
    till.deliver()
    invoice.refresh_from_db()
    assert invoice.balance_minor == 44_900


def test_another_currency_pays_nothing_and_stays_the_customers(till):
    invoice = till.invoice()
    till.peer.pay(till.press(invoice), currency="usd", amount=4_000)
    assert set(till.deliver()) == {200}
    assert not paid(invoice)
    account = CustomerAccount.objects.get(credit_minor__gt=0)
    assert (account.currency, account.credit_minor) == ("USD", 4_000)


def test_a_page_that_ends_unpaid_can_be_opened_anew(till):
    invoice = till.invoice()
    page = till.press(invoice)
    till.peer.expire(page)
    till.deliver()
    assert CardSession.objects.get().status == "expired"
    assert till.press(invoice) != page


def test_a_forged_or_old_message_changes_nothing(till):
    invoice = till.invoice()
    till.peer.pay(till.press(invoice))
    event = till.peer.events[1]
    old = int(till.now.timestamp()) - 301
    assert till.deliver(event, secret="whsec_other") == [400]
    assert till.deliver(event, at=old) == [400]
    letter = till.peer.letter(event)
    assert Client().post("/webhooks/stripe", **letter | {"headers": {}}).status_code == 400
    letter["data"] = letter["data"].replace("144900", "1")
    assert Client().post("/webhooks/stripe", **letter).status_code == 400
    assert not Payment.objects.exists()
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize("body", [{}, [], {"id": "evt_1"}, {"id": "e", "type": "t", "created": "x", "data": {}},
                                  {"id": "e", "type": "t", "created": 1, "data": {"object": 5}}])  # fmt: skip
def test_a_signed_message_that_is_none_is_refused(till, body):
    assert till.deliver(body) == [400]


def test_what_is_too_long_is_not_read(till):
    letter = till.peer.letter({"x": "a" * 300_000})
    assert Client().post("/webhooks/stripe", **letter).status_code == 413


def test_unknown_events_and_pages_are_kept_and_ignored(till):
    till.peer.tell("customer.created", {"id": "cus_9", "object": "customer"})
    till.peer.tell("checkout.session.completed", {
        "id": "cs_other", "object": "checkout.session", "payment_status": "paid", "status": "complete",
        "client_reference_id": "another shop", "amount_total": 5, "currency": "nio", "payment_intent": "pi_other",
    })  # fmt: skip
    assert till.deliver() == [200, 200]
    assert set(StripeEvent.objects.values_list("outcome", flat=True)) == {"ignored", "unknown"}
    assert not Payment.objects.exists()


def test_a_failure_on_the_way_is_told_again_and_done_then(till, monkeypatch):
    """Killed between the event's row and its effect: neither is there, and the next delivery does both."""
    invoice = till.invoice()
    till.peer.pay(till.press(invoice))
    from vigente.billing.services import card_events

    client = Client(raise_request_exception=False)
    with monkeypatch.context() as patch:
        patch.setattr(card_events, "settle", lambda **given: 1 / 0)
        letter = till.peer.letter(till.peer.events[1])
        assert client.post("/webhooks/stripe", **letter).status_code == 500
    assert not StripeEvent.objects.exists()
    assert client.post("/webhooks/stripe", **letter).status_code == 200
    assert paid(invoice)


def test_a_card_is_kept_only_with_consent_and_forgotten_on_wish(till):
    without, kept = till.invoice(), till.invoice(50_000)
    page = till.press(without)
    assert "setup_future_usage" not in till.peer.sessions[page]["_intent"]
    till.peer.pay(page)
    till.deliver()
    assert service.keep_cards(now=till.now) == 0
    page = till.press(kept, keep_card="on")
    till.peer.pay(page)
    till.deliver()
    assert service.keep_cards(now=till.now) == 1
    assert service.keep_cards(now=till.now) == 0
    profile = BillingProfile.objects.get()
    assert (profile.card_label, profile.card_method) == ("Visa ···· 4242", "pm_visa")
    assert "Visa ···· 4242" in till.browser.get("/es/plan/invoices/").content.decode()
    till.browser.post("/es/plan/card/removal/")
    profile.refresh_from_db()
    assert (profile.card_label, profile.card_method, profile.card_customer) == ("", "", "")
    assert "pm_visa" in till.peer.cards


def test_without_keys_no_card_is_offered(till, settings):
    settings.STRIPE_SECRET_KEY = ""
    invoice = till.invoice()
    page = till.browser.get(f"/es/pay/invoice/{invoice.pk}/")
    assert "tarjeta" not in page.content.decode().casefold()
    assert till.browser.post(f"/es/pay/invoice/{invoice.pk}/card/").url == f"/es/pay/invoice/{invoice.pk}/"
    assert Client().post("/webhooks/stripe", **till.peer.letter({})).status_code == 404
    assert not till.peer.asked


def test_only_the_pay_page_may_lead_to_the_processor(till):
    invoice = till.invoice()
    policy = till.browser.get(f"/es/pay/invoice/{invoice.pk}/")["Content-Security-Policy"]
    assert f"form-action 'self' {till.peer.base}" in policy
    assert till.peer.base not in till.browser.get("/es/plan/invoices/")["Content-Security-Policy"]


def test_another_shop_with_the_same_account_is_none_of_ours(till):
    """Its invoices have the same numbers, and its messages come here too."""
    till.keep()
    invoice = till.renewal()
    for note in (f"charge:{invoice.pk}:0", f"invoice:{invoice.pk}:1", ""):
        intent = till.peer.intent(
            amount=144_900, currency="nio", metadata={"vigente": note}, customer="cus_2", method="pm_visa"
        )
        till.peer.tell("payment_intent.succeeded", intent)
    assert till.deliver() == [200, 200, 200]
    assert not Payment.objects.exists()
    assert set(StripeEvent.objects.values_list("outcome", flat=True)) == {"unknown"}


def test_no_secret_and_nobodys_name_is_logged(till, caplog, capsys):
    caplog.set_level("DEBUG")
    invoice = till.invoice()
    till.peer.pay(till.press(invoice, keep_card="on"))
    till.deliver()
    service.keep_cards(now=till.now)
    till.peer.down = True
    till.browser.post(f"/es/pay/invoice/{till.invoice().pk}/card/")
    said = caplog.text + "".join(capsys.readouterr())
    for secret in ("sk_test_peer", "whsec_peer", till.shop.manager.email, "pm_visa", "cus_test"):
        assert secret not in said, secret
