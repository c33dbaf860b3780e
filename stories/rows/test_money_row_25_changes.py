"""Row 25 meets row 23: no change of plan gets a customer past a term that is not paid."""

from datetime import datetime, timedelta

import pytest

from stories.rows.buying import PRICE, again, contracted, left, pay, the_books_hold
from vigente.billing.models import Invoice, Subscription
from vigente.billing.services import payments
from vigente.billing.services.subscriptions import change_plan
from vigente.factories import make_version
from vigente.worker.clock import run_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def indebted(now: datetime):
    """A customer whose renewal is unpaid and who asks, in time, for another plan from the next term on."""
    who = contracted(now)
    due = again(who).next_due_at
    assert due is not None
    run_due(now=due)
    other = make_version(name="Empresa", cases=10, rank=1, price_minor=2 * PRICE)
    change_plan(subscription=again(who), version=other, actor=who.manager, now=due + timedelta(days=1))
    return who, due


@pytest.mark.parametrize("suspended", [False, True])
def test_row_25_a_change_does_not_begin_over_an_unpaid_term(indebted, suspended: bool) -> None:
    who, due = indebted
    over = again(who).unpaid_until
    assert over is not None
    if suspended:
        run_due(now=due + timedelta(days=6))
        assert again(who).status == "suspended"
    run_due(now=over)
    assert (again(who).status, again(who).ended_at) == ("ended", over)
    assert Subscription.objects.filter(organization=who.organization).count() == 1
    assert left(who, over) == 0
    the_books_hold(over)


def test_row_25_a_change_begins_once_the_term_before_it_is_paid(indebted) -> None:
    who, due = indebted
    over = again(who).unpaid_until
    assert over is not None
    pay(who, due + timedelta(days=2), PRICE, invoice=Invoice.objects.get(term=1))
    run_due(now=over)
    assert again(who).status == "replaced"
    assert again(who).replaced_by.version.cases == 10
    the_books_hold(over)


@pytest.mark.parametrize("confirmed", [False, True])
def test_row_25_a_change_waits_for_the_transfer_under_review(indebted, supervisor, confirmed: bool) -> None:
    who, due = indebted
    over = again(who).unpaid_until
    assert over is not None
    sent = payments.submit_transfer(
        organization=who.organization, amount_minor=PRICE, currency="NIO", reference="41", key="t",
        user=who.manager, invoice=Invoice.objects.get(term=1), now=due + timedelta(days=2),
    )  # fmt: skip
    run_due(now=over)
    assert again(who).status == "grace"
    late = over + timedelta(days=3)
    if confirmed:
        payments.confirm(payment=sent, actor=supervisor, now=late)
    else:
        payments.reject(payment=sent, note="No llegó", actor=supervisor, now=late)
    run_due(now=late)
    assert again(who).status == ("replaced" if confirmed else "ended")
    if confirmed:
        assert again(who).replaced_by.anchor == over
    the_books_hold(late)
