"""Rows 26 to 38 where money follows: packs, the cloud's discount, numbers, refunds, transfers, new terms."""

from datetime import datetime, timedelta

import pytest

from stories.rows.buying import PRICE, again, buyer, contracted, left, order, pay, the_books_hold
from vigente.accounts.models import Role
from vigente.billing.models import Invoice, InvoiceSeries, MoneyEntry, Payment, Subscription
from vigente.billing.queries import meter_of
from vigente.billing.services import payments, refunds
from vigente.billing.services.licences import set_hosting, transfer_licence
from vigente.billing.services.money import credit_of
from vigente.billing.services.packs import return_pack
from vigente.factories import make_organization, make_user, make_version, publish
from vigente.rules.periods import Span
from vigente.rules.pricing import DiscountRule
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Ticket
from vigente.worker.clock import run_due

pytestmark = pytest.mark.django_db


def test_row_26_a_pack_is_usable_when_paid_and_returned_within_a_day_for_its_money(now: datetime) -> None:
    who = contracted(now)
    bought = order(who, now, kind="pack", key="pack", subscription=again(who), quantity=2)
    assert left(who, now) == 4
    pay(who, now, bought.total_minor, order=bought, key="pack")
    bought.refresh_from_db()
    assert (bought.total_minor, left(who, now)) == (76_000, 6)
    assert bought.grant_id_given is not None
    return_pack(grant_id=bought.grant_id_given, now=now + timedelta(hours=3), actor=who.manager)
    assert left(who, now + timedelta(hours=3)) == 4
    assert (
        payments.pay_out(
            organization=who.organization,
            amount_minor=76_000,
            currency="NIO",
            method="manual",
            key="out",
            now=now + timedelta(hours=4),
            actor=make_user(role=Role.OWNER),
        ).direction
        == "out"
    )
    the_books_hold(now + timedelta(hours=4))


def test_row_26_a_pack_without_a_plan_is_not_sold(now: datetime) -> None:
    who = buyer(now)
    with pytest.raises(Refused) as refused:
        order(who, now, kind="pack", key="pack")
    assert refused.value.code is RefusalCode.PACK_NEEDS_PLAN


def test_row_27_moving_into_the_cloud_credits_the_unused_days_and_out_ends_it_at_the_next_term(
    now: datetime, owner
) -> None:
    who = contracted(now)
    set_hosting(licence=who.licence, hosting="vendor_cloud", now=now, actor=owner)
    note = Invoice.objects.get(corrects__isnull=False)
    assert (note.reason, note.total_minor) == ("hosting_changed", 84_000)  # 40 % of a whole month
    renewal = again(who).next_due_at
    assert renewal is not None
    run_due(now=renewal)
    cheaper = Invoice.objects.get(term=1, corrects=None)
    assert (cheaper.total_minor, cheaper.balance_minor) == (126_000, 42_000)
    assert cheaper.lines.get().discount_minor == 84_000
    set_hosting(licence=who.licence, hosting="customer", now=renewal, actor=owner)
    pay(who, renewal, 42_000, invoice=cheaper, key="r")
    following = again(who).next_due_at
    assert following is not None
    run_due(now=following)
    assert Invoice.objects.get(term=2, corrects=None).total_minor == PRICE
    the_books_hold(following)


def test_row_27_moving_into_the_cloud_credits_its_share_of_a_paid_upgrade_too(now: datetime, owner) -> None:
    publish(upgrade="immediate")
    who = contracted(now)
    half = now + timedelta(days=16)
    better = make_version(cases=10, rank=1, price_minor=420_000)
    bought = order(who, half, kind="upgrade", key="up", version=better, subscription=again(who))
    pay(who, half, bought.total_minor, order=bought, key="up")
    later = half + timedelta(days=5)
    span = again(who).running().term(0)
    left_then, left_now = (Span(at, span.end).days("America/Managua") for at in (half, later))
    days = span.days("America/Managua")
    for hosting in ("vendor_cloud", "customer", "vendor_cloud"):
        set_hosting(licence=who.licence, hosting=hosting, now=later, actor=owner)
    notes = {note.purpose: note.total_minor for note in Invoice.objects.filter(corrects__isnull=False)}
    assert bought.total_minor == round(210_000 * left_then / days)
    assert notes == {"term": round(84_000 * left_now / days), "upgrade": round(84_000 * left_now / days)}
    assert Invoice.objects.filter(corrects__isnull=False).count() == 2  # to and fro gives nothing more
    the_books_hold(later)


