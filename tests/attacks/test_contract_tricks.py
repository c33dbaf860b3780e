"""Ways to get cheap cases out of a contract: buying, cancelling, changing to and fro, overlapping, late clocks."""

from datetime import timedelta

import pytest

from vigente.accounts.models import Role
from vigente.billing.models import Grant, Subscription
from vigente.billing.services import organizations, packs, subscriptions
from vigente.billing.services.ledger import expire_due
from vigente.factories import make_customer, make_licence, make_user, make_version
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import HeldRequest
from vigente.worker import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_add_up")]
DAY = timedelta(days=1)


def granted(shop):
    return sum(Grant.objects.filter(organization=shop.organization).values_list("granted", flat=True))


def buy(shop, now, version=None, **more):
    return subscriptions.subscribe(
        organization=shop.organization, licence=shop.licence, version=version or shop.version, now=now, **more
    )


def refused(run):
    with pytest.raises(Refused) as refusal:
        run()
    return refusal.value.code


def test_buying_and_cancelling_again_and_again_gives_one_allotment_a_month(shop, now):
    """R4: activated again as needed, but never two contracts for one licence at a time."""
    subscriptions.give_notice(subscription=shop.subscription, now=now)
    for day in range(0, 31, 5):
        assert refused(lambda at=now + day * DAY: buy(shop, at)) is RefusalCode.ALREADY_SUBSCRIBED
    assert granted(shop) == 4
    after = now + 32 * DAY
    clock.run_due(now=after)
    again = buy(shop, after)
    subscriptions.give_notice(subscription=again, now=after)
    assert refused(lambda: buy(shop, after)) is RefusalCode.ALREADY_SUBSCRIBED
    assert granted(shop) == 8


def test_changing_plans_to_and_fro_in_a_month_grants_nothing(shop, now):
    better = make_version(cases=10, rank=1)
    for version in (better, shop.version, better, shop.version, better):
        subscriptions.change_plan(subscription=shop.subscription, version=version, now=now)
        subscriptions.withdraw_notice(subscription=shop.subscription, now=now)
    subscriptions.change_plan(subscription=shop.subscription, version=better, now=now)
    assert granted(shop) == 4
    clock.run_due(now=now + 32 * DAY)
    assert granted(shop) == 14
    assert Subscription.objects.filter(status="active").count() == 1


def test_an_upgrade_on_the_last_day_brings_its_cases_when_it_is_paid(shop, now):
    better = make_version(cases=100, rank=1)
    last = now + 30 * DAY
    subscriptions.change_plan(subscription=shop.subscription, version=better, now=last)
    for _ in range(4):
        shop.ticket(last)
    assert isinstance(shop.ask(last), HeldRequest)
    assert granted(shop) == 4


def test_a_plan_included_with_the_licence_grants_once_a_month_however_often_it_is_woken(now):
    """Row 31: it sleeps while a bought one runs; waking it again within its month gives nothing more."""
    shop = make_customer(now=now, plan=False)
    included = make_version(cases=1, rank=3)
    licence = make_licence(shop.organization, now=now, included_plan=included.plan)
    for turn in range(4):
        at = now + turn * 31 * DAY
        clock.run_due(now=at)
        bought = subscriptions.subscribe(
            organization=shop.organization, licence=licence, version=make_version(cases=2), now=at,
            auto_renew=False,
        )  # fmt: skip
        assert bought.status == "active"
    clock.run_due(now=now + 130 * DAY)
    mine = Grant.objects.filter(licence=licence, source="licence")
    periods = list(mine.values_list("period", flat=True))
    assert len(periods) == len(set(periods))
    assert sum(mine.values_list("granted", flat=True)) <= 5


def test_two_contracts_to_come_for_the_same_licence_do_not_overlap(shop, now):
    subscriptions.give_notice(subscription=shop.subscription, now=now)
    end = shop.subscription.ends_at
    buy(shop, now, anchor=end)
    for at in (end, end + 5 * DAY):
        assert refused(lambda at=at: buy(shop, now, anchor=at)) is RefusalCode.ALREADY_SUBSCRIBED
    assert Subscription.objects.filter(status="scheduled").count() == 1


def test_an_order_nobody_confirmed_does_not_stop_the_contract_that_was_to_come(now):
    """It would make every request of the company fail: the contract can neither begin nor wait."""
    shop = make_customer(now=now, plan=False)
    version = make_version()
    buy(shop, now, version, activate=False, auto_renew=False)
    code = refused(lambda: buy(shop, now, version, anchor=now + 40 * DAY))
    assert code is RefusalCode.ALREADY_SUBSCRIBED
    other = make_customer(now=now, plan=False)
    buy(other, now, version, anchor=now + 40 * DAY)
    code = refused(lambda: buy(other, now, version, activate=False, auto_renew=False))
    assert code is RefusalCode.ALREADY_SUBSCRIBED
    clock.run_due(now=now + 41 * DAY)
    other.ticket(now + 41 * DAY)


def test_a_notice_is_not_taken_back_over_the_contract_that_follows(shop, now):
    """Both would run for ever, and one of them never begin."""
    subscriptions.give_notice(subscription=shop.subscription, now=now)
    buy(shop, now, anchor=shop.subscription.ends_at)
    better = make_version(cases=10, rank=1)
    assert refused(
        lambda: subscriptions.withdraw_notice(subscription=shop.subscription, now=now)
    ) is RefusalCode.ALREADY_SUBSCRIBED  # fmt: skip
    assert refused(
        lambda: subscriptions.change_plan(subscription=shop.subscription, version=better, now=now)
    ) is RefusalCode.ALREADY_SUBSCRIBED  # fmt: skip
    clock.run_due(now=now + 40 * DAY)
    assert list(Subscription.objects.order_by("id").values_list("status", flat=True)) == ["ended", "active"]


