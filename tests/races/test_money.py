"""Money moved by several at once, on connections of their own: each thing happens once, and nobody waits for nobody.

Each round starts behind a barrier. What is refused is refused in words (`Refused`), never by the database: a deadlock
fails the test, and so does a number that is missing in a series.
"""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from stories.rows.buying import PRICE, again, buyer, contracted, order, pay
from tests.attacks.test_races import at_once, done
from vigente.accounts.models import Role
from vigente.billing.models import CustomerAccount, Grant, Invoice, LedgerEntry, Order, Payment
from vigente.billing.services import invoices, orders, payments, refunds, subscriptions
from vigente.billing.services.card_money import record
from vigente.billing.services.packs import return_pack
from vigente.billing.services.renewals import renew_ordinary
from vigente.factories import make_user, make_version, publish
from vigente.rules.refusal import Refused
from vigente.worker.clock import run_due
from vigente.worker.verification import verify

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ROUNDS = 8
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _books():
    yield
    assert list(verify(now=NOW + 400 * DAY)) == []


@pytest.fixture
def boss():
    return make_user("Olga", role=Role.OWNER)


def transfer(who, now, *, key="t", **what):
    return payments.submit_transfer(
        organization=who.organization, amount_minor=PRICE, currency="NIO", reference="x", user=who.manager,
        key=f"{key}:{who.organization.pk}", now=now, **what,
    )  # fmt: skip


def credit_of(who):
    return sum(
        CustomerAccount.objects.filter(organization=who.organization).values_list("credit_minor", flat=True)
    )


def test_two_confirm_a_transfer_while_a_third_rejects_it_and_its_order_expires(boss):
    for _ in range(ROUNDS):
        who = buyer(NOW)
        bought = order(who, NOW)
        sent = transfer(who, NOW, order=bought)
        confirm = partial(payments.confirm, payment=sent, actor=boss, now=NOW)
        results = at_once(confirm, confirm, partial(payments.reject, payment=sent, note="x", actor=boss, now=NOW),
                          partial(orders.expire_due, now=bought.expires_at))  # fmt: skip
        assert len(done(results[:3])) == 1
        sent.refresh_from_db()
        bought.refresh_from_db()
        assert (
            (sent.status == "confirmed")
            == (bought.status == "done")
            == (credit_of(who) == 0 and bool(bought.invoice))
        )


def test_an_order_is_paid_while_it_is_withdrawn():
    for _ in range(ROUNDS):
        who = buyer(NOW)
        bought = order(who, NOW)
        at_once(partial(pay, who, NOW, PRICE, order=bought), partial(orders.cancel, order=bought, now=NOW))
        bought.refresh_from_db()
        assert credit_of(who) == (PRICE if bought.status == "cancelled" else 0)
        assert Grant.objects.filter(organization=who.organization).exists() == (bought.status == "done")


def test_what_was_prepared_is_accepted_twice_while_it_is_paid(boss):
    for _ in range(ROUNDS):
        who = buyer(NOW)
        bought = orders.place(organization=who.organization, kind="plan", version=who.version, licence=who.licence,
                              actor=boss, key=f"p:{who.organization.pk}", prepared=True, now=NOW)  # fmt: skip
        pay(who, NOW, PRICE, key="before")
        accept = partial(orders.accept, order=bought, user=who.manager, now=NOW)
        results = at_once(accept, accept, partial(pay, who, NOW, PRICE, order=bought))
        assert len(done(results[:2])) == 1
        bought.refresh_from_db()
        assert (bought.status, credit_of(who)) == ("done", PRICE)


def test_a_term_is_paid_at_the_moment_it_is_renewed():
    """Whoever comes second sees the other: money in hand and an open invoice are never left side by side."""
    for round_ in range(ROUNDS):
        who = contracted(NOW)
        at = again(who).next_due_at
        renew = (
            partial(renew_ordinary, now=at)
            if round_ % 2
            else partial(subscriptions.roll_over, subscription_id=who.subscription.pk, now=at)
        )
        at_once(renew, partial(pay, who, at, PRICE), partial(pay, who, at, 100, key="q"))
        run_due(now=at)
        assert again(who).status == "active", (round_, credit_of(who))
        assert Invoice.objects.get(organization=who.organization, term=1).balance_minor == 0


