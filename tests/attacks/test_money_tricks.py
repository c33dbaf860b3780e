"""Ways to pay less than what one gets, or to get back more than one paid: each is closed."""

from datetime import timedelta

import pytest

from stories.rows.buying import PRICE, again, buyer, contracted, order, pay
from vigente.billing.models import (
    BillingProfile,
    CustomerAccount,
    Grant,
    Invoice,
    ListPrice,
    Order,
    PriceList,
)
from vigente.billing.services import invoices, licences, orders, payments, refunds
from vigente.billing.services.subscriptions import give_notice
from vigente.factories import make_edition, make_licence, make_organization, make_version, publish
from vigente.rules.pricing import DiscountRule
from vigente.rules.reasons import Credit
from vigente.rules.refusal import RefusalCode, Refused
from vigente.worker.clock import run_due

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_add_up")]
DAY = timedelta(days=1)


def in_hand(who):
    rows = CustomerAccount.objects.filter(organization=who.organization)
    return dict(rows.values_list("currency", "credit_minor"))


def dollars(who, version, price=5_600):
    """From now on they buy in another list."""
    listed = PriceList.objects.create(code="usd", name="USD", currency="USD")
    ListPrice.objects.create(price_list=listed, version=version, price_minor=price, pack_price_minor=price)
    BillingProfile.objects.update_or_create(organization=who.organization, defaults={"price_list": listed})


def test_a_plan_that_covers_before_it_is_paid_is_not_ordered_again_and_again(now):
    """Each order brought the case of a grace: order, ask, let it die, order again."""
    publish(activate="on_order")
    who = buyer(now)
    order(who, now, key="1")
    who.ask(now, key="free")
    at = now + 62 * DAY
    for day in range(0, 63, 2):
        run_due(now=now + day * DAY)
    assert Invoice.objects.get(corrects=None).credit_notes.get().reason == "unpaid"
    bought = order(who, at, key="2")
    assert (bought.status, bought.subscription.status) == ("open", "awaiting_payment")
    pay(who, at, PRICE, order=bought)
    bought.refresh_from_db()
    assert bought.status == "done"


def test_one_unpaid_plan_at_a_time_covers_before_it_is_paid(now):
    publish(activate="on_order")
    who = buyer(now)
    order(who, now, key="1")
    who.licence = make_licence(who.organization, now=now)
    assert order(who, now, key="2").status == "open"


def test_an_upgrade_waits_no_longer_than_the_term_it_was_priced_for(now):
    """On the last day it cost a thirtieth; paid after the renewal it bound for a month, and the rest stayed open."""
    publish(upgrade="immediate")
    who = contracted(now)
    better = make_version(cases=10, price_minor=420_000)
    renewal = again(who).next_due_at
    late = renewal - timedelta(hours=2)
    bought = order(who, late, kind="upgrade", key="up", version=better, subscription=again(who))
    assert bought.total_minor < 20_000
    assert bought.expires_at == renewal


def test_an_upgrade_that_costs_more_by_the_time_it_is_paid_waits_for_the_rest(now):
    publish(upgrade="immediate")
    who = contracted(now)
    better = make_version(cases=10, price_minor=420_000)
    renewal = again(who).next_due_at
    bought = order(who, renewal - timedelta(hours=2), kind="upgrade", key="up", version=better,
                   subscription=again(who))  # fmt: skip
    run_due(now=renewal)
    pay(who, renewal, PRICE, key="renewal", invoice=Invoice.objects.get(term=1))
    Order.objects.filter(pk=bought.pk).update(status="open", expires_at=renewal + 9 * DAY)
    pay(who, renewal + DAY, bought.total_minor, order=bought, key="up")
    assert again(who).version == who.version
    assert in_hand(who)["NIO"] == bought.total_minor
    assert not Invoice.objects.filter(balance_minor__gt=0).exists()


def test_an_upgrade_is_not_paid_in_the_money_of_another_list(now):
    publish(upgrade="immediate")
    who = contracted(now)
    better = make_version(cases=10, price_minor=420_000)
    bought = order(who, now + DAY, kind="upgrade", key="up", version=better, subscription=again(who))
    dollars(who, better, price=9_900)
    ListPrice.objects.create(
        price_list=PriceList.objects.get(code="usd"), version=who.version, price_minor=5_600
    )
    pay(who, now + DAY, bought.total_minor, order=bought, key="up")
    assert again(who).version == who.version
    assert in_hand(who) == {"NIO": bought.total_minor}


@pytest.mark.parametrize("about", ["version", "licence", "edition"])
def test_a_pack_of_a_cheap_plan_does_not_take_the_rank_of_a_dear_one(about, now):
    who = contracted(now, version=make_version(cases=4, rank=1, pack_price_minor=90_000))
    other = {
        "version": {"version": make_version(cases=1, rank=4, pack_price_minor=100)},
        "licence": {},
        "edition": {"version": make_version(cases=1, edition=make_edition("LOCAL"), pack_price_minor=100)},
    }[about]  # fmt: skip
    if about == "licence":
        who.licence = make_licence(who.organization, now=now, hosting="vendor_cloud")
    with pytest.raises(Refused):
        order(who, now, kind="pack", key="pack", subscription=again(who), **other)
    assert not Order.objects.filter(kind="pack").exists()


