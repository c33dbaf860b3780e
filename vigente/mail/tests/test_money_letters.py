"""What managers are written about money: once each, in their language, with what to do next (rows 20, 25, 32, 38)."""

import re
from datetime import timedelta

import pytest

from vigente.billing.models import BillingProfile, Invoice, Order, Payment, Subscription
from vigente.billing.services import orders, payments, refunds
from vigente.billing.services.claims import register_provisional
from vigente.billing.services.subscriptions import give_notice, subscribe
from vigente.billing.services.versions import new_version
from vigente.factories import make_customer, make_user, make_version, publish
from vigente.mail.models import OutboundMessage
from vigente.mail.sending import as_message
from vigente.worker.advancing import live_through
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return make_user("Sofía", role="supervisor")


@pytest.fixture
def shop(now):
    publish()
    made = make_customer("Ferretería Rosa", now=now, plan=False)
    BillingProfile.objects.create(organization=made.organization, email="cuentas@rosa.test", language="en")
    return made


def letters(kind: str, to: str = "") -> list[OutboundMessage]:
    found = OutboundMessage.objects.filter(kind=kind).order_by("pk")
    return list(found.filter(to=to) if to else found)


def plain(mail: OutboundMessage) -> str:
    for form in (mail.text, mail.html):
        assert "{{" not in form
        assert "None" not in form
    return re.sub(r"[\s\u00a0]+", " ", f"{mail.subject} | {mail.text}")


def order(shop, now, **more) -> Order:
    version = more.pop("version", None) or make_version(name="Tienda", cases=4)
    return orders.place(
        organization=shop.organization, licence=shop.licence, kind="plan", version=version, key="o",
        actor=more.pop("actor", shop.manager), now=now, **more,
    )  # fmt: skip


def paid(shop, now, boss, amount: int = 210_000, **what) -> Payment:
    return payments.record_payment(
        organization=shop.organization, method="transfer", amount_minor=amount, currency="NIO",
        key=f"p{amount}{now}", actor=boss, now=now, **what,
    )  # fmt: skip


def test_an_order_says_what_it_is_what_it_costs_and_until_when(shop, now):
    order(shop, now)
    drain_all(now=now)
    mails = letters("order.placed")
    assert [mail.to for mail in mails] == [shop.manager.email]
    said = plain(mails[0])
    assert "Su pedido está listo para pagar: C$ 2,100.00" in said
    assert "Total C$ 2,100.00" in said
    assert "El pedido vale hasta el" in said


def test_a_prepared_order_comes_with_its_sellers_note(shop, now, boss):
    order(shop, now, actor=boss, prepared=True, note="Como hablamos por teléfono")
    drain_all(now=now)
    said = plain(letters("order.prepared")[0])
    assert "Sofía le preparó este pedido" in said
    assert "Como hablamos por teléfono" in said
    assert letters("order.placed") == []


def test_paying_the_first_term_says_welcome_and_gives_a_receipt_to_the_books_too(shop, now, boss):
    made = order(shop, now)
    paid(shop, now, boss, order=made)
    drain_all(now=now)
    said = plain(letters("subscription.activated")[0])
    assert "Bienvenido: su plan Tienda está vigente" in said
    assert "4 casos al mes" in said
    assert "Algo falla" in said
    assert "Se renueva solo el" in said
    receipts = {mail.to: mail for mail in letters("invoice.paid")}
    assert set(receipts) == {shop.manager.email, "cuentas@rosa.test"}
    assert "Gracias: la factura A-000001 está pagada" in plain(receipts[shop.manager.email])
    assert letters("payment.confirmed") == []
    assert letters("invoice.issued") == []


def test_a_transfer_is_received_then_rejected_with_its_reason(shop, now, boss):
    made = order(shop, now)
    sent = payments.submit_transfer(
        organization=shop.organization, amount_minor=210_000, currency="NIO", reference="BAC-77",
        user=shop.manager, order=made, key="t", now=now,
    )  # fmt: skip
    drain_all(now=now)
    assert "BAC-77" in plain(letters("payment.submitted", shop.manager.email)[0])
    assert "por confirmar" in letters("payment.submitted", boss.email)[0].subject
    payments.reject(payment=sent, note="Es de otro mes", actor=boss, now=now)
    drain_all(now=now)
    assert "Es de otro mes" in plain(letters("payment.rejected", shop.manager.email)[0])