def test_an_upgrade_is_paid_at_the_moment_its_contract_renews():
    publish(upgrade="immediate")
    better = make_version(cases=10, price_minor=420_000)
    for _ in range(ROUNDS):
        who = contracted(NOW)
        at = again(who).next_due_at
        early = at - timedelta(hours=1)
        bought = order(who, early, kind="upgrade", key="up", version=better, subscription=again(who))
        at_once(
            partial(pay, who, early, bought.total_minor, order=bought, key="up"),
            partial(subscriptions.roll_over, subscription_id=who.subscription.pk, now=at),
            partial(pay, who, early, PRICE, key="more"),
        )
        run_due(now=at)


def test_money_is_sent_back_while_it_pays(boss):
    for _ in range(ROUNDS):
        who = contracted(NOW)
        at = again(who).next_due_at
        pay(who, NOW, PRICE, key="ahead")
        back = partial(payments.pay_out, organization=who.organization, amount_minor=PRICE, currency="NIO",
                       method="manual", now=at, actor=boss)  # fmt: skip
        results = at_once(
            partial(back, key=f"a:{who.organization.pk}"),
            partial(back, key=f"b:{who.organization.pk}"),
            partial(subscriptions.roll_over, subscription_id=who.subscription.pk, now=at),
        )
        assert len(done(results[:2])) <= 1
        assert credit_of(who) == 0
        assert bool(done(results[:2])) == (again(who).status == "grace")


def test_a_term_is_refunded_twice_while_its_cases_are_asked_for(boss):
    """What is given back and what is drawn are never the same case."""
    for _ in range(ROUNDS):
        who = contracted(NOW)
        invoice = Invoice.objects.get(organization=who.organization)
        give = partial(refunds.refund, invoice=invoice, actor=boss, now=NOW)
        at_once(give, give, partial(who.ask, NOW, key="a"), partial(who.ask, NOW, key="b"))
        mine = LedgerEntry.objects.filter(grant__organization=who.organization)
        used = mine.filter(kind="draw").count()
        assert credit_of(who) == PRICE * (4 - used) // 4
        assert Invoice.objects.filter(corrects=invoice).count() == 1


def test_a_pack_is_returned_while_its_cases_are_asked_for_and_money_comes_in():
    for _ in range(ROUNDS):
        who = contracted(NOW)
        for _ in range(4):
            who.ticket(NOW)
        bought = order(who, NOW, kind="pack", key="pack", subscription=again(who))
        pay(who, NOW, bought.total_minor, order=bought, key="pack")
        bought.refresh_from_db()
        returned, asked, _, _ = at_once(
            partial(return_pack, grant_id=bought.grant_id_given, now=NOW),
            partial(who.ask, NOW, key="one more"),
            partial(pay, who, NOW, 100, key="x", invoice=bought.invoice),
            partial(invoices.settle_oldest, who.organization, "NIO", now=NOW),
        )
        drawn = Grant.objects.get(pk=bought.grant_id_given).drawn
        assert isinstance(returned, Refused) == bool(drawn)
        assert credit_of(who) == 100 + (0 if drawn else bought.total_minor)


def test_eight_orders_are_paid_at_once_and_the_series_has_no_gap():
    for _ in range(3):
        buyers = [buyer(NOW) for _ in range(8)]
        bought = [order(who, NOW) for who in buyers]
        at_once(*[partial(pay, who, NOW, PRICE, order=one) for who, one in zip(buyers, bought, strict=True)])
    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 25))
    assert Order.objects.filter(status="done").count() == 24


def test_the_same_card_payment_is_told_four_times_at_once():
    for number in range(ROUNDS):
        who = buyer(NOW)
        bought = order(who, NOW)
        say = partial(record, organization=who.organization, intent=f"pi_{number}", amount_minor=PRICE, currency="NIO",
                      order=bought, now=NOW)  # fmt: skip
        made = at_once(say, say, say, say)
        assert len({payment.pk for payment in made}) == 1
        assert Payment.objects.filter(organization=who.organization).count() == 1
        bought.refresh_from_db()
        assert (bought.status, credit_of(who)) == ("done", 0)
