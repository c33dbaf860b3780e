"""Asking for help: rows 1 to 6 of the plan rules."""

import pytest

from stories.conftest import local
from vigente.billing.models import Grant, LedgerEntry
from vigente.billing.queries import meter_of, offers_for
from vigente.factories import make_customer, make_policy, make_version
from vigente.rules.coverage import Outcome
from vigente.rules.reasons import Code
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.queries import preview

pytestmark = pytest.mark.django_db


def test_row_01_before_writing_a_covered_customer_sees_plan_left_expiry_promise_and_place(now):
    version = make_version(cases=4, name="Tienda", sla_policy=make_policy(120))
    customer = make_customer(now=now, version=version)
    customer.ticket(now)
    seen = preview(
        user=customer.manager,
        organization=customer.organization,
        licence=customer.licence,
        work_type=customer.work["error"],
        now=now,
    )
    assert seen.decision.outcome is Outcome.COVERED
    assert (seen.decision.left, seen.decision.units) == (2, 1)
    assert seen.decision.until == local("2026-08-01T00:00")
    assert seen.meter is not None
    assert (seen.meter.plan, seen.meter.used, seen.meter.left) == ("Tienda", 1, 3)
    assert seen.promise == local("2026-07-01T11:00")
    assert seen.place == (2, 2)


def test_row_02_without_a_plan_the_text_is_held_whole_and_plans_of_their_edition_are_offered_with_the_discount(
    now,
):
    customer = make_customer(now=now, plan=False, hosting="vendor_cloud")
    make_version(name="Básico", price_minor=120_000)
    make_version(name="Local", edition=None, plan=None)
    held = customer.held(now, text="Ayer trasladamos 40 cajas.\nFaltan 3.")
    assert Ticket.objects.count() == 0
    assert held.text == "Ayer trasladamos 40 cajas.\nFaltan 3."
    assert held.decision_value().reasons[0].code is Code.NO_PLAN
    offers = offers_for(
        organization=customer.organization, licence=customer.licence, decision=held.decision_value(), now=now
    )
    assert offers[0].version.plan.name == "Básico"
    assert (offers[0].kind, offers[0].price.list_minor, offers[0].price.total_minor) == (
        "plan",
        120_000,
        72_000,
    )


def test_row_02_plans_of_another_edition_are_never_offered(now):
    from vigente.factories import make_edition

    customer = make_customer(now=now, plan=False)
    make_version(name="Solo local", edition=make_edition("LOCAL"))
    held = customer.held(now)
    offers = offers_for(
        organization=customer.organization, licence=customer.licence, decision=held.decision_value(), now=now
    )
    assert offers == []


def test_row_03_without_cases_left_it_is_held_and_a_pack_and_the_next_plan_up_are_offered(now):
    customer = make_customer(now=now, cases=1)
    bigger = make_version(name="Empresa", cases=10, price_minor=440_000, rank=1)
    customer.ticket(now)
    held = customer.held(now)
    reason = held.decision_value().reasons[0]
    assert reason.code is Code.NO_CASES_LEFT
    assert reason.params["renews"] == local("2026-08-01T00:00").isoformat()
    offers = offers_for(
        organization=customer.organization, licence=customer.licence, decision=held.decision_value(), now=now
    )
    assert [(offer.kind, offer.version.pk) for offer in offers] == [
        ("pack", customer.version.pk),
        ("upgrade", bigger.pk),
    ]


def test_row_04_the_last_millisecond_of_the_last_day_draws_the_old_period(now, pass_time):
    customer = make_customer(now=now, cases=1)
    last = local("2026-07-31T23:59:59.999")
    ticket = customer.ticket(last)
    assert Grant.objects.get(entries__source=ticket.draw_source).period == 0
    midnight = local("2026-08-01T00:00")
    pass_time(midnight)
    ticket = customer.ticket(midnight)
    assert Grant.objects.get(entries__source=ticket.draw_source).period == 1


def test_row_04_a_request_at_midnight_is_covered_by_the_new_period_even_before_the_clock_ran(now):
    """The worker may be late; a customer who asks in that second must not be told that the plan is used up."""
    customer = make_customer(now=now, cases=1)
    customer.ticket(now)
    assert isinstance(customer.ask(local("2026-08-01T00:00:01")), Ticket)


def test_row_05_the_database_refuses_to_go_below_zero_whatever_the_code_does(now):
    from django.db import IntegrityError, transaction

    customer = make_customer(now=now, cases=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(organization=customer.organization).update(remaining=-1)


def test_row_05_entries_can_neither_be_changed_nor_deleted(now):
    from django.db import DatabaseError, transaction

    make_customer(now=now)
    for attempt in (
        lambda: LedgerEntry.objects.update(cases=99),
        lambda: LedgerEntry.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_row_06_the_same_submission_twice_is_one_case_and_one_draw(now):
    customer = make_customer(now=now)
    first = customer.ticket(now, key="once", subject="No imprime", text="Nada sale.")
    again = customer.ticket(now, key="once", subject="No imprime", text="Nada sale.")
    assert first.pk == again.pk
    assert LedgerEntry.objects.filter(kind="draw").count() == 1


def test_row_06_a_held_submission_sent_again_is_the_same_held_request(now):
    customer = make_customer(now=now, plan=False)
    first = customer.held(now, key="once", subject="No imprime", text="Nada sale.")
    assert customer.held(now, key="once", subject="No imprime", text="Nada sale.").pk == first.pk
    assert HeldRequest.objects.count() == 1


def test_row_06_the_same_key_for_something_else_is_refused_and_writes_nothing(now):
    customer = make_customer(now=now)
    customer.ticket(now, key="once", subject="No imprime", text="Nada sale.")
    with pytest.raises(Refused) as refused:
        customer.ask(now, key="once", subject="Otra cosa", text="Distinta.")
    assert refused.value.code is RefusalCode.SAME_KEY_OTHER_CONTENT
    assert Ticket.objects.count() == 1
    assert meter_of(organization=customer.organization, licence=customer.licence, now=now).used == 1
