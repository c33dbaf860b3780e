"""What the random business found wrong, each as a story of its own."""

from datetime import timedelta

import pytest

from stories.rows.buying import PRICE, again, buyer, contracted, order, pay, the_books_hold
from vigente.accounts.models import Role
from vigente.billing.models import Grant, Invoice, MissedTerm, Subscription, TaxCategory, TaxRate
from vigente.billing.money_verification import balance_sheet
from vigente.billing.services import invoices, missed, refunds, subscriptions, upgrades
from vigente.factories import make_customer, make_licence, make_user, make_version, publish
from vigente.rules.reasons import Credit
from vigente.rules.refusal import RefusalCode, Refused
from vigente.worker.clock import run_due

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_add_up")]
DAY = timedelta(days=1)


def test_a_reversed_payment_leaves_the_account_it_came_to(now):
    who = buyer(now)
    cash = pay(who, now, PRICE, order=order(who, now))
    refunds.reverse(payment=cash, now=now)
    sheet = balance_sheet()
    assert sheet["NIO", "cash"] == 0
    assert ("NIO", "bank") not in sheet


def test_a_missed_term_of_a_plan_that_is_not_billed_is_never_charged(now, owner):
    shop = make_customer(now=now, plan=False)
    make_licence(shop.organization, now=now, included_plan=make_version(cases=1).plan)
    run_due(now=now + 100 * DAY)
    term = MissedTerm.objects.first()
    assert term is not None
    with pytest.raises(Refused) as refused:
        missed.settle(term=term, actor=owner, charge=True, now=now + 100 * DAY)
    assert refused.value.code is RefusalCode.WRONG_STATE
    assert not Invoice.objects.exists()


def test_no_notice_and_no_withdrawal_for_a_contract_whose_unpaid_term_is_over(now):
    who = contracted(now)
    renewal = again(who).next_due_at
    run_due(now=renewal)
    end = again(who).unpaid_until
    assert end is not None
    for late in (subscriptions.give_notice, subscriptions.withdraw_notice):
        with pytest.raises(Refused):
            late(subscription=again(who), now=end)
    run_due(now=end)
    assert again(who).status == "ended"


def test_notice_in_grace_and_withdrawn_too_late_is_refused(now):
    who = contracted(now)
    run_due(now=again(who).next_due_at)
    subscriptions.give_notice(subscription=again(who), now=again(who).anchor + 40 * DAY)
    with pytest.raises(Refused) as refused:
        subscriptions.withdraw_notice(subscription=again(who), now=again(who).unpaid_until)
    assert refused.value.code is RefusalCode.TOO_LATE


def test_an_upgrade_with_a_discount_late_in_the_month_can_be_ordered(now):
    """The charge for a few days is less than the discount on a whole month."""
    publish(upgrade="immediate")
    who = contracted(now, hosting="vendor_cloud")
    better = make_version(cases=10, price_minor=420_000)
    bought = order(who, now + 25 * DAY, kind="upgrade", key="up", version=better, subscription=again(who))
    assert 0 < bought.total_minor < 420_000 * 0.4
    pay(who, now + 25 * DAY, bought.total_minor, order=bought, key="up")
    assert again(who).version == better


def test_a_change_asked_for_after_the_clock_was_set_back_binds_at_the_terms_end(now):
    publish(upgrade="immediate")
    who = contracted(now)
    better = make_version(cases=10, price_minor=420_000)
    change = upgrades.preview_change(subscription=again(who), version=better, now=now - timedelta(hours=1))
    assert (change.immediate, change.effective) == (False, again(who).next_due_at)


def test_a_plan_paid_after_the_clock_was_set_back_begins_at_once_and_its_money_goes_nowhere_else(now):
    who = buyer(now)
    bought = order(who, now)
    earlier = now - timedelta(hours=1)
    pay(who, earlier, bought.total_minor, order=bought)
    bought.refresh_from_db()
    assert (bought.status, bought.invoice.balance_minor) == ("done", 0)
    assert Subscription.objects.get().status == "active"


def test_a_refunded_plan_without_limit_ends_right_after_its_last_draw(now, owner):
    who = contracted(now, version=make_version(cases=None))
    who.ticket(now)
    refunds.refund(invoice=Invoice.objects.get(), actor=owner, now=now)
    assert Grant.objects.get().end == now + timedelta(microseconds=1)
    the_books_hold(now + DAY)


def test_paying_an_unpaid_term_after_its_end_and_before_the_clock_disturbs_no_books(now):
    who = contracted(now)
    run_due(now=again(who).next_due_at)
    end = again(who).unpaid_until
    assert end is not None
    pay(who, end + DAY, PRICE, invoice=Invoice.objects.get(term=1))
    the_books_hold(end + DAY)
    run_due(now=end + 2 * DAY)
    assert again(who).status == "ended"


def test_an_invoice_corrected_before_in_its_tax_alone_can_be_given_up(now, owner):
    """It stood in the way of all that were due after it."""
    category = TaxCategory.objects.create(code="iva", name_es="IVA", name_en="VAT", is_default=True)
    TaxRate.objects.create(category=category, basis_points=1500)
    who = contracted(now)
    renewal = again(who).next_due_at
    run_due(now=renewal)
    invoice = Invoice.objects.get(term=1)
    invoices.credit(invoice=invoice, reason=Credit.MISTAKE, key="x", net_minor=0, tax_minor=invoice.tax_minor,
                    now=renewal)  # fmt: skip
    pay(who, renewal, 100_000, invoice=invoice, key="part")
    run_due(now=renewal + 31 * DAY)
    invoice.refresh_from_db()
    assert invoice.balance_minor == 0
    assert {note.reason for note in invoice.credit_notes.all()} == {"mistake", "unpaid"}


def test_notice_withdrawn_does_not_make_a_contract_with_an_end_of_its_own_endless(now):
    shop = make_customer(now=now, ends_at=now + 40 * DAY)
    for late in (subscriptions.give_notice, subscriptions.withdraw_notice):
        with pytest.raises(Refused):
            late(subscription=shop.subscription, now=now + DAY)
    run_due(now=now + 40 * DAY)
    assert Subscription.objects.get().status == "ended"


def test_only_the_invoice_of_a_term_can_be_refunded(now, owner):
    from vigente.billing.prices import price_amount
    from vigente.billing.services.invoices import issue
    from vigente.rules.invoicing import Label, LabelCode

    who = contracted(now)
    priced = price_amount(label=Label(LabelCode.OTHER, {"text": "x"}), amount_minor=100, currency="NIO",
                          organization=who.organization, now=now)  # fmt: skip
    other = issue(key="x", organization=who.organization, priced=priced, purpose="other", now=now)
    pay(who, now, 100, invoice=other)
    with pytest.raises(Refused) as refused:
        refunds.refund(invoice=Invoice.objects.get(pk=other.pk), actor=owner, now=now)
    assert refused.value.code is RefusalCode.WRONG_STATE


def test_a_better_plan_that_is_over_lends_its_rank_to_no_case_while_the_clock_is_late(now):
    """R10: by status it still ran; the case went before those of better plans."""
    shop = make_customer(now=now, version=make_version(cases=6, rank=1), auto_renew=False)
    subscriptions.subscribe(organization=shop.organization, licence=shop.licence, source="legacy", now=now,
                            version=make_version(cases=1, rank=4), ends_at=now + 90 * DAY)  # fmt: skip
    case = shop.ticket(now + 40 * DAY, work="development")
    assert (case.rank, case.decision["rank"]) == (4, 4)


@pytest.fixture
def owner(db):
    return make_user("Olga", role=Role.OWNER)
