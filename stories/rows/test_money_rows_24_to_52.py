"""Rows 24, 31, 45 and 52 where money follows: coming back, what is included, requests at renewal, fiscal numbers."""

from datetime import datetime, timedelta

import pytest

from stories.rows.buying import PRICE, again, buyer, contracted, left, order, pay, the_books_hold
from vigente.billing.models import Grant, Invoice, Subscription
from vigente.billing.services.invoices import set_fiscal
from vigente.billing.services.subscriptions import give_notice
from vigente.factories import make_licence, make_version
from vigente.worker.clock import run_due
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db


def test_row_24_whoever_comes_back_pays_from_then_on_and_nothing_for_the_months_between(
    now: datetime,
) -> None:
    who = contracted(now)
    give_notice(subscription=again(who), now=now)
    back = now + timedelta(days=150)
    run_due(now=back)
    assert (again(who).status, Invoice.objects.count(), left(who, back)) == ("ended", 1, 0)
    anew = order(who, back, key="back")
    pay(who, back, PRICE, order=anew, key="back")
    anew.refresh_from_db()
    assert anew.subscription is not None
    assert (anew.subscription.anchor, Invoice.objects.count(), left(who, back)) == (back, 2, 4)
    assert Grant.objects.count() == 2
    the_books_hold(back)


def test_row_31_what_comes_with_the_licence_is_never_invoiced_and_sleeps_while_a_bought_plan_runs(
    now: datetime,
) -> None:
    who = buyer(now)
    who.licence = make_licence(who.organization, now=now, included_plan=make_version(cases=1, rank=4).plan)
    included = Subscription.objects.get(source="included")
    assert (included.status, left(who, now)) == ("active", 1)
    assert not Invoice.objects.exists()
    bought = order(who, now)
    pay(who, now, PRICE, order=bought)
    included.refresh_from_db()
    assert included.asleep
    give_notice(subscription=Subscription.objects.get(source="bought"), now=now)
    end = Subscription.objects.get(source="bought").ends_at
    assert end is not None
    run_due(now=end)
    included.refresh_from_db()
    assert (included.asleep, left(who, end)) == (False, 1)
    run_due(now=end + timedelta(days=70))
    assert [invoice.subscription_id for invoice in Invoice.objects.all()] == [bought.subscription_id]
    the_books_hold(end + timedelta(days=70))


def test_row_45_a_paid_renewal_asks_which_requests_still_matter_and_burns_nothing_by_itself(
    now: datetime,
) -> None:
    who = contracted(now, cases=1)
    who.ticket(now)
    pay(who, now, PRICE, key="ahead")
    renewal = again(who).next_due_at
    assert renewal is not None
    waits = who.held(renewal - timedelta(days=2))
    run_due(now=renewal)
    drain_all(now=renewal)
    waits.refresh_from_db()
    assert (again(who).status, waits.status, left(who, renewal)) == ("active", "choose", 1)
    the_books_hold(renewal)


def test_row_52_an_invoice_that_waits_for_its_fiscal_number_blocks_nothing(now: datetime, owner) -> None:
    who = contracted(now)
    invoice = Invoice.objects.get()
    set_fiscal(invoice=invoice, number="", actor=owner, now=now)
    assert (invoice.fiscal_status, left(who, now)) == ("pending", 4)
    who.ticket(now)
    code = invoice.code
    set_fiscal(invoice=invoice, number="001-001-01-00000042", actor=owner, now=now + timedelta(days=2))
    assert (invoice.fiscal_status, invoice.fiscal_number, invoice.code) == (
        "done",
        "001-001-01-00000042",
        code,
    )
    the_books_hold(now + timedelta(days=2))
