"""What happens to a case after it was accepted: rows 8 to 13."""

from datetime import timedelta

import pytest

from stories.conftest import local
from vigente.billing.models import Grant, LedgerEntry
from vigente.billing.queries import balance_at, meter_of, statement
from vigente.factories import (
    make_customer,
    make_policy,
    make_version,
    publish,
)
from vigente.rules.reasons import Release
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import (
    HeldRequest,
    Message,
    Quotation,
    Ticket,
)
from vigente.tickets.services import (
    classification,
    conversation,
    merging,
    quotations,
    work,
)

pytestmark = pytest.mark.django_db


def left(customer, now):
    return meter_of(organization=customer.organization, licence=customer.licence, now=now).left


def test_row_08_a_reply_to_an_open_case_is_accepted_after_everything_expired(now, pass_time):
    customer = make_customer(now=now, auto_renew=False)
    ticket = customer.ticket(now)
    later = local("2027-03-01T09:00")
    pass_time(later)
    answer = conversation.reply(
        ticket=ticket, author=customer.manager, text="¿Alguna novedad?", channel="web", now=later
    )
    assert isinstance(answer, Message)
    assert LedgerEntry.objects.filter(kind="draw").count() == 1


def test_row_09_reopening_within_seven_working_days_is_the_same_case_without_a_new_draw(now, agent):
    customer = make_customer(now=now, version=make_version(cases=4, sla_policy=make_policy()))
    ticket = customer.ticket(now)
    work.solve(ticket=ticket, actor=agent, now=now)
    # Solved on Wednesday the 1st; working days follow on 2, 3, 4 (Saturday), 6, 7, 8, 9 July.
    answer = conversation.reply(
        ticket=Ticket.objects.get(),
        author=customer.manager,
        text="Sigue igual",
        channel="web",
        now=local("2026-07-09T16:00"),
    )
    assert isinstance(answer, Message)
    assert Ticket.objects.get().status == "open"
    assert left(customer, now) == 3


def test_row_09_an_automatic_close_starts_no_window(now, agent):
    customer = make_customer(now=now)
    ticket = customer.ticket(now)
    Ticket.objects.filter(pk=ticket.pk).update(status="solved", closed_by_person_at=None)
    work.close_silent(now=now + timedelta(days=30))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.closed_by_person_at) == ("closed", None)
    answer = conversation.reply(
        ticket=ticket, author=customer.manager, text="Sigue", channel="web", now=now + timedelta(days=60)
    )
    assert isinstance(answer, Message)


def test_row_10_a_reply_to_a_case_closed_longer_ago_is_a_new_case_linked_and_drawn(now, agent):
    customer = make_customer(now=now)
    ticket = customer.ticket(now)
    work.solve(ticket=ticket, actor=agent, now=now)
    later = now + timedelta(days=20)
    answer = conversation.reply(
        ticket=Ticket.objects.get(), author=customer.manager, text="Volvió a pasar", channel="web", now=later
    )
    assert isinstance(answer, Ticket)
    assert answer.follows_id == ticket.pk
    assert left(customer, later) == 2


def test_row_10_and_it_is_held_if_not_covered(now, agent):
    customer = make_customer(now=now, cases=1)
    ticket = customer.ticket(now)
    work.solve(ticket=ticket, actor=agent, now=now)
    answer = conversation.reply(
        ticket=Ticket.objects.get(),
        author=customer.manager,
        text="Otra vez",
        channel="web",
        now=now + timedelta(days=20),
    )
    assert isinstance(answer, HeldRequest)
    assert answer.follows_id == ticket.pk


def test_row_10_marked_as_the_same_problem_its_draw_is_released(now, agent):
    customer = make_customer(now=now)
    ticket = customer.ticket(now)
    work.solve(ticket=ticket, actor=agent, now=now)
    later = now + timedelta(days=20)
    follow_up = conversation.reply(
        ticket=Ticket.objects.get(), author=customer.manager, text="Igual", channel="web", now=later
    )
    classification.release(
        ticket=follow_up, reason=Release.SAME_PROBLEM, actor=agent, now=later, note="Mismo error"
    )
    assert left(customer, later) == 3


def test_row_11_development_releases_the_draw_and_moves_the_case_to_the_quotation_queue(now, agent):
    customer = make_customer(now=now)
    ticket = customer.ticket(now)
    classification.classify(ticket=ticket, work_type=customer.work["development"], actor=agent, now=now)
    ticket.refresh_from_db()
    assert (ticket.queue, ticket.drawn) == ("quotation", False)
    assert left(customer, now) == 4
    assert ticket.quotation.status == Quotation.Status.REQUESTED


def test_row_11_the_owner_quotes_and_the_customer_accepts_or_declines(now, agent, owner):
    customer = make_customer(now=now)
    ticket = customer.ticket(now, work="development")
    with pytest.raises(Refused):
        quotations.quote(
            ticket=ticket, amount_minor=500_000, currency="NIO", scope="Pantalla", actor=agent, now=now
        )
    quotations.quote(
        ticket=ticket, amount_minor=500_000, currency="NIO", scope="Pantalla", actor=owner, now=now
    )
    quotations.accept_quotation(ticket=ticket, user=customer.manager, now=now)
    assert Quotation.objects.get().status == Quotation.Status.ACCEPTED


