"""Limits, held requests and who may spend: rows 39 to 50."""

from datetime import timedelta

import pytest

from stories.conftest import local
from vigente.accounts.models import Organization
from vigente.billing.models import Grant, LedgerEntry
from vigente.billing.queries import favours_left, meter_of
from vigente.billing.services.organizations import block, unblock
from vigente.events.models import Event
from vigente.factories import make_customer, make_policy, make_version, publish
from vigente.rules.reasons import Code, Release
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import HeldRequest, Message, Ticket
from vigente.tickets.queries import preview
from vigente.tickets.services import classification, conversation, work
from vigente.tickets.services import held as held_services

pytestmark = pytest.mark.django_db


def left(customer, now):
    return meter_of(organization=customer.organization, licence=customer.licence, now=now).left


def test_row_39_favours_count_against_a_monthly_limit_beyond_which_a_supervisor_decides(
    now, agent, supervisor
):
    publish(favour_limits={"agent": 1, "supervisor": None, "owner": None})
    customer = make_customer(now=now)
    first, second = customer.ticket(now), customer.ticket(now)
    classification.release(ticket=first, reason=Release.VENDOR_FAULT, actor=agent, now=now, note="Nuestro")
    assert favours_left(agent, now=now) == 0
    with pytest.raises(Refused) as refused:
        classification.release(
            ticket=second, reason=Release.VENDOR_FAULT, actor=agent, now=now, note="También"
        )
    assert refused.value.code is RefusalCode.FAVOUR_LIMIT
    second.refresh_from_db()
    assert (second.drawn, left(customer, now)) == (True, 3)
    classification.release(
        ticket=second, reason=Release.VENDOR_FAULT, actor=supervisor, now=now, note="También"
    )
    assert left(customer, now) == 4
    august = local("2026-08-01T00:00")
    assert favours_left(agent, now=august) == 1


def test_row_39_a_favour_needs_a_reason(now, agent):
    customer = make_customer(now=now)
    with pytest.raises(Refused) as refused:
        classification.release(ticket=customer.ticket(now), reason=Release.VENDOR_FAULT, actor=agent, now=now)
    assert refused.value.code is RefusalCode.NEEDS_REASON


def test_row_40_from_a_blocked_organization_nothing_new_is_accepted_and_grants_keep_their_dates(
    now, agent, supervisor, pass_time
):
    customer = make_customer(now=now)
    ticket = customer.ticket(now)
    with pytest.raises(Refused):
        block(organization=customer.organization, reason="Fraude", now=now, actor=agent)
    block(organization=customer.organization, reason="Fraude", now=now, actor=supervisor)
    held = customer.held(now, work="outage")
    assert [r.code for r in held.decision_value().reasons] == [Code.ORGANIZATION_BLOCKED]
    answer = conversation.reply(ticket=ticket, author=customer.manager, text="¿?", channel="web", now=now)
    assert isinstance(answer, Message)
    pass_time(local("2026-09-15T00:00"))
    assert Grant.objects.count() == 1
    unblock(organization=Organization.objects.get(), now=local("2026-09-15T00:00"), actor=supervisor)
    pass_time(local("2026-09-15T00:01"))
    assert Grant.objects.count() == 3


def test_row_41_a_request_not_covered_in_time_is_closed_and_its_text_goes_after_the_retention(now, pass_time):
    customer = make_customer(now=now, plan=False)
    held = customer.held(now)
    pass_time(now + timedelta(days=14) - timedelta(seconds=1))
    held.refresh_from_db()
    assert held.status == "waiting"
    pass_time(now + timedelta(days=14))
    held.refresh_from_db()
    assert (held.status, bool(held.text)) == ("expired", True)
    assert Event.objects.filter(kind="held.expired").count() == 1
    pass_time(now + timedelta(days=14 + 90))
    held.refresh_from_db()
    assert (held.text, held.html, held.subject != "") == ("", "", True)


def test_row_41_an_expired_one_can_be_recovered_while_its_text_is_there(now, pass_time):
    from vigente.billing.services.subscriptions import subscribe

    customer = make_customer(now=now, plan=False)
    held = customer.held(now)
    pass_time(now + timedelta(days=15))
    later = now + timedelta(days=20)
    subscribe(organization=customer.organization, licence=customer.licence, version=make_version(), now=later)
    result = held_services.complete(
        held=held,
        user=customer.manager,
        organization=customer.organization,
        licence=customer.licence,
        work_type=customer.work["error"],
        now=later,
    )
    assert isinstance(result, Ticket)
    assert result.messages.get().text == held.text


def test_row_42_the_promise_counts_from_acceptance_and_is_the_one_shown_before(now, pass_time):
    from vigente.billing.services.subscriptions import subscribe

    customer = make_customer(now=now, plan=False)
    held = customer.held(now)
    version = make_version(sla_policy=make_policy(120))
    friday = local("2026-07-03T16:30")
    subscribe(organization=customer.organization, licence=customer.licence, version=version, now=friday)
    pass_time(friday)
    held.refresh_from_db()
    assert held.ticket is not None
    assert held.ticket.first_reply_due_at == local("2026-07-04T09:30")
    shown = preview(
        user=customer.manager,
        organization=customer.organization,
        licence=customer.licence,
        work_type=customer.work["error"],
        now=friday,
    ).promise
    assert customer.ticket(friday).first_reply_due_at == shown


