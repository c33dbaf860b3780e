"""Contracts through time: rows 19 to 31, 35, 37, 51."""

from datetime import timedelta

import pytest

from stories.conftest import local
from vigente.billing.models import Grant, MissedTerm, Subscription
from vigente.billing.queries import meter_of, price_of
from vigente.billing.services import packs
from vigente.billing.services.licences import register_licence, set_hosting
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
    COVERED_WORK,
    make_customer,
    make_edition,
    make_licence,
    make_version,
    publish,
)
from vigente.rules.coverage import Outcome
from vigente.rules.reasons import Code
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services.work import rerank

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


@pytest.mark.parametrize(
    ("edition", "hosting", "discount"),
    [
        ("WEB", "vendor_cloud", 84_000),
        ("WEB", "customer", 0),
        ("LOCAL", "customer", 0),
        ("LOCAL", "vendor_cloud", 0),
    ],
)
def test_row_27_web_in_our_cloud_is_forty_percent_off_and_nothing_else_is(now, edition, hosting, discount):
    customer = make_customer(now=now, edition=edition, hosting=hosting)
    cost = price_of(
        version=customer.version, licence=customer.licence, organization=customer.organization, now=now
    )
    assert (cost.list_minor, cost.discount_minor, cost.total_minor) == (210_000, discount, 210_000 - discount)


def test_row_27_an_organization_wide_plan_qualifies_only_if_all_its_licences_do(now):
    customer = make_customer(now=now, hosting="vendor_cloud", plan=False)
    version = make_version()

    def cost():
        return price_of(
            version=version, licence=None, organization=customer.organization, now=now
        ).discount_minor

    assert cost() == 84_000
    make_licence(customer.organization, hosting="customer")
    assert cost() == 0


def test_row_27_hosting_is_set_by_staff_never_by_the_customer(now, agent):
    customer = make_customer(now=now)
    with pytest.raises(Refused):
        set_hosting(licence=customer.licence, hosting="vendor_cloud", now=now, actor=customer.manager)
    set_hosting(licence=customer.licence, hosting="vendor_cloud", now=now, actor=agent)
    customer.licence.refresh_from_db()
    assert customer.licence.hosting == "vendor_cloud"


def test_row_28_each_licence_has_its_own_plan_and_never_pays_for_the_other(now):
    customer = make_customer(now=now, cases=1)
    local_licence = make_licence(customer.organization, edition="LOCAL")
    held = customer.held(now, licence=local_licence)
    assert [r.code for r in held.decision_value().reasons] == [Code.NO_PLAN, Code.OTHER_LICENCE_COVERED]
    subscribe(
        organization=customer.organization,
        licence=local_licence,
        version=make_version(cases=1, edition=make_edition("LOCAL")),
        now=now,
    )
    customer.ticket(now, licence=local_licence)
    assert meter(customer, now).left == 1
    assert isinstance(customer.ask(now, licence=local_licence), HeldRequest)


def test_row_28_a_plan_of_another_edition_cannot_be_contracted(now):
    customer = make_customer(now=now, plan=False)
    with pytest.raises(Refused) as refused:
        subscribe(
            organization=customer.organization,
            licence=customer.licence,
            version=make_version(edition=make_edition("LOCAL")),
            now=now,
        )
    assert refused.value.code is RefusalCode.WRONG_EDITION


def legacy(customer, now, ends):
    return subscribe(
        organization=customer.organization,
        licence=customer.licence,
        version=make_version(cases=None, rank=1, is_public=False, sold_until=now - timedelta(days=30)),
        source="legacy",
        anchor=now,
        ends_at=ends,
        now=now,
    )


def test_row_29_a_legacy_plan_keeps_its_terms_until_its_own_expiry_then_the_new_one_pays(now, pass_time):
    customer = make_customer(now=now, cases=2, rank=3)
    legacy(customer, now, local("2026-09-10T00:00"))
    ticket = customer.ticket(now)
    assert Grant.objects.get(entries__source=ticket.draw_source).source == "legacy"
    assert ticket.rank == 1
    pass_time(local("2026-09-10T00:00"))
    ticket = customer.ticket(local("2026-09-10T00:00"))
    assert Grant.objects.get(entries__source=ticket.draw_source).source == "period"
    assert ticket.rank == 3


def test_row_29_an_upgrade_lifts_open_cases_and_a_downgrade_never_lowers_them(now, pass_time):
    customer = make_customer(now=now, rank=3)
    ticket = customer.ticket(now)
    better = make_version(cases=10, rank=1)
    change_plan(subscription=customer.subscription, version=better, now=now)
    pass_time(local("2026-08-01T00:00"))
    ticket.refresh_from_db()
    assert ticket.rank == 1
    second = Subscription.objects.get(status="active")
    change_plan(subscription=second, version=make_version(cases=1, rank=4), now=local("2026-08-02T00:00"))
    pass_time(local("2026-09-01T00:00"))
    rerank(organization=customer.organization, licence=None, now=local("2026-09-01T00:00"))
    ticket.refresh_from_db()
    assert ticket.rank == 1


