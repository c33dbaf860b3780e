"""Rows 20 to 25 where money follows: renewals, changes, payment and grace."""

from datetime import datetime, timedelta

import pytest

from stories.rows.buying import PRICE, again, buyer, contracted, left, order, pay, the_books_hold
from vigente.billing.models import BillingProfile, Grant, Invoice, Order, Payment, PriceList
from vigente.billing.services import missed, payments, upgrades
from vigente.billing.services.subscriptions import activate, give_notice
from vigente.factories import make_version, publish
from vigente.rules.refusal import RefusalCode, Refused
from vigente.worker.clock import run_due

pytestmark = pytest.mark.django_db


def test_row_25_a_plan_covers_when_it_is_paid_and_its_invoice_is_issued_then(now: datetime) -> None:
    who = buyer(now)
    bought = order(who, now)
    assert (bought.status, bought.total_minor) == ("open", PRICE)
    assert who.held(now).decision["reasons"][0]["code"] == "awaiting_activation"
    assert not Invoice.objects.exists()
    later = now + timedelta(days=2)
    pay(who, later, PRICE, order=bought)
    bought.refresh_from_db()
    assert bought.status == "done"
    invoice = bought.invoice
    assert invoice is not None
    assert (invoice.balance_minor, invoice.total_minor, invoice.code) == (
        0,
        PRICE,
        "A-000001",
    )
    assert bought.subscription is not None
    assert bought.subscription.anchor == later
    assert left(who, later) == 4
    the_books_hold(later)


def test_row_25_part_of_the_price_waits_for_the_rest(now: datetime) -> None:
    who = buyer(now)
    bought = order(who, now)
    pay(who, now, PRICE - 1, order=bought, key="part")
    bought.refresh_from_db()
    assert bought.status == "open"
    pay(who, now, 1, order=bought, key="rest")
    bought.refresh_from_db()
    assert bought.status == "done"
    the_books_hold(now)


def test_row_25_on_order_covers_at_once_and_little_until_it_is_paid(now: datetime) -> None:
    publish(activate="on_order")
    who = buyer(now)
    bought = order(who, now)
    assert (bought.status, left(who, now)) == ("done", 1)
    who.ticket(now)
    assert who.held(now).decision["reasons"][0]["code"] == "grace_spent"
    assert bought.invoice is not None
    pay(who, now + timedelta(days=1), PRICE, invoice=bought.invoice)
    assert left(who, now + timedelta(days=1)) == 3
    the_books_hold(now + timedelta(days=1))


def test_row_25_a_transfer_pays_when_staff_confirm_it_and_a_rejected_one_can_be_sent_again(
    now: datetime, owner
) -> None:
    who = buyer(now)
    bought = order(who, now)
    waiting = who.held(now)

    def send(key: str) -> Payment:
        return payments.submit_transfer(
            organization=who.organization,
            amount_minor=PRICE,
            currency="NIO",
            reference="998877",
            user=who.manager,
            order=bought,
            key=key,
            now=now,
        )

    first = send("t1")
    assert send("t1").pk == first.pk
    month = now + timedelta(days=40)
    run_due(now=month)
    waiting.refresh_from_db()
    bought.refresh_from_db()
    assert (waiting.status, bought.status) == ("waiting", "open")  # nothing runs out under review
    payments.reject(payment=first, note="No llegó al banco", actor=owner, now=month)
    second = send("t2")
    payments.confirm(payment=second, actor=owner, now=month)
    with pytest.raises(Refused) as refused:
        payments.confirm(payment=second, actor=owner, now=month)
    assert refused.value.code is RefusalCode.WRONG_STATE
    bought.refresh_from_db()
    assert bought.status == "done"
    the_books_hold(month)


def test_row_25_an_order_nobody_pays_is_closed_and_stands_in_nobodys_way(now: datetime) -> None:
    who = buyer(now)
    order(who, now)
    with pytest.raises(Refused) as refused:
        order(who, now, key="b")
    assert refused.value.code is RefusalCode.ALREADY_SUBSCRIBED
    run_due(now=now + timedelta(days=14))
    assert Order.objects.get().status == "expired"
    order(who, now + timedelta(days=14), key="c")
    the_books_hold(now + timedelta(days=14))


def test_row_20_a_renewal_issues_its_invoice_once_and_the_credit_in_hand_pays_it(now: datetime) -> None:
    who = contracted(now)
    pay(who, now, PRICE, key="ahead")
    renewal = again(who).next_due_at
    assert renewal is not None
    for _ in range(3):
        run_due(now=renewal)
    invoices = Invoice.objects.filter(term=1)
    assert [(i.balance_minor, i.due_at) for i in invoices] == [(0, renewal)]
    assert again(who).status == "active"
    assert left(who, renewal) == 4
    the_books_hold(renewal)


