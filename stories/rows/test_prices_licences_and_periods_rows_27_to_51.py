"""Prices, licences, earlier plans and the calendar: rows 27 to 31, 35, 37, 51."""

from datetime import timedelta

import pytest

from stories.conftest import local
from vigente.billing.models import Grant, Subscription
from vigente.billing.queries import meter_of, price_of
from vigente.billing.services.licences import register_licence, set_hosting
from vigente.billing.services.subscriptions import (
    change_plan,
    give_notice,
    subscribe,
)
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
