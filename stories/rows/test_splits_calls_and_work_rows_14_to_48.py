"""Splits, calls, and what kind of work a case is: rows 14 to 18, 36, 44, 47, 48."""

from datetime import timedelta

import pytest

from vigente.billing.models import Grant, LedgerEntry
from vigente.billing.queries import meter_of
from vigente.events.models import Event
from vigente.factories import (
    join,
    make_customer,
    make_licence,
    make_organization,
    make_user,
    make_version,
)
from vigente.rules.coverage import Outcome
from vigente.rules.reasons import Code, Release
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import (
    DrawDispute,
    HeldRequest,
    SplitProposal,
    Ticket,
    TicketLink,
)
from vigente.tickets.services import (
    classification,
    conversation,
    disputes,
    merging,
)
from vigente.tickets.services import (
    held as held_services,
)
from vigente.tickets.services.submission import submit_request

pytestmark = pytest.mark.django_db


def left(customer, now):
    return meter_of(organization=customer.organization, licence=customer.licence, now=now).left


def test_row_14_a_split_draws_only_after_the_customer_agreed(now, agent):
    customer = make_customer(now=now)
    ticket = customer.ticket(now)
    message = conversation.reply(
        ticket=ticket, author=customer.manager, text="Otra: no imprime", channel="web", now=now
    )
    proposal = merging.propose_split(
        ticket=ticket, messages=[message], subject="No imprime", actor=agent, now=now
    )
    assert left(customer, now) == 3
    child = merging.answer_split(proposal=proposal, accepted=True, user=customer.manager, now=now)
    assert isinstance(child, Ticket)
    assert left(customer, now) == 2
    assert TicketLink.objects.filter(ticket=child, other=ticket, kind="split").exists()


def test_row_14_a_declined_split_changes_nothing(now, agent):
    customer = make_customer(now=now)
    ticket = customer.ticket(now)
    proposal = merging.propose_split(
        ticket=ticket, messages=ticket.messages.all(), subject="Otra", actor=agent, now=now
    )
    merging.answer_split(proposal=proposal, accepted=False, user=customer.manager, now=now)
    assert left(customer, now) == 3
    assert HeldRequest.objects.count() == 0


def test_row_14_five_days_of_silence_are_a_no_and_the_child_is_held(now, agent):
    customer = make_customer(now=now)
    ticket = customer.ticket(now)
    merging.propose_split(ticket=ticket, messages=ticket.messages.all(), subject="Otra", actor=agent, now=now)
    merging.expire_splits(now=now + timedelta(days=5) - timedelta(seconds=1))
    assert HeldRequest.objects.count() == 0
    merging.expire_splits(now=now + timedelta(days=5))
    merging.expire_splits(now=now + timedelta(days=6))
    held = HeldRequest.objects.get()
    assert held.decision_value().reasons[0].code is Code.SPLIT_UNANSWERED
    assert left(customer, now) == 3
    held_services.release_covered(organization=customer.organization, now=now + timedelta(days=6))
    assert Ticket.objects.count() == 1
    assert SplitProposal.objects.get().status == "declined"


def test_row_14_a_split_that_is_no_new_problem_draws_nothing(now, agent):
    customer = make_customer(now=now)
    ticket = customer.ticket(now)
    message = conversation.reply(
        ticket=ticket, author=customer.manager, text="Y en caja", channel="web", now=now
    )
    merging.propose_split(
        ticket=ticket, messages=[message], subject="En caja", actor=agent, now=now, new_problem=False
    )
    assert Ticket.objects.count() == 2
    assert left(customer, now) == 3


def phone(customer, agent, now, **more):
    return submit_request(
        requester=customer.colleague,
        organization=customer.organization,
        licence=customer.licence,
        work_type=customer.work["error"],
        subject="Llamó: no abre",
        text="No abre el módulo.",
        channel="phone",
        key=f"phone:{now.isoformat()}:{len(more)}",
        opened_by=agent,
        now=now,
        **more,
    )


def test_row_15_an_agent_opens_for_a_customer_with_the_same_draw_and_they_may_dispute_it(
    now, agent, supervisor
):
    customer = make_customer(now=now)
    ticket = phone(customer, agent, now)
    assert isinstance(ticket, Ticket)
    assert left(customer, now) == 3
    assert Event.objects.filter(kind="ticket.opened_for_customer").count() == 1
    disputes.dispute(ticket=ticket, user=customer.colleague, text="Yo no llamé", now=now + timedelta(days=4))
    with pytest.raises(Refused) as refused:
        disputes.decide_dispute(ticket=ticket, upheld=True, actor=agent, now=now + timedelta(days=4))
    assert refused.value.code is RefusalCode.SECOND_PERSON
    disputes.decide_dispute(ticket=ticket, upheld=True, actor=supervisor, now=now + timedelta(days=4))
    assert left(customer, now) == 4


def test_row_15_after_five_days_it_is_too_late_to_dispute(now, agent):
    customer = make_customer(now=now)
    ticket = phone(customer, agent, now)
    with pytest.raises(Refused) as refused:
        disputes.dispute(ticket=ticket, user=customer.colleague, text="No", now=now + timedelta(days=5))
    assert refused.value.code is RefusalCode.TOO_LATE
    assert DrawDispute.objects.get().status == "possible"