def test_row_11_a_customer_may_object_once_and_a_second_person_decides(now, agent, supervisor):
    customer = make_customer(now=now)
    ticket = customer.ticket(now)
    classification.classify(ticket=ticket, work_type=customer.work["development"], actor=agent, now=now)
    quotations.object_to(ticket=ticket, user=customer.manager, text="Antes funcionaba", now=now)
    with pytest.raises(Refused) as refused:
        quotations.decide_objection(ticket=ticket, covered=True, actor=agent, now=now)
    assert refused.value.code is RefusalCode.SECOND_PERSON
    quotations.decide_objection(ticket=ticket, covered=False, actor=supervisor, now=now)
    with pytest.raises(Refused) as refused:
        quotations.object_to(ticket=ticket, user=customer.manager, text="Insisto", now=now)
    assert refused.value.code is RefusalCode.ONCE_ONLY


def test_row_11_an_objection_upheld_puts_the_case_back_in_line_and_draws(now, agent, supervisor):
    customer = make_customer(now=now)
    ticket = customer.ticket(now)
    classification.classify(ticket=ticket, work_type=customer.work["development"], actor=agent, now=now)
    quotations.object_to(ticket=ticket, user=customer.manager, text="Antes funcionaba", now=now)
    quotations.decide_objection(ticket=ticket, covered=True, actor=supervisor, now=now)
    ticket.refresh_from_db()
    assert (ticket.queue, ticket.drawn, ticket.work_type.code, ticket.draw) == ("support", True, "error", 2)
    assert left(customer, now) == 3


@pytest.mark.parametrize("reason", [Release.SPAM, Release.OPENED_BY_MISTAKE])
def test_row_12_spam_and_mistakes_release_the_draw_with_a_line_on_the_statement(now, agent, reason):
    customer = make_customer(now=now)
    ticket = customer.ticket(now)
    classification.release(ticket=ticket, reason=reason, actor=agent, now=now, note="No era un caso")
    assert left(customer, now) == 4
    line = statement(organization=customer.organization, now=now)[-1]
    assert (line.kind, line.cases, line.reason, line.ticket_number) == (
        "release",
        1,
        reason.value,
        ticket.number,
    )
    ticket.refresh_from_db()
    assert ticket.status == "closed"


def test_row_12_a_merge_releases_the_absorbed_draw_and_an_unmerge_decides_it_anew(now, agent):
    customer = make_customer(now=now, cases=2)
    kept, doubled = customer.ticket(now), customer.ticket(now)
    merging.merge(ticket=doubled, into=kept, actor=agent, now=now)
    assert left(customer, now) == 1
    merging.unmerge(ticket=doubled, actor=agent, now=now)
    doubled.refresh_from_db()
    assert (doubled.drawn, doubled.draw, doubled.status) == (True, 2, "open")
    assert left(customer, now) == 0


def test_row_12_an_unmerge_without_coverage_is_held(now, agent):
    customer = make_customer(now=now, cases=2)
    kept, doubled = customer.ticket(now), customer.ticket(now)
    merging.merge(ticket=doubled, into=kept, actor=agent, now=now)
    customer.ticket(now)
    result = merging.unmerge(ticket=doubled, actor=agent, now=now)
    assert isinstance(result, HeldRequest)
    assert left(customer, now) == 0


def test_row_13_a_release_after_expiry_is_net_zero_and_a_goodwill_case_takes_its_place(now, agent, pass_time):
    customer = make_customer(now=now, cases=4, auto_renew=False)
    ticket = customer.ticket(now)
    later = local("2026-08-20T09:00")
    pass_time(later)
    classification.release(
        ticket=ticket, reason=Release.VENDOR_FAULT, actor=agent, now=later, note="Error nuestro"
    )
    old = Grant.objects.get(source="period")
    assert (old.remaining, balance_at(grant_id=old.pk, at=later)) == (0, 0)
    goodwill = Grant.objects.get(source="goodwill")
    assert (goodwill.remaining, goodwill.rank) == (1, 2)
    assert goodwill.end >= later + timedelta(days=10)
    assert isinstance(customer.ask(later + timedelta(days=9)), Ticket)


def test_row_13_goodwill_comes_once_per_case(now, agent, supervisor, pass_time):
    customer = make_customer(now=now, auto_renew=False)
    ticket = customer.ticket(now)
    later = local("2026-08-20T09:00")
    classification.classify(ticket=ticket, work_type=customer.work["development"], actor=agent, now=later)
    quotations.object_to(ticket=ticket, user=customer.manager, text="No es nuevo", now=later)
    quotations.decide_objection(ticket=ticket, covered=True, actor=supervisor, now=later)
    after = later + timedelta(days=30)
    pass_time(after)
    classification.release(ticket=ticket, reason=Release.VENDOR_FAULT, actor=agent, now=after, note="Nuestro")
    assert Grant.objects.filter(source="goodwill").count() == 1


def test_row_13_by_setting_nothing_takes_its_place(now, agent):
    publish(goodwill_on_late_release=False)
    customer = make_customer(now=now, auto_renew=False)
    ticket = customer.ticket(now)
    classification.release(
        ticket=ticket, reason=Release.VENDOR_FAULT, actor=agent, now=local("2026-08-20T09:00"), note="Nuestro"
    )
    assert not Grant.objects.filter(source="goodwill").exists()