def test_row_25_an_unpaid_renewal_covers_one_case_then_none_and_all_when_paid(now: datetime) -> None:
    who = contracted(now)
    renewal = again(who).next_due_at
    assert renewal is not None
    run_due(now=renewal)
    assert (again(who).status, left(who, renewal)) == ("grace", 1)
    who.ticket(renewal)
    assert who.held(renewal).decision["reasons"][0]["code"] == "grace_spent"
    late = renewal + timedelta(days=5)
    run_due(now=late)
    assert again(who).status == "suspended"
    assert who.held(late).decision["reasons"][0]["code"] == "payment_overdue"
    dates = again(who).anchor, again(who).periods_opened
    paid = late + timedelta(days=3)
    pay(who, paid, PRICE, invoice=Invoice.objects.get(term=1))
    assert (again(who).status, again(who).anchor, again(who).periods_opened) == ("active", *dates)
    assert left(who, paid) == 3
    the_books_hold(paid)


def test_row_25_no_renewal_over_an_unpaid_term_and_its_invoice_is_voided(now: datetime) -> None:
    who = contracted(now)
    renewal = again(who).next_due_at
    assert renewal is not None
    run_due(now=renewal)
    run_due(now=renewal + timedelta(days=5))
    end = again(who).next_due_at
    assert end is not None
    run_due(now=end)
    assert (again(who).status, Invoice.objects.filter(term=2).count()) == ("ended", 0)
    gone = renewal + timedelta(days=32)
    run_due(now=gone)
    invoice = Invoice.objects.get(term=1, corrects=None)
    assert (invoice.balance_minor, invoice.credit_notes.get().reason) == (0, "unpaid")
    assert again(who).status == "ended"
    the_books_hold(gone)


@pytest.mark.parametrize("decided", ["confirmed", "rejected", "a card is faster"])
def test_row_25_an_unpaid_term_does_not_end_while_its_transfer_is_under_review(
    now: datetime, supervisor, decided: str
) -> None:
    who = contracted(now)
    due = again(who).next_due_at
    assert due is not None
    run_due(now=due)
    invoice = Invoice.objects.get(term=1)
    sent = payments.submit_transfer(
        organization=who.organization, amount_minor=PRICE, currency="NIO", reference="41", key="t",
        user=who.manager, invoice=invoice, now=due + timedelta(days=2),
    )  # fmt: skip
    over = again(who).unpaid_until
    assert over is not None
    late = over + timedelta(days=3)
    for moment in (over, over + timedelta(days=1), late):
        run_due(now=moment)
    assert (again(who).status, left(who, late)) == ("grace", 0)
    assert who.held(late).decision["reasons"][0]["code"] == "payment_overdue"
    if decided == "rejected":
        payments.reject(payment=sent, note="No llegó", actor=supervisor, now=late)
        run_due(now=late)
        assert (again(who).status, again(who).ended_at) == ("ended", over)
    else:
        if decided == "a card is faster":
            pay(who, late, PRICE, invoice=invoice, key="card")
            assert again(who).status == "active"
            late += timedelta(hours=1)
        payments.confirm(payment=sent, actor=supervisor, now=late)
        run_due(now=late)
        current = Invoice.objects.get(term=2)
        paid_twice = decided == "a card is faster"
        assert (again(who).status, current.balance_minor) == (
            ("active", 0) if paid_twice else ("grace", PRICE)
        )
        assert left(who, late) == (4 if paid_twice else 1)
    the_books_hold(late)


def test_row_25_a_transfer_sent_after_the_unpaid_term_keeps_nothing_alive(now: datetime, supervisor) -> None:
    who = contracted(now)
    due = again(who).next_due_at
    assert due is not None
    run_due(now=due)
    over = again(who).unpaid_until
    assert over is not None
    sent = payments.submit_transfer(
        organization=who.organization, amount_minor=PRICE, currency="NIO", reference="41", key="t",
        user=who.manager, invoice=Invoice.objects.get(term=1), now=over,
    )  # fmt: skip
    payments.confirm(payment=sent, actor=supervisor, now=over + timedelta(seconds=1))
    run_due(now=over + timedelta(seconds=1))
    assert (again(who).status, again(who).ended_at) == ("ended", over)
    the_books_hold(over + timedelta(seconds=1))


def test_row_25_reminders_come_on_their_days_once(now: datetime) -> None:
    from vigente.events.models import Event

    who = contracted(now)
    renewal = again(who).next_due_at
    assert renewal is not None
    for day in range(9):
        run_due(now=renewal + timedelta(days=day, hours=1))
        run_due(now=renewal + timedelta(days=day, hours=2))
    days = [e.data["days"] for e in Event.objects.filter(kind="invoice.reminder").order_by("id")]
    assert days in ([0, 3, 5], [3, 5])