def test_row_43_what_was_bought_keeps_its_rules_to_the_end_of_the_running_period(now):
    from vigente.billing.services.subscriptions import notice_preview

    publish(notice_days=0)
    customer = make_customer(now=now)
    publish(now=now + timedelta(days=3), notice_days=10)
    kept = notice_preview(subscription=customer.subscription, now=local("2026-07-30T00:00"))
    assert kept.on_time
    bound = notice_preview(subscription=customer.subscription, now=local("2026-08-25T00:00"))
    assert not bound.on_time


def test_row_43_how_we_work_changes_for_all_on_the_date(now):
    customer = make_customer(now=now)
    publish(now=now + timedelta(days=3), draw_by="named")
    customer.organization.memberships.update(may_draw=False)
    assert isinstance(customer.ask(now, user=customer.colleague), Ticket)
    held = customer.ask(now + timedelta(days=3), user=customer.colleague)
    assert isinstance(held, HeldRequest)
    assert held.decision_value().reasons[0].code is Code.DRAW_NOT_ALLOWED


def test_row_45_a_renewal_does_not_let_waiting_requests_burn_the_new_allotment(now, pass_time):
    customer = make_customer(now=now, cases=2)
    customer.ticket(now)
    customer.ticket(now)
    older, newer = (customer.held(local(f"2026-07-2{day}T09:00")) for day in (5, 6))
    august = local("2026-08-01T00:00")
    pass_time(august)
    assert {h.status for h in HeldRequest.objects.all()} == {"choose"}
    assert left(customer, august) == 2
    result = held_services.choose(held=[newer, older], user=customer.manager, now=august)
    assert [r.subject for r in result] == [older.subject, newer.subject]
    assert left(customer, august) == 0


def test_held_requests_are_let_in_oldest_first_the_moment_coverage_appears(now, pass_time):
    from vigente.billing.services.packs import add_pack

    customer = make_customer(now=now, cases=1)
    customer.ticket(now)
    older, newer = customer.held(now + timedelta(hours=1)), customer.held(now + timedelta(hours=2))
    later = now + timedelta(hours=3)
    add_pack(
        organization=customer.organization,
        licence=customer.licence,
        subscription=customer.subscription,
        cases=1,
        key="p",
        now=later,
    )
    pass_time(later)
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.status, newer.status) == ("released", "waiting")
    assert older.ticket.accepted_at == later


def test_row_46_a_manager_approves_each_case_beyond_the_limit_with_one_click(now):
    publish(draw_by="approve")
    customer = make_customer(now=now, cases=3)
    Organization.objects.update(approve_beyond=1)
    customer.organization.refresh_from_db()
    assert isinstance(customer.ask(now, user=customer.colleague), Ticket)
    held = customer.ask(now, user=customer.colleague)
    assert (held.status, held.decision_value().reasons[0].code) == ("approval", Code.NEEDS_APPROVAL)
    with pytest.raises(Refused) as refused:
        held_services.approve(held=held, user=customer.colleague, now=now)
    assert refused.value.code is RefusalCode.MANAGER_ONLY
    assert isinstance(held_services.approve(held=held, user=customer.manager, now=now), Ticket)
    assert LedgerEntry.objects.filter(kind="draw").count() == 2
    refused_one = customer.ask(now, user=customer.colleague)
    held_services.refuse_approval(held=refused_one, user=customer.manager, now=now)
    refused_one.refresh_from_db()
    assert (refused_one.status, left(customer, now)) == ("withdrawn", 1)


def test_row_46_named_people_may_spend_and_others_may_not(now):
    customer = make_customer(now=now)
    Organization.objects.update(draw_by="named")
    customer.organization.refresh_from_db()
    customer.organization.memberships.filter(user=customer.colleague).update(may_draw=False)
    assert isinstance(customer.ask(now, user=customer.colleague), HeldRequest)
    assert isinstance(customer.ask(now, user=customer.manager), Ticket)


def test_row_50_staff_answer_a_held_request_with_a_link_or_an_override_and_nothing_more(
    now, agent, supervisor
):
    customer = make_customer(now=now, plan=False)
    held = customer.held(now)
    held_services.answer(held=held, actor=agent, text="Vea https://ayuda.test/kardex", now=now)
    assert (Ticket.objects.count(), HeldRequest.objects.get().status) == (0, "waiting")
    with pytest.raises(Refused):
        held_services.override(held=held, actor=agent, reason="Urge", now=now)
    ticket = held_services.override(held=held, actor=supervisor, reason="Urge", now=now)
    assert ticket.requester == customer.manager
    assert Grant.objects.get().remaining == 0


def test_row_30_severity_is_raised_by_agents_only_and_stays_inside_the_rank(now, agent):
    high = make_customer(now=now, rank=1)
    low = make_customer(now=now, rank=3)
    first, second = high.ticket(now), low.ticket(now)
    with pytest.raises(Refused):
        work.set_severity(ticket=second, severity=2, actor=low.manager, now=now)
    work.set_severity(ticket=second, severity=2, actor=agent, now=now)
    assert list(Ticket.objects.in_line()) == [first, second]