def test_moving_into_the_cloud_after_the_price_list_changed_gives_no_other_money_back(now, supervisor):
    who = contracted(now)
    dollars(who, who.version)
    licences.set_hosting(licence=who.licence, hosting="vendor_cloud", now=now + DAY, actor=supervisor)
    assert not Invoice.objects.exclude(corrects=None).exists()


def test_moving_in_and_out_of_the_cloud_gives_the_discount_once(now, supervisor):
    who = contracted(now)
    for hour in range(6):
        for hosting in ("vendor_cloud", "customer"):
            at = now + timedelta(hours=hour)
            licences.set_hosting(licence=who.licence, hosting=hosting, now=at, actor=supervisor)
    assert in_hand(who)["NIO"] <= PRICE * 4 // 10


def test_moving_into_the_cloud_gives_no_other_fall_of_the_price_back(now, supervisor):
    who = contracted(now)
    cheap = PriceList.objects.create(code="friends", name="Amigos", currency="NIO")
    ListPrice.objects.create(price_list=cheap, version=who.version, price_minor=1_000)
    BillingProfile.objects.update_or_create(organization=who.organization, defaults={"price_list": cheap})
    licences.set_hosting(licence=who.licence, hosting="vendor_cloud", now=now, actor=supervisor)
    assert in_hand(who)["NIO"] <= 400


def test_a_term_with_an_upgrade_hosting_credit_and_a_favour_never_gives_back_more_than_was_paid(
    now, supervisor
):
    publish(upgrade="immediate")
    who = contracted(now)
    better = make_version(cases=10, price_minor=420_000)
    bought = order(who, now + DAY, kind="upgrade", key="up", version=better, subscription=again(who))
    pay(who, now + DAY, bought.total_minor, order=bought, key="up")
    licences.set_hosting(licence=who.licence, hosting="vendor_cloud", now=now + 2 * DAY, actor=supervisor)
    invoices.credit(invoice=Invoice.objects.get(term=0, corrects=None), reason=Credit.MISTAKE, key="x",
                    net_minor=100_000, now=now + 2 * DAY)  # fmt: skip
    refunds.refund(invoice=Invoice.objects.get(term=0, corrects=None), actor=supervisor, now=now + 2 * DAY)
    assert in_hand(who)["NIO"] <= PRICE + bought.total_minor
    for payment in who.organization.payments.all():
        refunds.reverse(payment=payment, now=now + 3 * DAY)
    assert in_hand(who)["NIO"] == 0
    assert not Grant.objects.filter(
        organization=who.organization, remaining__gt=0, end__gt=now + 3 * DAY
    ).exists()


def test_a_coupon_of_one_term_serves_no_second_contract_of_the_installation(now):
    publish(
        discounts=(DiscountRule("hola", None, None, 5000, applies_to_packs=False, coupon="HOLA", terms=1),)
    )
    who = buyer(now)
    bought = order(who, now, coupon="hola")
    assert bought.total_minor == PRICE // 2
    pay(who, now, bought.total_minor, order=bought)
    who.subscription = bought.subscription
    give_notice(subscription=again(who), now=now)
    at = again(who).ends_at
    run_due(now=at)
    with pytest.raises(Refused) as refused:
        order(who, at, key="b", coupon="hola")
    assert refused.value.code is RefusalCode.WRONG_COUPON
    assert order(who, at, key="c").total_minor == PRICE


def test_a_licence_with_a_change_on_order_is_not_given_away(now, supervisor):
    """Its old holder would have paid for somebody else's contract."""
    publish(upgrade="immediate")
    who = contracted(now)
    licence, who.licence = who.licence, None
    order(who, now + DAY, kind="upgrade", key="up", version=make_version(cases=10, price_minor=420_000),
          subscription=again(who))  # fmt: skip
    with pytest.raises(Refused):
        licences.transfer_licence(
            licence=licence, organization=make_organization(), now=now + DAY, actor=supervisor
        )


def test_an_order_with_a_transfer_under_review_is_not_closed_under_it(now, supervisor):
    who = buyer(now)
    bought = order(who, now)
    late = orders.overdue(now=bought.expires_at)[0]
    sent = payments.submit_transfer(organization=who.organization, amount_minor=PRICE, currency="NIO", reference="x",
                                    user=who.manager, key="t", now=now, order=bought)  # fmt: skip
    assert orders._expire(late, now=bought.expires_at) == 0
    payments.confirm(payment=sent, actor=supervisor, now=bought.expires_at + DAY)
    bought.refresh_from_db()
    assert bought.status == "done"