def test_row_25_an_unpaid_renewal_is_reminded_in_other_words_each_time_then_stops_and_comes_back(
    shop, now, boss
):
    made = order(shop, now)
    paid(shop, now, boss, order=made)
    drain_all(now=now)
    live_through(now, now + timedelta(days=37))
    near = plain(letters("subscription.renewal_near", shop.manager.email)[0])
    assert "Total C$ 2,100.00" in near
    issued = plain(letters("invoice.issued", shop.manager.email)[0])
    assert "Su plan se renovó: factura A-000002 por C$ 2,100.00" in issued
    assert "le sigue cubriendo hasta el" in issued
    assert letters("subscription.renewed") == []
    subjects = [mail.subject for mail in letters("invoice.reminder", shop.manager.email)]
    assert len(subjects) == 1
    assert "su plan se detiene el" in subjects[0]
    stopped = letters("subscription.suspended")  # says the money too: no reminder in the same night
    assert {mail.to for mail in stopped} == {shop.manager.email, "cuentas@rosa.test"}
    assert "mismas fechas" in plain(letters("subscription.suspended", shop.manager.email)[0])
    assert "A-000002" in plain(stopped[0])
    later = now + timedelta(days=38)
    paid(shop, later, boss)
    drain_all(now=later)
    assert "vuelve a cubrirle" in plain(letters("subscription.reinstated")[0])


def test_a_reminder_days_after_the_plan_stopped_still_goes_out(shop, now, boss):
    publish(now=now, dunning_days=(3, 9))
    paid(shop, now, boss, order=order(shop, now))
    live_through(now, now + timedelta(days=41))
    assert [mail.subject[:26] for mail in letters("invoice.reminder", shop.manager.email)] == [
        "Falta pagar la factura A-0",
        "Su plan está suspendido: f",
    ]


def test_part_of_an_invoice_says_what_is_still_open(shop, now, boss):
    made = order(shop, now)
    paid(shop, now, boss, order=made)
    live_through(now, now + timedelta(days=32))
    later, invoice = now + timedelta(days=32), Invoice.objects.get(code="A-000002")
    paid(shop, later, boss, amount=10_000, invoice=invoice)
    drain_all(now=later)
    assert "falta pagar C$ 2,000.00" in plain(letters("payment.confirmed", shop.manager.email)[0])


def test_r11_an_earlier_plan_says_when_it_ends_and_what_follows_at_which_price(shop, now):
    make_version(name="Comercio", cases=10, price_minor=420_000)
    make_version(name="Tienda", cases=4)
    mine = make_version(name="Antiguo", cases=4, is_public=False)
    subscribe(
        organization=shop.organization, licence=shop.licence, version=mine, source="legacy",
        ends_at=now + timedelta(days=45), now=now,
    )  # fmt: skip
    live_through(now, now + timedelta(days=44))
    mails = letters("subscription.ending")
    assert len(mails) == 2
    said = plain(mails[0])
    assert "que tiene desde antes, termina el" in said
    assert "el que más se le parece es Tienda" in said
    assert "Total C$ 2,100.00" in said


def test_the_last_case_offers_more_once(now):
    publish()
    shop = make_customer("Ferretería Rosa", now=now, cases=2)
    shop.ticket(now)
    shop.ticket(now)
    drain_all(now=now)
    (mail,) = letters("subscription.last_case")
    assert "1 caso extra por C$ 380.00" in plain(mail)
    assert "Los próximos llegan el" in plain(mail)


def test_row_25_what_waits_for_the_payment_is_not_told_as_used_up(shop, now, boss):
    bought = order(shop, now)
    paid(shop, now, boss, order=bought)
    live_through(now, now + timedelta(days=32))
    later = now + timedelta(days=32)
    shop.ticket(later)  # all that is covered before it is paid, and three more are there
    drain_all(now=later)
    assert not letters("subscription.last_case")


def test_the_notice_says_its_last_minute_as_the_page_and_no_key(shop, now):
    mine = register_provisional(
        organization=shop.organization, edition=shop.licence.edition, actor=None, now=now
    )
    contract = subscribe(
        organization=shop.organization, licence=mine, version=make_version(name="Tienda"), now=now
    )
    give_notice(subscription=contract, actor=shop.manager, now=now)
    drain_all(now=now)
    said = plain(letters("subscription.notice_given", shop.manager.email)[0])
    assert ", 23:59 (" in said
    assert "El plan Tienda de la licencia Inventario WEB termina el" in said
    assert mine.key not in said