def test_row_32_numbers_have_no_gaps_and_what_is_issued_never_changes(
    now: datetime, transactional_db
) -> None:
    from django.db import IntegrityError, transaction

    contracted(now)
    invoice = Invoice.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(total_minor=1, net_minor=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        invoice.lines.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        MoneyEntry.objects.update(amount_minor=1)
    who = buyer(now)
    try:
        with transaction.atomic():
            bought = order(who, now)
            pay(who, now, PRICE, order=bought)
            assert Invoice.objects.count() == 2
            raise RuntimeError("power cut")
    except RuntimeError:
        pass
    assert InvoiceSeries.objects.get(kind="invoice").next_number == 2
    contracted(now)
    assert sorted(Invoice.objects.values_list("number", flat=True)) == [1, 2]
    the_books_hold(now)


def test_row_33_a_refund_gives_back_what_is_undrawn_and_takes_the_cases(now: datetime, owner) -> None:
    who = contracted(now)
    who.ticket(now)
    invoice = Invoice.objects.get()
    given = refunds.preview(invoice=invoice, now=now)
    assert (given.cases, given.undrawn, given.total_minor) == (4, 3, 157_500)
    note = refunds.refund(invoice=invoice, actor=owner, now=now)
    assert refunds.refund(invoice=invoice, actor=owner, now=now) == note
    assert (again(who).status, left(who, now)) == ("ended", 0)
    assert who.held(now).decision["reasons"][0]["code"] in ("plan_ended", "no_plan")
    the_books_hold(now)


def test_row_33_a_year_gives_back_the_months_to_come(now: datetime, owner) -> None:
    contracted(now, version=make_version(cases=4, interval="year", price_minor=1_200_000))
    later = now + timedelta(days=70)
    run_due(now=later)
    given = refunds.preview(invoice=Invoice.objects.get(), now=later)
    assert (given.cases, given.undrawn, given.total_minor) == (48, 40, 1_000_000)


def test_row_33_a_lost_card_dispute_takes_everything_back(now: datetime) -> None:
    who = contracted(now)
    payment = Payment.objects.get()
    refunds.dispute(payment=payment, now=now)
    refunds.reverse(payment=payment, now=now)
    refunds.reverse(payment=payment, now=now)
    payment.refresh_from_db()
    assert (payment.status, again(who).status, left(who, now)) == ("reversed", "ended", 0)
    the_books_hold(now)


def test_row_33_of_a_payment_disputed_in_part_that_share_of_the_cases_goes(now: datetime) -> None:
    who = contracted(now)
    who.ticket(now)
    payment = Payment.objects.get()
    for _twice in range(2):
        refunds.reverse(payment=payment, now=now, amount_minor=PRICE // 2, dispute="a")
    assert (payment.status, again(who).status, left(who, now)) == ("confirmed", "active", 1)  # 4 − 1 − 2
    assert Invoice.objects.get(corrects__isnull=False).total_minor == PRICE // 2
    the_books_hold(now)
    refunds.reverse(payment=payment, now=now, dispute="b")
    assert (payment.status, again(who).status, left(who, now)) == ("reversed", "ended", 0)
    the_books_hold(now)


def test_row_34_a_transferred_licence_takes_its_contract_and_not_its_history(now: datetime, owner) -> None:
    from vigente.billing.queries import statement

    who = contracted(now)
    case = who.ticket(now)
    new = make_organization("Comprador")
    transfer_licence(licence=who.licence, organization=new, now=now + timedelta(hours=1), actor=owner)
    later = now + timedelta(hours=2)
    assert meter_of(organization=new, licence=who.licence, now=later).left == 3
    seen = statement(organization=new, now=later)
    assert [line.cases for line in seen] == [4, -1]
    assert {line.ticket_number for line in seen} == {None}
    assert {line.actor for line in seen} == {None}
    mine = statement(organization=who.organization, now=later)
    assert [line.ticket_number for line in mine] == [None, case.number]
    assert Ticket.objects.get().organization == who.organization
    the_books_hold(later)


def test_row_38_new_terms_bind_when_announced_in_time_and_one_term_later_when_not(now: datetime) -> None:
    from vigente.billing.services.versions import new_version

    version = make_version(cases=4, on_renewal="successor")
    who = contracted(now, version=version)
    again_pays = lambda at, term: pay(  # noqa: E731
        who, at, Invoice.objects.get(term=term, corrects=None).balance_minor, key=f"r{term}"
    )
    second = new_version(plan=version.plan, now=now + timedelta(days=20), price_minor=250_000)
    run_due(now=now + timedelta(days=21))
    assert again(who).announced_version_id == second.pk
    first = again(who).next_due_at
    assert first is not None
    run_due(now=first)
    assert Invoice.objects.get(term=1).total_minor == PRICE  # too late for this one
    again_pays(first, 1)
    following = again(who).next_due_at
    assert following is not None
    run_due(now=following)
    assert Invoice.objects.get(term=2).total_minor == 250_000
    assert again(who).version_id == second.pk
    the_books_hold(following)


def test_row_33_a_refund_gives_back_its_share_of_a_paid_upgrade_too(now: datetime, owner) -> None:
    publish(upgrade="immediate")
    who = contracted(now)
    better = make_version(cases=10, rank=1, price_minor=420_000)
    bought = order(who, now, kind="upgrade", key="up", version=better, subscription=again(who))
    pay(who, now, bought.total_minor, order=bought, key="up")
    who.ticket(now)
    who.ticket(now)
    term = Invoice.objects.get(purpose="term")
    given = refunds.preview(invoice=term, now=now)
    assert (given.cases, given.undrawn, given.total_minor) == (10, 8, 336_000)  # of 210 000 and 210 000
    refunds.refund(invoice=term, actor=owner, now=now)
    assert Invoice.objects.filter(corrects__isnull=False).count() == 2
    assert credit_of(who.organization, "NIO") == 336_000
    the_books_hold(now)


def test_row_33_of_a_term_given_away_the_paid_upgrade_is_given_back(now: datetime, owner) -> None:
    gift = DiscountRule("gift", None, None, basis_points=10_000, applies_to_packs=False, coupon="G", terms=1)
    publish(upgrade="immediate", discounts=(gift,))
    who = buyer(now)
    order(who, now, coupon="G")
    who.subscription = Subscription.objects.get(organization=who.organization)
    assert Invoice.objects.get().total_minor == 0
    publish(upgrade="immediate")
    better = make_version(cases=10, rank=1, price_minor=420_000)
    bought = order(who, now, kind="upgrade", key="up", version=better, subscription=again(who))
    pay(who, now, bought.total_minor, order=bought, key="up")
    term = Invoice.objects.get(purpose="term")
    note = refunds.refund(invoice=term, actor=owner, now=now)
    assert (note.purpose, note.total_minor) == ("upgrade", bought.total_minor)
    with pytest.raises(Refused):
        refunds.refund(invoice=term, actor=owner, now=now)
    the_books_hold(now)


def test_a_key_of_any_length_happens_once(now: datetime) -> None:
    who = buyer(now)
    long = "k" * 500
    first = order(who, now, key=long)
    assert order(who, now, key=long) == first
    assert pay(who, now, PRICE, order=first, key=long) == pay(who, now, PRICE, order=first, key=long)