def test_row_30_before_the_date_requests_are_accepted_without_a_plan_and_after_it_they_are_not(now):
    date = local("2026-07-15T00:00")
    publish(plans_required_from=date)
    customer = make_customer(now=now, plan=False)
    ticket = customer.ticket(date - timedelta(milliseconds=1))
    assert (ticket.decision_value().outcome, ticket.drawn) == (Outcome.EXEMPT, False)
    assert isinstance(customer.ask(date), HeldRequest)


def test_row_30_a_case_opened_before_stays_exempt_for_at_most_ninety_days(now):
    from vigente.tickets.models import Message
    from vigente.tickets.services.conversation import reply

    date = local("2026-07-15T00:00")
    publish(plans_required_from=date)
    customer = make_customer(now=now, plan=False)
    ticket = customer.ticket(now)

    def say(at):
        return reply(ticket=ticket, author=customer.manager, text="¿Y bien?", channel="web", now=at)

    assert isinstance(say(date + timedelta(days=89)), Message)
    assert isinstance(say(date + timedelta(days=90)), HeldRequest)


def test_row_31_a_web_licence_brings_its_minimum_plan_which_sleeps_while_a_bought_one_runs(now, pass_time):
    customer = make_customer(now=now, plan=False)
    minimum = make_version(cases=1, rank=4, price_minor=0, is_public=False)
    licence = register_licence(
        key="WEB-1",
        organization=customer.organization,
        edition=make_edition("WEB"),
        included_plan=minimum.plan,
        now=now,
    )
    included = Subscription.objects.get(source="included")
    assert customer.ticket(now, licence=licence).rank == 4
    july = local("2026-07-10T09:00")
    bought = subscribe(
        organization=customer.organization, licence=licence, version=make_version(cases=3, rank=2), now=july
    )
    included.refresh_from_db()
    assert included.asleep
    pass_time(local("2026-08-15T00:00"))
    give_notice(subscription=bought, now=local("2026-08-15T00:00"))
    pass_time(local("2026-09-10T00:00"))
    included.refresh_from_db()
    assert not included.asleep
    assert customer.ticket(local("2026-09-10T08:00"), licence=licence).rank == 4
    assert Grant.objects.filter(subscription=included).count() == 2


def test_row_35_periods_follow_the_local_calendar_whatever_daylight_saving_does(pass_time):
    publish(billing_zone="America/Santiago")
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    santiago = ZoneInfo("America/Santiago")
    anchor = datetime(2026, 3, 10, 12, tzinfo=santiago).astimezone(UTC)
    make_customer(now=anchor)
    pass_time(datetime(2026, 12, 31, tzinfo=santiago).astimezone(UTC))
    grants = list(Grant.objects.order_by("start"))
    for before, after in zip(grants, grants[1:], strict=False):
        assert before.end == after.start
        assert after.start.astimezone(santiago).strftime("%d %H:%M") == "10 00:00"


def test_row_35_a_clock_that_goes_backwards_changes_nothing(now, pass_time):
    customer = make_customer(now=now)
    pass_time(local("2026-08-01T00:00"))
    pass_time(now)
    customer.subscription.refresh_from_db()
    assert (customer.subscription.periods_opened, Grant.objects.count()) == (2, 2)


def test_row_37_an_organization_wide_plan_serves_any_licence_after_the_licence_s_own(now):
    customer = make_customer(now=now, cases=1)
    other = make_licence(customer.organization, edition="LOCAL")
    subscribe(organization=customer.organization, version=make_version(cases=2), now=now)
    first = customer.ticket(now)
    assert Grant.objects.get(entries__source=first.draw_source).licence_id == customer.licence.pk
    assert isinstance(customer.ask(now, licence=other), Ticket)
    assert isinstance(customer.ask(now), Ticket)
    assert isinstance(customer.ask(now), HeldRequest)


@pytest.mark.parametrize(
    ("anchor", "starts"),
    [
        ("2026-01-31T10:00", ["01-31", "02-28", "03-31", "04-30", "05-31"]),
        ("2028-02-29T10:00", ["02-29", "03-29", "04-29", "05-29", "06-29"]),
    ],
)
def test_row_51_the_anchor_day_is_kept(anchor, starts, pass_time):
    begins = local(anchor)
    make_customer(now=begins)
    pass_time(begins + timedelta(days=125))
    days = [
        grant.start.astimezone(local(anchor).astimezone().tzinfo) for grant in Grant.objects.order_by("start")
    ]
    from stories.conftest import ZONE

    assert [day.astimezone(ZONE).strftime("%m-%d") for day in days] == starts


def test_an_unlimited_plan_never_runs_out_and_still_records_its_draws(now):
    customer = make_customer(now=now, cases=None)
    for _ in range(12):
        customer.ticket(now)
    assert (meter(customer, now).left, meter(customer, now).used) == (None, 12)


def test_work_the_plan_does_not_cover_is_held_with_that_reason(now):
    customer = make_customer(
        now=now, version=make_version(cases=4, work=[w for w in COVERED_WORK if w != "question"])
    )
    held = customer.held(now, work="question")
    assert held.decision_value().reasons[0].code is Code.WORK_NOT_COVERED
