"""Everything that moves a case, a contract or the clock, at random and in any order; the books stay exact.

Each rule tries one thing, as often against the rules as with them: what is refused must have written nothing, what is
done must balance. After every few steps `verify` runs, and every case being worked on must name what pays it.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from vigente.accounts.models import Role
from vigente.billing.models import Grant, LedgerEntry, Subscription
from vigente.billing.services import organizations, packs, subscriptions
from vigente.billing.services.ledger import add_goodwill
from vigente.factories import make_customer, make_licence, make_user, make_version, publish
from vigente.rules.lifecycle import Status
from vigente.rules.reasons import Code, Release
from vigente.rules.refusal import Refused
from vigente.tickets.models import HeldRequest, SplitProposal, Ticket
from vigente.tickets.services import classification, conversation, disputes, held, merging, quotations, work
from vigente.worker import clock
from vigente.worker.consumers import WITHOUT_MAIL
from vigente.worker.drain import drain_all
from vigente.worker.verification import verify

START = datetime(2026, 1, 31, 15, 0, tzinfo=UTC)
CHECK_EVERY = 6
WORK = ("error", "question", "guided_session", "development", "outage")
GIVEN_FREE = {Release.SAME_PROBLEM, Release.VENDOR_FAULT, Release.DISPUTE_UPHELD}
pick = st.integers(0, 10_000)
JOBS = [job for job in clock.JOBS if job.run.__name__ not in ("verify_nightly", "forget_old_sessions")]


class Books(RuleBasedStateMachine):
    """A company with a manager and a colleague, two licences, a plan; staff of each kind."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now, self.steps = START, 0

    def teardown(self):
        try:
            self.check()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @initialize(cases=st.sampled_from([1, 2, 4, None]), draw_by=st.sampled_from(["anyone", "approve"]))
    def begin(self, cases, draw_by):
        publish(draw_by=draw_by, favour_limits={"agent": 3, "supervisor": 5, "owner": None}, notice_days=5)
        self.shop = make_customer(now=START, cases=cases)
        licence = make_licence(
            self.shop.organization, now=START, included_plan=make_version(cases=1, rank=3).plan
        )
        self.licences = [self.shop.licence, licence]
        self.versions = [
            self.shop.version,
            make_version(cases=6, rank=1),
            make_version(cases=3, interval="year"),
        ]
        self.people = [self.shop.manager, self.shop.colleague]
        self.staff = [make_user(role=role) for role in (Role.AGENT, Role.AGENT, Role.SUPERVISOR, Role.OWNER)]

    # What there is to choose from
    def one(self, rows, n):
        rows = list(rows.order_by("pk")) if hasattr(rows, "order_by") else rows
        return rows[n % len(rows)] if rows else None

    def case(self, n):
        return self.one(Ticket.objects.all(), n)

    def waits(self, n):
        return self.one(HeldRequest.objects.all(), n)

    def contract(self, n):
        return self.one(Subscription.objects.select_related("version__plan", "organization", "licence"), n)

    def attempt(self, run, *needs):
        """Try it; what is refused has written nothing of its own."""
        if None in needs:
            return
        try:
            with transaction.atomic():
                run()
        except Refused:
            pass

    # Asking and talking
    @rule(who=pick, work=st.sampled_from(WORK), where=pick, key=st.integers(0, 30))
    def ask(self, who, work, where, key):
        user = self.one(self.people, who)
        self.attempt(lambda: self.shop.ask(self.now, work=work, user=user, licence=self.one(self.licences, where),
                                           key=f"k{key}:{user.pk}"))  # fmt: skip

    @rule(who=pick, work=st.sampled_from(WORK), staff=pick, reason=st.sampled_from(["", "urgente"]))
    def open_for_them(self, who, work, staff, reason):
        self.attempt(lambda: self.shop.ask(self.now, work=work, user=self.one(self.people, who), override_reason=reason,
                                           opened_by=self.one(self.staff, staff), channel="phone"))  # fmt: skip

    @rule(n=pick, who=pick)
    def write(self, n, who):
        case = self.case(n)
        self.attempt(lambda: conversation.reply(ticket=case, author=self.one(self.people + self.staff, who), text="x",
                                                channel="web", now=self.now), case)  # fmt: skip

    @rule(n=pick, who=pick, after=st.sampled_from([*map(str, Status)]))
    def set_status(self, n, who, after):
        case, actor = self.case(n), self.one(self.staff, who)
        self.attempt(lambda: work.change_status(ticket=case, status=after, actor=actor, now=self.now), case)

    @rule(n=pick, who=pick)
    def open_again(self, n, who):
        case, actor = self.case(n), self.one(self.people + self.staff, who)
        self.attempt(lambda: conversation.reopen(ticket=case, actor=actor, now=self.now), case)

    @rule(n=pick, who=pick)
    def close(self, n, who):
        case = self.case(n)
        self.attempt(lambda: work.close(ticket=case, actor=self.one(self.people, who), now=self.now), case)

    @rule(who=pick)
    def take(self, who):
        work.take_next(agent=self.one(self.staff, who), now=self.now)

    # Deciding about coverage
    @rule(n=pick, kind=st.sampled_from(WORK), who=pick)
    def classify(self, n, kind, who):
        case = self.case(n)
        self.attempt(lambda: classification.classify(ticket=case, work_type=self.shop.work[kind], now=self.now,
                                                     actor=self.one(self.staff, who)), case)  # fmt: skip

    @rule(n=pick, reason=st.sampled_from(sorted(Release)), who=pick)
    def give_back(self, n, reason, who):
        case = self.case(n)
        self.attempt(lambda: classification.release(ticket=case, reason=reason, actor=self.one(self.staff, who),
                                                    now=self.now, note="x"), case)  # fmt: skip

    @rule(n=pick, where=pick, who=pick)
    def move_licence(self, n, where, who):
        case = self.case(n)
        licence, actor = self.one(self.licences, where), self.one(self.staff, who)
        self.attempt(
            lambda: classification.move_licence(ticket=case, licence=licence, actor=actor, now=self.now), case
        )

    @rule(n=pick, m=pick, who=pick)
    def merge(self, n, m, who):
        one, other, actor = self.case(n), self.case(m), self.one(self.staff, who)
        self.attempt(lambda: merging.merge(ticket=one, into=other, actor=actor, now=self.now), one)

    @rule(n=pick, who=pick)
    def unmerge(self, n, who):
        case = self.one(Ticket.objects.filter(merged_into__isnull=False), n)
        self.attempt(
            lambda: merging.unmerge(ticket=case, actor=self.one(self.staff, who), now=self.now), case
        )

    @rule(n=pick, who=pick, new=st.booleans())
    def split(self, n, who, new):
        case = self.case(n)
        actor = self.one(self.staff, who)
        self.attempt(lambda: merging.propose_split(ticket=case, messages=case.messages.all()[:1], subject="Otro",
                                                   actor=actor, new_problem=new, now=self.now), case)  # fmt: skip

    @rule(n=pick, who=pick, accepted=st.booleans())
    def answer_split(self, n, who, accepted):
        asked = self.one(SplitProposal.objects.all(), n)
        self.attempt(lambda: merging.answer_split(proposal=asked, accepted=accepted, user=self.one(self.people, who),
                                                  now=self.now), asked)  # fmt: skip

    @rule(n=pick, who=pick, upheld=st.booleans())
    def dispute(self, n, who, upheld):
        case = self.case(n)
        self.attempt(
            lambda: disputes.dispute(ticket=case, user=self.one(self.people, who), text="x", now=self.now),
            case,
        )
        self.attempt(lambda: disputes.decide_dispute(ticket=case, upheld=upheld, actor=self.one(self.staff, who),
                                                     now=self.now), case)  # fmt: skip

    @rule(
        n=pick,
        who=pick,
        way=st.sampled_from(["quote", "accept", "decline", "object", "covered", "not covered"]),
    )
    def quotation(self, n, who, way):
        case, actor, user = self.case(n), self.one(self.staff, who), self.one(self.people, who)
        tell = {
            "quote": lambda: quotations.quote(
                ticket=case, amount_minor=100, currency="NIO", scope="x", actor=actor, now=self.now
            ),
            "accept": lambda: quotations.accept_quotation(ticket=case, user=user, now=self.now),
            "decline": lambda: quotations.decline_quotation(ticket=case, user=user, now=self.now),
            "object": lambda: quotations.object_to(ticket=case, user=user, text="x", now=self.now),
            "covered": lambda: quotations.decide_objection(
                ticket=case, covered=True, actor=actor, now=self.now
            ),
            "not covered": lambda: quotations.decide_objection(
                ticket=case, covered=False, actor=actor, now=self.now
            ),
        }
        self.attempt(tell[way], case)

    # What waits
    @rule(n=pick, who=pick, way=st.sampled_from(["complete", "choose", "approve", "refuse", "withdraw", "override"]),
          kind=st.sampled_from(WORK), where=pick)  # fmt: skip
    def held(self, n, who, way, kind, where):
        one, user, actor = self.waits(n), self.one(self.people, who), self.one(self.staff, who)
        tell = {
            "complete": lambda: held.complete(
                held=one, user=user, organization=self.shop.organization, licence=self.one(self.licences, where),
                work_type=self.shop.work[kind], now=self.now,
            ),
            "choose": lambda: held.choose(held=[one], user=user, now=self.now),
            "approve": lambda: held.approve(held=one, user=user, now=self.now),
            "refuse": lambda: held.refuse_approval(held=one, user=user, now=self.now),
            "withdraw": lambda: held.withdraw(held=one, user=user, now=self.now),
            "override": lambda: held.override(held=one, actor=actor, reason="x", now=self.now),
        }  # fmt: skip
        self.attempt(tell[way], one)

    # Contracts
    @rule(where=pick, version=pick, later=st.integers(0, 40), source=st.sampled_from(["bought", "legacy"]),
          renews=st.booleans(), confirmed=st.booleans())  # fmt: skip
    def subscribe(self, where, version, later, source, renews, confirmed):
        anchor = self.now + timedelta(days=later) if later else None
        ends = self.now + timedelta(days=later + 50) if source == "legacy" else None
        self.attempt(lambda: subscriptions.subscribe(
            organization=self.shop.organization, licence=self.one([*self.licences, None], where), now=self.now,
            version=self.one(self.versions, version), anchor=anchor, ends_at=ends, source=source, auto_renew=renews,
            activate=confirmed,
        ))  # fmt: skip

    @rule(n=pick, version=pick, way=st.sampled_from(["notice", "withdraw", "change", "confirm"]))
    def course(self, n, version, way):
        contract = self.contract(n)
        tell = {
            "notice": lambda: subscriptions.give_notice(subscription=contract, now=self.now),
            "withdraw": lambda: subscriptions.withdraw_notice(subscription=contract, now=self.now),
            "change": lambda: subscriptions.change_plan(
                subscription=contract, version=self.one(self.versions, version), now=self.now
            ),
            "confirm": lambda: subscriptions.activate(subscription=contract, now=self.now),
        }
        self.attempt(tell[way], contract)

    @rule(n=pick, key=st.integers(0, 9), cases=st.integers(1, 3))
    def pack(self, n, key, cases):
        contract = self.contract(n)
        self.attempt(lambda: packs.add_pack(organization=self.shop.organization, licence=contract.licence, now=self.now,
                                            subscription=contract, cases=cases, key=str(key)), contract)  # fmt: skip

    @rule(n=pick)
    def return_pack(self, n):
        pack = self.one(Grant.objects.filter(source="pack"), n)
        self.attempt(lambda: packs.return_pack(grant_id=pack.pk, now=self.now), pack)

    @rule(who=pick, key=st.integers(0, 9), cases=st.integers(1, 3))
    def goodwill(self, who, key, cases):
        self.attempt(lambda: add_goodwill(organization=self.shop.organization, licence=None, key=f"goodwill:desk:{key}",
                                          cases=cases, reason=Release.OVERRIDE, actor=self.one(self.staff, who),
                                          is_favour=True, now=self.now))  # fmt: skip

    @rule(blocked=st.booleans())
    def block(self, blocked):
        organization, owner = self.shop.organization, self.staff[-1]
        if blocked and self.steps % 3 == 0:
            organizations.block(organization=organization, reason="x", actor=owner, now=self.now)
        else:
            organizations.unblock(organization=organization, actor=owner, now=self.now)

    # Time
    @rule(hours=st.sampled_from([1, 30, 24 * 6, 24 * 28, 24 * 45]), prompt=st.booleans())
    def wait(self, hours, prompt):
        self.now += timedelta(hours=hours)
        if prompt:
            self.clock_runs()

    @rule()
    def clock_runs(self):
        for job in JOBS:
            job.run(now=self.now)
        drain_all(now=self.now, consumers=WITHOUT_MAIL)

    @rule(seconds=st.sampled_from([1, 3600, 86_400]))
    @precondition(lambda self: self.now > START + timedelta(days=2))
    def clock_goes_back(self, seconds):
        self.now -= timedelta(seconds=seconds)

    # What must hold
    @invariant()
    def the_books_are_exact(self):
        self.steps += 1
        if self.steps % CHECK_EVERY == 0:
            self.check()

    def check(self):
        assert list(verify(now=self.now + timedelta(days=400))) == []
        signs = {"draw": 1, "release": -1}
        standing = {}
        for kind, source, cases in LedgerEntry.objects.filter(kind__in=signs).values_list(
            "kind", "source", "cases"
        ):
            standing[source] = standing.get(source, 0) + signs[kind] * cases
        assert sum(standing.values()) == sum(Grant.objects.values_list("drawn", flat=True))
        by_case = {source.split(":")[1] for source, cases in standing.items() if cases}
        assert by_case == {
            str(number) for number in Ticket.objects.filter(drawn=True).values_list("number", flat=True)
        }
        assert len(by_case) == sum(1 for cases in standing.values() if cases)
        for case in Ticket.objects.exclude(status__in=("solved", "closed")).filter(
            drawn=False, queue="support"
        ):
            self.is_free_for_a_reason(case)

    def is_free_for_a_reason(self, case):
        """A case that is worked on and draws nothing says why; else somebody found a way in."""
        kind, codes = case.work_type, {reason.code for reason in case.decision_value().reasons}
        given = classification.last_release(case)
        assert kind.always or Code.FOLLOW_UP_SAME_PROBLEM in codes or given in GIVEN_FREE, (
            case,
            codes,
            given,
        )


@pytest.mark.django_db
def test_the_books_are_exact_whatever_happens_in_whatever_order():
    run_state_machine_as_test(
        Books,
        settings=settings(max_examples=20, stateful_step_count=40, deadline=None, derandomize=True,
                          suppress_health_check=list(HealthCheck)),
    )  # fmt: skip