def test_row_20_a_machine_asleep_for_three_months_bills_only_the_running_term(now: datetime, owner) -> None:
    who = contracted(now)
    late = now + timedelta(days=100)
    run_due(now=late)
    contract = again(who)
    billed = [i.term for i in Invoice.objects.filter(subscription=contract).order_by("term")]
    assert billed == [0, 3]
    assert [m.number for m in contract.missed_terms.order_by("number")] == [1, 2]
    first, second = contract.missed_terms.order_by("number")
    assert missed.settle(term=first, actor=owner, now=late) is None
    charged = missed.settle(term=second, actor=owner, now=late, charge=True)
    assert charged is not None
    assert charged.total_minor == PRICE
    the_books_hold(late)


def test_row_23_an_upgrade_today_charges_the_days_left_and_brings_the_cases(now: datetime) -> None:
    publish(upgrade="immediate")
    who = contracted(now, cases=4)
    better = make_version(cases=10, rank=1, price_minor=420_000)
    middle = now + timedelta(days=15)
    change = upgrades.preview_change(subscription=again(who), version=better, now=middle)
    assert change.immediate
    assert change.today is not None
    assert 0 < change.today.total_minor < 210_000
    assert change.cases_today == 3
    bought = order(who, middle, kind="upgrade", key="up", version=better, subscription=again(who))
    assert left(who, middle) == 4
    pay(who, middle, bought.total_minor, order=bought, key="up")
    assert (again(who).version_id, left(who, middle)) == (better.pk, 7)
    renewal = again(who).next_due_at
    assert renewal is not None
    run_due(now=renewal)
    assert Invoice.objects.get(term=1).total_minor == 420_000
    the_books_hold(renewal)


def test_row_23_by_default_a_change_binds_at_the_next_term(now: datetime) -> None:
    who = contracted(now)
    better = make_version(cases=10, price_minor=420_000)
    change = upgrades.preview_change(subscription=again(who), version=better, now=now)
    assert (change.immediate, change.today, change.next.total_minor) == (False, None, 420_000)
    assert change.effective == again(who).next_due_at
    with pytest.raises(Refused):
        order(who, now, kind="upgrade", key="up", version=better, subscription=again(who))


def test_row_21_after_notice_nothing_more_is_billed(now: datetime) -> None:
    who = contracted(now)
    notice = give_notice(subscription=again(who), now=now, actor=who.manager)
    run_due(now=notice.effective + timedelta(days=1))
    assert Invoice.objects.count() == 1
    assert Grant.objects.filter(subscription=again(who), period=1).count() == 0
    the_books_hold(notice.effective + timedelta(days=1))


def test_row_23_a_change_paid_late_costs_what_is_left_that_day(now: datetime) -> None:
    publish(upgrade="immediate")
    who = contracted(now)
    better = make_version(cases=10, rank=1, price_minor=420_000)
    bought = order(
        who, now + timedelta(days=3), kind="upgrade", key="up", version=better, subscription=again(who)
    )
    late = now + timedelta(days=13)
    pay(who, late, bought.total_minor, order=bought, key="up")
    bought.refresh_from_db()
    assert bought.invoice is not None
    assert bought.invoice.total_minor < bought.total_minor
    assert bought.invoice.balance_minor == 0
    the_books_hold(late)


def test_row_25_a_contract_that_staff_let_begin_by_hand_is_paid_by_its_order(now: datetime) -> None:
    who = buyer(now)
    bought = order(who, now)
    assert bought.subscription is not None
    activate(subscription=bought.subscription, now=now)
    who.subscription = bought.subscription
    assert again(who).status == "grace"
    pay(who, now, PRICE, order=bought)
    bought.refresh_from_db()
    assert (bought.status, again(who).status) == ("done", "active")
    the_books_hold(now)


def test_row_32_a_renewal_without_a_price_in_the_customers_list_takes_the_base_one(now: datetime) -> None:
    who = contracted(now)
    abroad = PriceList.objects.create(code="usd", name="USD", currency="USD")
    BillingProfile.objects.create(organization=who.organization, price_list=abroad)
    renewal = again(who).next_due_at
    assert renewal is not None
    run_due(now=renewal)
    assert Invoice.objects.get(term=1).currency == "NIO"
    the_books_hold(renewal)


def test_row_32_with_calendar_months_the_order_costs_the_days_of_its_first_month(now: datetime) -> None:
    publish(months="calendar")
    middle = now + timedelta(days=15)  # 16 July: 16 of 31 days are left
    who = buyer(middle)
    bought = order(who, middle)
    assert bought.total_minor == 108_387
    pay(who, middle, bought.total_minor, order=bought)
    bought.refresh_from_db()
    assert bought.invoice is not None
    assert (bought.invoice.total_minor, bought.invoice.balance_minor) == (108_387, 0)
    the_books_hold(middle)
