"""Contracts through time: rows 19 to 26."""

from datetime import timedelta

import pytest

from stories.conftest import local
from vigente.billing.models import Grant, MissedTerm, Subscription
from vigente.billing.queries import meter_of
from vigente.billing.services import packs
from vigente.billing.services.subscriptions import (
    activate,
    change_plan,
    give_notice,
    notice_preview,
    roll_over,
    subscribe,
    withdraw_notice,
)
from vigente.events.models import Event
from vigente.factories import (
    make_customer,
    make_version,
    publish,
)
from vigente.rules.reasons import Code
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import HeldRequest, Ticket

pytestmark = pytest.mark.django_db


def meter(customer, now):
    return meter_of(organization=customer.organization, licence=customer.licence, now=now)


def test_row_19_an_annual_plan_grants_month_by_month_and_unused_cases_expire_with_their_month(now, pass_time):
    customer = make_customer(now=now, version=make_version(cases=4, interval="year"))
    customer.ticket(now)
    assert Grant.objects.count() == 1
    for month in range(8, 13):
        pass_time(local(f"2026-{month:02}-01T00:00"))
    assert Grant.objects.count() == 6
    december = local("2026-12-01T08:00")
    assert (meter(customer, december).left, meter(customer, december).used) == (4, 0)
    assert Grant.objects.filter(expired_at__isnull=False, remaining=0).count() == 5
    pass_time(local("2027-06-30T23:59"))
    assert Grant.objects.count() == 12
    assert not Event.objects.filter(kind="subscription.renewed").exists()
    pass_time(local("2027-07-01T00:00"))
    assert Event.objects.filter(kind="subscription.renewed").count() == 1


def test_row_19_up_to_rollover_max_is_carried_by_setting(now, pass_time):
    publish(rollover_max=2)
    customer = make_customer(now=now, cases=4)
    customer.ticket(now)
    august = local("2026-08-01T00:00")
    pass_time(august)
    assert meter(customer, august).left == 6


def test_row_20_a_renewal_run_twice_or_by_two_machines_opens_one_period(now):
    customer = make_customer(now=now)
    august = local("2026-08-01T00:00")
    for _ in range(3):
        roll_over(subscription_id=customer.subscription.pk, now=august)
    assert Grant.objects.count() == 2
    assert Event.objects.filter(kind="subscription.renewed").count() == 1