def test_row_15_a_supervisor_lets_it_in_by_goodwill_that_is_drawn_at_once_and_an_agent_cannot(
    now, agent, supervisor
):
    customer = make_customer(now=now, plan=False)
    with pytest.raises(Refused) as refused:
        phone(customer, agent, now, override_reason="Es cliente de años")
    assert refused.value.code is RefusalCode.SUPERVISOR_ONLY
    assert (Ticket.objects.count(), HeldRequest.objects.count(), Grant.objects.count()) == (0, 0, 0)
    ticket = phone(customer, supervisor, now, override_reason="Es cliente de años")
    grant = Grant.objects.get()
    assert (grant.source, grant.granted, grant.remaining) == ("goodwill", 1, 0)
    codes = [reason.code for reason in ticket.decision_value().reasons]
    assert codes == [Code.STAFF_OVERRIDE, Code.GOODWILL_PAYS]


def test_row_16_our_own_bug_releases_the_draw(now, agent):
    customer = make_customer(now=now)
    ticket = customer.ticket(now)
    classification.release(
        ticket=ticket, reason=Release.VENDOR_FAULT, actor=agent, now=now, note="Error 1062"
    )
    ticket.refresh_from_db()
    assert (left(customer, now), ticket.vendor_fault, ticket.status) == (4, True, "new")


def test_row_18_nobody_we_know_is_held_without_saying_whether_the_organization_exists(now):
    customer = make_customer(now=now)
    held = submit_request(
        requester=None,
        email="Alguien@otra.test",
        organization=None,
        licence=None,
        work_type=customer.work["error"],
        subject="Ayuda",
        text="No abre",
        channel="email",
        key="mail:1",
        now=now,
    )
    assert isinstance(held, HeldRequest)
    assert [reason.code for reason in held.decision_value().reasons] == [Code.REQUESTER_UNKNOWN]
    assert held.organization is None


def test_a_merge_never_joins_two_organizations(now, agent):
    one, other = make_customer(now=now), make_customer(now=now)
    with pytest.raises(Refused) as refused:
        merging.merge(ticket=one.ticket(now), into=other.ticket(now), actor=agent, now=now)
    assert refused.value.code is RefusalCode.OTHER_ORGANIZATION


def test_a_merge_cannot_hide_a_draw_behind_a_case_that_draws_nothing(now, agent):
    customer = make_customer(now=now)
    free = customer.ticket(now, work="outage")
    with pytest.raises(Refused) as refused:
        merging.merge(ticket=customer.ticket(now), into=free, actor=agent, now=now)
    assert refused.value.code is RefusalCode.MERGE_HIDES_DRAW
    assert left(customer, now) == 3


def test_somebody_of_another_company_cannot_file_in_this_one(now):
    customer, other = make_customer(now=now), make_customer(now=now)
    with pytest.raises(Refused) as refused:
        customer.ask(now, user=other.manager)
    assert refused.value.code is RefusalCode.NOT_YOURS
    clerk = make_user("Carlos")
    join(clerk, make_organization())
    with pytest.raises(Refused):
        customer.ask(now, user=clerk)
    stranger_licence = make_licence(other.organization)
    with pytest.raises(Refused):
        customer.ask(now, licence=stranger_licence)
    assert left(customer, now) == 4


def test_row_36_something_new_is_always_welcome_and_draws_nothing(now):
    customer = make_customer(now=now, plan=False)
    ticket = customer.ticket(now, work="development")
    assert (ticket.queue, ticket.drawn, ticket.decision_value().outcome) == (
        "quotation",
        False,
        Outcome.QUOTATION,
    )


def test_row_36_getting_in_free_as_something_new_is_decided_as_a_new_request(now, agent):
    uncovered = make_customer(now=now, plan=False)
    result = classification.classify(
        ticket=uncovered.ticket(now, work="development"),
        work_type=uncovered.work["error"],
        actor=agent,
        now=now,
    )
    assert isinstance(result, HeldRequest)
    assert Ticket.objects.get().status == "closed"
    covered = make_customer(now=now)
    result = classification.classify(
        ticket=covered.ticket(now, work="development"), work_type=covered.work["error"], actor=agent, now=now
    )
    assert isinstance(result, Ticket)
    assert left(covered, now) == 3


def test_row_44_an_outage_is_accepted_whatever_the_coverage_and_misuse_is_reclassified(now, agent):
    customer = make_customer(now=now, plan=False)
    ticket = customer.ticket(now, work="outage")
    assert (ticket.drawn, ticket.decision_value().outcome) == (False, Outcome.FREE)
    result = classification.classify(ticket=ticket, work_type=customer.work["question"], actor=agent, now=now)
    assert isinstance(result, HeldRequest)


def test_row_47_a_case_on_the_wrong_licence_is_released_and_drawn_on_the_right_one_or_not_at_all(now, agent):
    from vigente.billing.services.subscriptions import subscribe

    customer = make_customer(now=now, cases=2)
    right = make_licence(customer.organization)
    ticket = customer.ticket(now)
    with pytest.raises(Refused) as refused:
        classification.move_licence(ticket=ticket, licence=right, actor=agent, now=now)
    assert refused.value.code is RefusalCode.NOT_ENOUGH
    assert left(customer, now) == 1
    ticket.refresh_from_db()
    assert (ticket.licence_id, ticket.drawn) == (customer.licence.pk, True)
    subscribe(organization=customer.organization, licence=right, version=make_version(cases=1), now=now)
    classification.move_licence(ticket=ticket, licence=right, actor=agent, now=now)
    ticket.refresh_from_db()
    assert (ticket.licence_id, ticket.drawn, ticket.draw) == (right.pk, True, 2)
    assert left(customer, now) == 2


def test_row_48_work_that_weighs_two_draws_two_or_nothing(now):
    customer = make_customer(now=now, cases=3)
    ticket = customer.ticket(now, work="guided_session")
    assert LedgerEntry.objects.get(source=ticket.draw_source).cases == 2
    held = customer.held(now, work="guided_session")
    assert held.decision_value().reasons[0].code is Code.NOT_ENOUGH_UNITS
    assert left(customer, now) == 1