@pytest.mark.parametrize("late", [timedelta(0), 3 * DAY])
def test_a_contract_that_is_over_is_not_brought_back_while_the_clock_is_late(late, shop, now):
    subscriptions.give_notice(subscription=shop.subscription, now=now)
    after = shop.subscription.ends_at + late
    better = make_version(cases=10, rank=1)
    for run in (
        lambda: subscriptions.withdraw_notice(subscription=shop.subscription, now=after),
        lambda: subscriptions.change_plan(subscription=shop.subscription, version=better, now=after),
        lambda: subscriptions.give_notice(subscription=shop.subscription, now=after),
        lambda: packs.add_pack(
            organization=shop.organization, licence=shop.licence, subscription=shop.subscription, cases=1, key="k",
            now=after,
        ),
    ):  # fmt: skip
        assert isinstance(refused(run), RefusalCode)
    clock.run_due(now=after)
    assert Subscription.objects.get().status == "ended"
    assert granted(shop) == 4


def test_a_plan_may_be_bought_again_the_instant_it_ends_however_late_the_clock(shop, now):
    subscriptions.give_notice(subscription=shop.subscription, now=now)
    again = buy(shop, shop.subscription.ends_at)
    assert again.status == "active"
    assert Subscription.objects.get(pk=shop.subscription.pk).status == "ended"


def test_a_contract_ordered_by_a_company_since_blocked_is_not_confirmed(now):
    shop = make_customer(now=now, plan=False)
    waits = subscriptions.subscribe(
        organization=shop.organization, licence=shop.licence, version=make_version(), now=now, activate=False
    )
    organizations.block(
        organization=shop.organization, reason="fraude", now=now, actor=make_user(role=Role.OWNER)
    )
    waits.refresh_from_db()
    assert refused(lambda: subscriptions.activate(subscription=waits, now=now)) is RefusalCode.BLOCKED
    assert granted(shop) == 0


def test_an_end_before_the_beginning_is_refused(now):
    shop = make_customer(now=now, plan=False)
    version = make_version()
    for source in ("bought", "legacy"):
        for ends_at in (now, now - DAY):
            code = refused(
                lambda e=ends_at, s=source: buy(shop, now, version, ends_at=e, source=s, auto_renew=False)
            )
            assert code is RefusalCode.INVALID_VALUE
    waits = buy(shop, now, version, ends_at=now + DAY, auto_renew=False, activate=False)
    assert (
        refused(lambda: subscriptions.activate(subscription=waits, now=now + 2 * DAY)) is RefusalCode.TOO_LATE
    )


def test_a_pack_used_by_the_way_is_not_returned(shop, now):
    """Drawn, and given back since: what was returned is worth nothing; what is drawn stays (row 26)."""
    pack = packs.add_pack(
        organization=shop.organization,
        licence=shop.licence,
        subscription=shop.subscription,
        cases=1,
        key="k",
        now=now,
    )
    for _ in range(5):
        shop.ticket(now)
    assert refused(lambda: packs.return_pack(grant_id=pack, now=now)) is RefusalCode.PACK_USED
    late = now + timedelta(hours=24, microseconds=1)
    spare = packs.add_pack(
        organization=shop.organization,
        licence=shop.licence,
        subscription=shop.subscription,
        cases=2,
        key="l",
        now=now,
    )
    assert refused(lambda: packs.return_pack(grant_id=spare, now=late)) is RefusalCode.PACK_USED
    packs.return_pack(grant_id=spare, now=now)
    assert refused(lambda: packs.return_pack(grant_id=spare, now=now)) is RefusalCode.PACK_USED
    assert isinstance(shop.ask(now), HeldRequest)


def test_a_pack_hangs_on_a_plan_of_the_same_company(shop, now):
    other = make_customer(now=now, rank=1)
    code = refused(lambda: packs.add_pack(organization=shop.organization, licence=shop.licence,
                                          subscription=other.subscription, cases=1, key="k", now=now))  # fmt: skip
    assert code is RefusalCode.NOT_YOURS
    foreign = make_licence(other.organization, now=now)
    code = refused(lambda: packs.add_pack(organization=shop.organization, licence=foreign,
                                          subscription=shop.subscription, cases=1, key="k", now=now))  # fmt: skip
    assert code is RefusalCode.NOT_YOURS


def test_a_clock_that_goes_backwards_gives_nothing_and_takes_nothing(shop, agent, now, drawn):
    """Row 35: a month ends, the clock is set back into it, and what expired stays expired."""
    from vigente.rules.reasons import Release
    from vigente.tickets.services import classification

    case = shop.ticket(now)
    end = Grant.objects.get().end
    expire_due(now=end)
    before = end - timedelta(seconds=1)
    assert isinstance(shop.ask(before), HeldRequest)
    classification.release(ticket=case, reason=Release.VENDOR_FAULT, actor=agent, now=before, note="x")
    clock.run_due(now=before)
    assert Grant.objects.get(source="period", period=0).remaining == 0
    assert drawn() == 0
    clock.run_due(now=end)
    clock.run_due(now=before)
    clock.run_due(now=end)
    assert Grant.objects.filter(source="period").count() == 2
