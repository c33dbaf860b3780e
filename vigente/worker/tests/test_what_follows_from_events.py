"""Held requests and open cases when coverage changes, as the worker makes it happen."""

from datetime import UTC, datetime, timedelta

import pytest

from vigente.billing.services.packs import add_pack
from vigente.billing.services.subscriptions import subscribe
from vigente.factories import make_customer, make_edition, make_version, publish
from vigente.tickets.models import HeldRequest, Ticket
from vigente.worker.advancing import live_through, settle
from vigente.worker.drain import drain_all

NOW = datetime(2026, 7, 10, 15, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)

pytestmark = pytest.mark.django_db


def test_a_plan_lets_in_what_waited_for_it():
    customer = make_customer(now=NOW, plan=False)
    held = customer.held(NOW)
    subscribe(
        organization=customer.organization,
        licence=customer.licence,
        version=make_version(edition=make_edition("WEB")),
        now=SOON,
    )
    drain_all(now=SOON)
    held.refresh_from_db()
    assert held.status == HeldRequest.Status.RELEASED
    assert held.ticket.drawn


def test_a_pack_lets_in_as_many_as_it_pays_for_oldest_first():
    customer = make_customer(now=NOW, cases=1)
    customer.ticket(NOW)
    waiting = [customer.held(NOW + timedelta(minutes=minute)) for minute in (1, 2)]
    add_pack(
        organization=customer.organization,
        licence=customer.licence,
        subscription=customer.subscription,
        cases=1,
        key="1",
        now=SOON,
    )
    drain_all(now=SOON)
    for held in waiting:
        held.refresh_from_db()
    assert [held.status for held in waiting] == ["released", "waiting"]


def test_row_45_a_renewal_asks_which_requests_still_matter():
    customer = make_customer(now=NOW, cases=1)
    customer.ticket(NOW)
    almost = datetime(2026, 8, 9, 12, tzinfo=UTC)
    held = customer.held(almost)
    live_through(almost, almost + timedelta(days=2))
    held.refresh_from_db()
    assert held.status == HeldRequest.Status.CHOOSE
    assert Ticket.objects.count() == 1


def test_row_29_a_better_plan_lifts_the_open_cases():
    customer = make_customer(now=NOW, rank=3, auto_renew=False)
    ticket = customer.ticket(NOW)
    subscribe(
        organization=customer.organization,
        version=make_version(rank=1, edition=make_edition("WEB")),
        now=SOON,
    )
    drain_all(now=SOON)
    ticket.refresh_from_db()
    assert ticket.rank == 1


def test_a_new_rulebook_stamps_the_line_anew_on_its_date():
    customer = make_customer(now=NOW)
    ticket = customer.ticket(NOW)
    publish(now=NOW + timedelta(days=1), order="fair")
    settle(now=NOW + timedelta(hours=1))
    before = ticket.place_group
    live_through(NOW + timedelta(hours=1), NOW + timedelta(days=2))
    ticket.refresh_from_db()
    assert before > 0
    assert ticket.place_group == 0