def test_row_20_asleep_for_three_months_it_catches_up_period_by_period_and_lists_the_missed_terms(
    now, pass_time
):
    make_customer(now=now)
    october = local("2026-10-15T12:00")
    pass_time(october)
    assert list(Grant.objects.order_by("start").values_list("period", "remaining")) == [
        (0, 0),
        (1, 0),
        (2, 0),
        (3, 4),
    ]
    assert list(MissedTerm.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert [e.data["term"] for e in Event.objects.filter(kind="subscription.renewed")] == [3]


def test_row_21_notice_is_accepted_until_the_last_instant_of_the_month(now):
    customer = make_customer(now=now)
    notice = give_notice(subscription=customer.subscription, now=local("2026-07-31T23:59:59.999"))
    assert (notice.on_time, notice.effective) == (True, local("2026-08-01T00:00"))


def test_row_21_with_five_days_of_notice_a_later_one_takes_effect_a_period_on(now):
    publish(notice_days=5)
    customer = make_customer(now=now)
    in_time = notice_preview(subscription=customer.subscription, now=local("2026-07-26T23:59:59"))
    assert (in_time.on_time, in_time.cut_off) == (True, local("2026-07-27T00:00"))
    late = give_notice(subscription=customer.subscription, now=local("2026-07-27T00:00"))
    assert (late.on_time, late.effective) == (False, local("2026-09-01T00:00"))


def test_row_21_a_late_notice_on_an_annual_plan_costs_one_period_and_never_another_year(now, pass_time):
    publish(notice_days=5)
    customer = make_customer(now=now, version=make_version(cases=4, interval="year"))
    notice = give_notice(subscription=customer.subscription, now=local("2027-06-29T10:00"))
    assert notice.effective == local("2027-08-01T00:00")
    pass_time(local("2027-09-01T00:00"))
    customer.subscription.refresh_from_db()
    assert (customer.subscription.status, Grant.objects.count()) == ("ended", 13)


def test_row_21_a_bounced_warning_keeps_the_window_open(now):
    publish(notice_days=5)
    customer = make_customer(now=now)
    Subscription.objects.update(notice_bounced_at=local("2026-07-25T00:00"))
    customer.subscription.refresh_from_db()
    notice = give_notice(subscription=customer.subscription, now=local("2026-07-30T00:00"))
    assert (notice.on_time, notice.effective) == (True, local("2026-08-01T00:00"))


def test_row_21_a_notice_can_be_taken_back_while_the_plan_runs(now, pass_time):
    customer = make_customer(now=now)
    give_notice(subscription=customer.subscription, now=now)
    withdraw_notice(subscription=customer.subscription, now=now + timedelta(days=2))
    pass_time(local("2026-08-02T00:00"))
    customer.subscription.refresh_from_db()
    assert (customer.subscription.status, customer.subscription.periods_opened) == ("active", 2)


def test_row_22_after_notice_unused_cases_stay_usable_until_the_paid_term_ends(now, pass_time):
    customer = make_customer(now=now, version=make_version(cases=4, interval="year"))
    give_notice(subscription=customer.subscription, now=now)
    pass_time(local("2027-06-01T00:00"))
    last_day = local("2027-06-30T23:00")
    assert isinstance(customer.ask(last_day), Ticket)
    held = customer.held(local("2027-07-01T00:00"))
    assert held.decision_value().reasons[0].code is Code.PLAN_ENDED


def test_a_change_of_plan_binds_at_the_term_s_end_and_takes_nothing_away(now, pass_time):
    customer = make_customer(now=now, cases=4)
    small = make_version(cases=2, rank=3)
    change_plan(subscription=customer.subscription, version=small, now=local("2026-07-31T22:00"))
    assert meter(customer, local("2026-07-31T22:30")).left == 4
    august = local("2026-08-01T00:00")
    pass_time(august)
    customer.subscription.refresh_from_db()
    assert customer.subscription.status == "replaced"
    assert (meter(customer, august).left, meter(customer, august).rank) == (2, 3)


def test_an_upgrade_on_the_last_day_gives_no_cases_before_its_term(now):
    customer = make_customer(now=now, cases=1)
    customer.ticket(now)
    change_plan(
        subscription=customer.subscription,
        version=make_version(cases=50, rank=1),
        now=local("2026-07-31T20:00"),
    )
    assert isinstance(customer.ask(local("2026-07-31T20:01")), HeldRequest)


def test_buying_and_cancelling_gives_no_second_allotment_for_one_month(now):
    customer = make_customer(now=now, cases=2)
    customer.ticket(now)
    customer.ticket(now)
    give_notice(subscription=customer.subscription, now=now)
    with pytest.raises(Refused) as refused:
        subscribe(
            organization=customer.organization, licence=customer.licence, version=customer.version, now=now
        )
    assert refused.value.code is RefusalCode.ALREADY_SUBSCRIBED
    assert isinstance(customer.ask(now), HeldRequest)


def test_the_plan_can_be_contracted_again_later_with_a_new_anchor_and_no_grants_for_the_gap(now, pass_time):
    customer = make_customer(now=now)
    give_notice(subscription=customer.subscription, now=now)
    pass_time(local("2026-11-15T00:00"))
    subscribe(
        organization=customer.organization,
        licence=customer.licence,
        version=customer.version,
        now=local("2026-11-15T10:00"),
    )
    assert list(Grant.objects.order_by("start").values_list("start", flat=True)) == [
        now,
        local("2026-11-15T10:00"),
    ]


def test_a_contract_waits_for_confirmation_and_runs_from_then(now):
    customer = make_customer(now=now, activate=False)
    held = customer.held(now)
    assert held.decision_value().reasons[0].code is Code.AWAITING_ACTIVATION
    later = now + timedelta(days=3)
    activate(subscription=customer.subscription, now=later)
    assert isinstance(customer.ask(later), Ticket)
    assert meter(customer, later).until == local("2026-08-04T00:00")


def pack(customer, now, cases=1, key="1"):
    return packs.add_pack(
        organization=customer.organization,
        licence=customer.licence,
        subscription=customer.subscription,
        cases=cases,
        key=key,
        now=now,
    )


def test_row_26_a_pack_lasts_for_the_running_period_by_default(now):
    customer = make_customer(now=now, cases=1)
    grant = Grant.objects.get(pk=pack(customer, local("2026-07-30T10:00")))
    assert grant.end == local("2026-08-01T00:00")
    assert grant.rank == customer.version.rank


@pytest.mark.parametrize(
    ("setting", "ends"),
    [({"pack_validity": "days"}, "2026-08-30T00:00"), ({"pack_validity": "next_period"}, "2026-09-01T00:00")],
)
def test_row_26_or_for_thirty_days_or_into_the_next_period_by_setting(now, setting, ends):
    publish(**setting)
    customer = make_customer(now=now, cases=1)
    assert Grant.objects.get(pk=pack(customer, local("2026-07-30T10:00"))).end == local(ends)


def test_row_26_it_is_confirmed_once_and_returned_undrawn_within_a_day(now):
    customer = make_customer(now=now, cases=1)
    grant_id = pack(customer, now)
    assert pack(customer, now + timedelta(minutes=5)) == grant_id
    packs.return_pack(grant_id=grant_id, now=now + timedelta(hours=23))
    assert meter(customer, now + timedelta(hours=23)).left == 1
    with pytest.raises(Refused):
        packs.return_pack(grant_id=grant_id, now=now + timedelta(hours=23))


def test_row_26_drawn_or_older_than_a_day_it_stays(now):
    customer = make_customer(now=now, cases=1)
    drawn = pack(customer, now)
    customer.ticket(now)
    customer.ticket(now)
    with pytest.raises(Refused) as refused:
        packs.return_pack(grant_id=drawn, now=now)
    assert refused.value.code is RefusalCode.PACK_USED
    old = pack(customer, now, key="2")
    with pytest.raises(Refused):
        packs.return_pack(grant_id=old, now=now + timedelta(hours=24, seconds=1))


def test_row_26_it_needs_a_plan_unless_packs_are_sold_alone(now):
    customer = make_customer(now=now, plan=False)
    with pytest.raises(Refused) as refused:
        pack(customer, now)
    assert refused.value.code is RefusalCode.PACK_NEEDS_PLAN
    publish(sell_packs_without_plan=True)
    pack(customer, now)
    assert isinstance(customer.ask(now), Ticket)


def test_row_26_it_outlives_the_cancellation_of_the_plan_until_its_own_expiry(now, pass_time):
    publish(pack_validity="days")
    customer = make_customer(now=now, cases=1)
    pack(customer, local("2026-07-20T09:00"))
    give_notice(subscription=customer.subscription, now=local("2026-07-20T10:00"))
    pass_time(local("2026-08-01T00:00"))
    assert isinstance(customer.ask(local("2026-08-10T09:00")), Ticket)
    assert isinstance(customer.ask(local("2026-08-20T09:00")), HeldRequest)