def test_row_38_new_terms_are_announced_old_and_new_side_by_side(shop, now, boss):
    version = make_version(name="Tienda", cases=4, on_renewal="successor")
    paid(shop, now, boss, order=order(shop, now, version=version))
    new_version(
        plan=version.plan, cases=6, price_minor=250_000, currency="NIO", pack_price_minor=38_000, pack_cases=1,
        rank=2, allowance_minutes=960, work=list(version.work), sla_policy=None, on_renewal="keep", now=now,
    )  # fmt: skip
    live_through(now, now + timedelta(hours=1))
    said = plain(letters("subscription.terms_announced", shop.manager.email)[0])
    assert "C$ 2,100.00 C$ 2,500.00" in said
    assert "4 casos 6 casos" in said
    assert Subscription.objects.get().announced_version.number == 2


def test_money_sent_back_and_an_order_nobody_paid_are_said(shop, now, boss):
    order(shop, now)
    paid(shop, now, boss, amount=50_000)
    payments.pay_out(
        organization=shop.organization, amount_minor=50_000, currency="NIO", method="transfer", key="out",
        actor=boss, now=now,
    )  # fmt: skip
    live_through(now, now + timedelta(days=15))
    assert "Le devolvimos C$ 500.00" in plain(letters("payment.returned", shop.manager.email)[0])
    assert "No debe nada" in plain(letters("order.expired")[0])


def test_a_receipt_brings_its_invoice_and_goes_without_where_it_cannot_be_printed(
    shop, now, boss, monkeypatch
):
    paid(shop, now, boss, order=order(shop, now))
    drain_all(now=now)
    mail = letters("invoice.paid", shop.manager.email)[0]
    ((name, content, kind),) = as_message(mail, now=now).attachments
    assert (name, kind, content[:5]) == ("A-000001.pdf", "application/pdf", b"%PDF-")
    assert "attach" not in as_message(mail, now=now).extra_headers
    monkeypatch.setattr("vigente.mail.sending.press.pdf", lambda *args, **given: 1 / 0)
    assert as_message(mail, now=now).attachments == []


def test_each_letter_is_written_once_however_often_its_event_is_told(shop, now, boss):
    from vigente.events.models import Event

    paid(shop, now, boss, order=order(shop, now))
    drain_all(now=now)
    count = OutboundMessage.objects.count()
    assert count >= 3
    Event.objects.update(dispatched_at=None, attempts=0, claimed_until=None)
    drain_all(now=now)
    assert OutboundMessage.objects.count() == count


def test_a_plan_that_begins_on_order_says_until_when_it_covers_unpaid(shop, now):
    publish(activate="on_order")
    order(shop, now)
    drain_all(now=now)
    assert letters("order.placed") == []
    said = plain(letters("invoice.issued", shop.manager.email)[0])
    assert "Factura A-000001 por C$ 2,100.00" in said
    assert "le sigue cubriendo hasta el" in said


def test_what_was_given_up_unpaid_gets_no_receipt_nor_talk_of_cases_and_renewals(shop, now, boss):
    made = order(shop, now)
    paid(shop, now, boss, order=made)
    drain_all(now=now)
    live_through(now, now + timedelta(days=32))
    paid(shop, now + timedelta(days=32), boss, amount=100_000)
    live_through(now + timedelta(days=32), now + timedelta(days=63))
    assert "terminó" in letters("subscription.ended", shop.manager.email)[0].subject
    assert letters("credit_note.issued", shop.manager.email)
    assert len(letters("invoice.paid", shop.manager.email)) == 1
    assert len(letters("subscription.renewal_near", shop.manager.email)) == 1
    expiring = [plain(mail) for mail in letters("subscription.cases_expiring", shop.manager.email)]
    assert len(expiring) == 1


def test_a_lost_dispute_of_a_part_says_which_part_and_that_the_rest_stands(shop, now, boss):
    payment = paid(shop, now, boss, order=order(shop, now))
    refunds.reverse(payment=payment, now=now, amount_minor=50_000, dispute="dp")
    drain_all(now=now)
    said = plain(letters("payment.reversed", shop.manager.email)[0])
    assert "deshizo el pago de C$ 500.00" in said
    assert "El resto de ese pago sigue en pie" in said
