"""The same thing done by several at once, in threads with connections of their own: it happens once.

Each round starts behind a barrier. Whatever is refused must be refused in words (`Refused`), never by the database.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from vigente.accounts.models import Role
from vigente.billing.models import Grant, LedgerEntry, Subscription
from vigente.billing.services import ledger, packs, subscriptions
from vigente.factories import make_customer, make_user, make_version
from vigente.rules.reasons import Release
from vigente.rules.refusal import Refused
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services import classification, conversation, disputes, held, merging, quotations, work
from vigente.worker.verification import verify

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
ROUNDS = 4
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*runs):
    """What each gives; a Refused is given, not raised. Anything else fails the test."""
    gate = Barrier(len(runs))

    def go(run):
        try:
            gate.wait(timeout=20)
            return run()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(runs)) as pool:
        return list(pool.map(go, runs))


def done(results):
    return [result for result in results if not isinstance(result, Refused)]


def drawn():
    return (
        LedgerEntry.objects.filter(kind="draw").count() - LedgerEntry.objects.filter(kind="release").count()
    )


@pytest.fixture
def shop():
    return make_customer(now=NOW, cases=4)


@pytest.fixture
def agents():
    return [make_user(role=Role.AGENT) for _ in range(8)]


@pytest.fixture(autouse=True)
def _books():
    yield
    assert list(verify(now=NOW + timedelta(days=400))) == []


def test_two_managers_approve_the_same_request(shop):
    shop.organization.draw_by = "approve"
    shop.organization.save()
    for _ in range(ROUNDS):
        waiting = shop.held(NOW, user=shop.colleague)
        results = at_once(*[partial(held.approve, held=waiting, user=shop.manager, now=NOW)] * 2)
        assert len({ticket.number for ticket in done(results)}) == 1
    assert drawn() == Ticket.objects.count() == ROUNDS


def test_one_chooses_another_withdraws_a_third_overrides(shop, agents):
    supervisor = make_user(role=Role.SUPERVISOR)
    for _ in range(4):
        shop.ticket(NOW)
    for _ in range(ROUNDS):
        waiting = shop.held(NOW)
        at_once(
            partial(held.choose, held=[waiting], user=shop.manager, now=NOW),
            partial(held.override, held=waiting, actor=supervisor, reason="x", now=NOW),
            partial(held.override, held=waiting, actor=supervisor, reason="x", now=NOW),
            partial(held.withdraw, held=waiting, user=shop.manager, now=NOW),
        )
        waiting.refresh_from_db()
        assert (waiting.status == "released") == (waiting.ticket_id is not None)
    assert drawn() == Ticket.objects.count()
    assert Ticket.objects.count() <= 4 + ROUNDS


def test_two_merges_that_cross_leave_one_case_alive(shop, agents):
    for _ in range(ROUNDS):
        a, b = shop.ticket(NOW, work="outage"), shop.ticket(NOW, work="outage")
        at_once(
            partial(merging.merge, ticket=a, into=b, actor=agents[0], now=NOW),
            partial(merging.merge, ticket=b, into=a, actor=agents[1], now=NOW),
        )
        a.refresh_from_db()
        b.refresh_from_db()
        assert [a.merged_into_id, b.merged_into_id].count(None) == 1


def test_a_case_is_merged_parted_and_released_at_once(shop, agents):
    into = shop.ticket(NOW)
    for _ in range(ROUNDS):
        case = shop.ticket(NOW)
        at_once(
            partial(merging.merge, ticket=case, into=into, actor=agents[0], now=NOW),
            partial(merging.unmerge, ticket=case, actor=agents[1], now=NOW),
            partial(
                classification.release, ticket=case, reason=Release.SPAM, actor=agents[2], now=NOW, note="x"
            ),
            partial(conversation.reply, ticket=case, author=shop.manager, text="x", channel="web", now=NOW),
        )
        case.refresh_from_db()
        if case.merged_into_id is None and case.drawn:
            classification.release(ticket=case, reason=Release.SPAM, actor=agents[3], now=NOW, note="x")
    assert Grant.objects.get().drawn == drawn()


def test_eight_agents_take_the_next_case_and_none_gets_the_same(shop, agents):
    cases = {shop.ticket(NOW, work="outage").pk for _ in range(8)}
    taken = at_once(*[partial(work.take_next, agent=agent, now=NOW) for agent in agents])
    assert {case.pk for case in taken} == cases


def test_a_pack_is_returned_while_the_last_case_is_asked_for(shop):
    for _ in range(4):
        shop.ticket(NOW)
    for number in range(ROUNDS):
        before = drawn()
        pack = packs.add_pack(organization=shop.organization, licence=shop.licence, cases=1, key=str(number), now=NOW,
                              subscription=shop.subscription)  # fmt: skip
        returned, asked = at_once(
            partial(packs.return_pack, grant_id=pack, now=NOW), partial(shop.ask, NOW, key=f"r{number}")
        )
        grant = Grant.objects.get(pk=pack)
        assert grant.remaining == 0
        assert isinstance(asked, Ticket) == isinstance(returned, Refused) == bool(grant.drawn)
        assert drawn() - before == grant.drawn


def test_a_month_expires_while_its_last_case_is_asked_for_and_another_given_back(shop, agents):
    case = shop.ticket(NOW)
    for _ in range(2):
        shop.ticket(NOW)
    end = Grant.objects.get().end
    last = end - timedelta(microseconds=1)
    at_once(
        partial(ledger.expire_due, now=end),
        partial(shop.ask, last, key="último"),
        partial(
            classification.release,
            ticket=case,
            reason=Release.VENDOR_FAULT,
            actor=agents[0],
            now=last,
            note="x",
        ),
    )
    ledger.expire_due(now=end)
    assert Grant.objects.get(period=0).remaining == 0


def test_notice_is_given_while_the_term_is_renewed():
    for _ in range(ROUNDS):
        shop = make_customer(now=NOW)
        at = Subscription.objects.get(pk=shop.subscription.pk).next_due_at
        at_once(
            partial(subscriptions.give_notice, subscription=shop.subscription, now=at - timedelta(seconds=1)),
            partial(subscriptions.roll_over, subscription_id=shop.subscription.pk, now=at),
            partial(subscriptions.roll_over, subscription_id=shop.subscription.pk, now=at),
        )
        subscriptions.roll_over(subscription_id=shop.subscription.pk, now=at)
        fresh = Subscription.objects.get(pk=shop.subscription.pk)
        assert fresh.notice_given_at is not None
        assert fresh.ends_at is not None


def test_a_plan_is_changed_while_its_term_ends():
    """Whoever waits for the row must see the plan it changes to, else the contract ends and nothing follows."""
    better = make_version(cases=9)
    for _ in range(ROUNDS):
        shop = make_customer(now=NOW)
        subscriptions.give_notice(subscription=shop.subscription, now=NOW)
        end = Subscription.objects.get(pk=shop.subscription.pk).ends_at
        change, _roll = at_once(
            partial(
                subscriptions.change_plan,
                subscription=shop.subscription,
                version=better,
                now=end - timedelta(seconds=1),
            ),
            partial(subscriptions.roll_over, subscription_id=shop.subscription.pk, now=end),
        )
        old = Subscription.objects.get(pk=shop.subscription.pk)
        assert old.status == ("ended" if isinstance(change, Refused) else "replaced")


def test_a_case_is_called_something_else_while_it_is_answered(shop, agents):
    for kind in ("question", "outage", "error", "development", "question", "outage"):
        case = shop.ticket(NOW, work="error", user=shop.manager)
        results = at_once(
            partial(
                classification.classify, ticket=case, work_type=shop.work[kind], actor=agents[0], now=NOW
            ),
            partial(conversation.reply, ticket=case, author=agents[1], text="x", channel="web", now=NOW),
            partial(conversation.reply, ticket=case, author=shop.manager, text="x", channel="web", now=NOW),
            partial(work.assign, ticket=case, assignee=agents[2], actor=agents[2], now=NOW),
        )
        assert done(results) == results
        classification.release(ticket=case, reason=Release.SPAM, actor=agents[3], now=NOW)


def test_a_request_is_completed_by_two_in_two_ways(shop):
    for _ in range(4):
        shop.ticket(NOW)
    for _ in range(ROUNDS):
        waiting = shop.held(NOW)
        complete = partial(
            held.complete, held=waiting, user=shop.manager, organization=shop.organization, now=NOW
        )
        at_once(
            partial(complete, licence=shop.licence, work_type=shop.work["outage"]),
            partial(complete, licence=None, work_type=shop.work["question"]),
            partial(complete, licence=shop.licence, work_type=shop.work["development"]),
        )
    assert drawn() == 4


def test_two_buy_a_plan_for_the_same_licence():
    for _ in range(ROUNDS):
        shop, version = make_customer(now=NOW, plan=False), make_version()
        results = at_once(*[partial(subscriptions.subscribe,
            organization=shop.organization, licence=shop.licence, version=version, now=NOW)] * 3)  # fmt: skip
        assert len(done(results)) == 1
        assert Grant.objects.filter(organization=shop.organization).count() == 1


def test_a_dispute_an_objection_and_a_quotation_are_decided_once(shop, agents):
    for _ in range(2):
        case = shop.ticket(NOW, opened_by=agents[0])
        disputes.dispute(ticket=case, user=shop.manager, text="x", now=NOW)
        decided = at_once(*[partial(disputes.decide_dispute,
            ticket=case, upheld=True, actor=agents[1], now=NOW)] * 3)  # fmt: skip
        assert len(done(decided)) == 1
        asked = shop.ticket(NOW)
        classification.classify(ticket=asked, work_type=shop.work["development"], actor=agents[0], now=NOW)
        quotations.object_to(ticket=asked, user=shop.manager, text="x", now=NOW)
        decided = at_once(*[partial(quotations.decide_objection,
            ticket=asked, covered=True, actor=agents[1], now=NOW)] * 3)  # fmt: skip
        assert len(done(decided)) == 1
        assert (
            LedgerEntry.objects.filter(source__startswith=f"ticket:{asked.number}:", kind="draw").count() == 2
        )


def test_the_same_submission_and_the_same_reply_eight_times_over(shop):
    results = at_once(*[partial(shop.ask, NOW, key="una", subject="x", text="y")] * 8)
    assert len({ticket.number for ticket in results}) == 1
    case = results[0]
    said = at_once(*[partial(conversation.reply, ticket=case, author=shop.manager, text="z", channel="web", key="k",
                                                now=NOW)] * 8)  # fmt: skip
    assert len({message.pk for message in said}) == 1
    assert (drawn(), case.messages.count(), HeldRequest.objects.count()) == (1, 2, 0)
