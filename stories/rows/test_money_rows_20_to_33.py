"""Rows 20 to 33 where money follows: renewals, changes, payment and grace, packs, the cloud's discount, refunds."""

from datetime import datetime, timedelta

import pytest

from vigente.accounts.models import Role
from vigente.billing.models import Grant, Invoice, InvoiceSeries, MoneyEntry, Order, Payment, Subscription
from vigente.billing.money_verification import balance_sheet
from vigente.billing.queries import meter_of
from vigente.billing.services import missed, orders, payments, refunds, upgrades
from vigente.billing.services.licences import set_hosting, transfer_licence
from vigente.billing.services.packs import return_pack
from vigente.billing.services.subscriptions import give_notice
from vigente.factories import Customer, make_customer, make_organization, make_user, make_version, publish
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Ticket
from vigente.worker.clock import run_due
from vigente.worker.verification import verify

pytestmark = pytest.mark.django_db
PRICE = 210_000


@pytest.fixture
def owner():
    return make_user("Olga", role=Role.OWNER)


def buyer(now: datetime, **about) -> Customer:
    """A customer with a licence and no plan yet; `version` is the plan it may buy."""
    version = about.pop("version", None) or make_version(cases=about.pop("cases", 4))
    return make_customer(now=now, plan=False, **about, version=version)


def order(who: Customer, now: datetime, *, kind: str = "plan", key: str = "a", **about) -> Order:
    assert who.version is not None
    return orders.place(
        organization=who.organization,
        kind=kind,
        version=about.pop("version", who.version),
        licence=who.licence,
        actor=who.manager,
        key=f"{key}:{who.organization.pk}",
        now=now,
        **about,
    )


def pay(who: Customer, now: datetime, amount: int, key: str = "p", **what) -> Payment:
    return payments.record_payment(
        organization=who.organization,
        method="manual",
        amount_minor=amount,
        currency="NIO",
        key=f"{key}:{who.organization.pk}",
        now=now,
        **what,
    )


def contracted(now: datetime, **about) -> Customer:
    """A customer whose plan is ordered and paid at `now`."""
    who = buyer(now, **about)
    bought = order(who, now)
    pay(who, now, bought.total_minor, order=bought, key="first")
    who.subscription = Subscription.objects.get(organization=who.organization, source="bought")
    assert who.subscription.status == "active"
    return who


def again(who: Customer) -> Subscription:
    assert who.subscription is not None
    return Subscription.objects.select_related("version__plan__edition", "organization", "licence").get(
        pk=who.subscription.pk
    )


def left(who: Customer, now: datetime) -> int | None:
    return meter_of(organization=who.organization, licence=who.licence, now=now).left


def the_books_hold(now: datetime) -> None:
    assert list(verify(now=now)) == []
    for currency in {currency for currency, _ in balance_sheet()}:
        assert sum(v for (c, _), v in balance_sheet().items() if c == currency) == 0


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
    assert invoice is not None and (invoice.balance_minor, invoice.total_minor, invoice.code) == (
        0,
        PRICE,
        "A-000001",
    )
    assert bought.subscription is not None and bought.subscription.anchor == later
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
    assert again(who).status == "active" and left(who, renewal) == 4
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
    assert charged is not None and charged.total_minor == PRICE
    the_books_hold(late)


def test_row_23_an_upgrade_today_charges_the_days_left_and_brings_the_cases(now: datetime) -> None:
    publish(upgrade="immediate")
    who = contracted(now, cases=4)
    better = make_version(cases=10, rank=1, price_minor=420_000)
    middle = now + timedelta(days=15)
    change = upgrades.preview_change(subscription=again(who), version=better, now=middle)
    assert change.immediate and change.today is not None
    assert 0 < change.today.total_minor < 210_000 and change.cases_today == 3
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
    assert {line.ticket_number for line in seen} == {None} and {line.actor for line in seen} == {None}
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


def test_row_21_after_notice_nothing_more_is_billed(now: datetime) -> None:
    who = contracted(now)
    notice = give_notice(subscription=again(who), now=now, actor=who.manager)
    run_due(now=notice.effective + timedelta(days=1))
    assert Invoice.objects.count() == 1
    assert Grant.objects.filter(subscription=again(who), period=1).count() == 0
    the_books_hold(notice.effective + timedelta(days=1))
