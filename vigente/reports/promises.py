"""How long customers of each plan wait for the first reply and for the solution, and was the promise kept (R10)?

Durations are working time of the case's own promise. A case counts in the month it was accepted in.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import QuerySet

from vigente.events.models import Event
from vigente.reports.statistics import quantile, share
from vigente.rules.periods import Span
from vigente.rules.precedence import LAST_RANK
from vigente.rules.sla import Policy, Promise
from vigente.rules.worktime import ALWAYS, WorkHours, between
from vigente.sla.models import BusinessHours, SlaPolicy
from vigente.tickets.models import Ticket
from vigente.tickets.queries.line import plan_names
from vigente.tickets.stamps import TIMED, clocks_of, named_in

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Waited:
    """One case. Durations None: not yet. `kept` None: nothing was promised, or it is not due yet."""

    id: int
    number: int
    subject: str
    organization: str
    accepted_at: datetime
    rank: int
    reply: timedelta | None
    reply_kept: bool | None
    solution: timedelta | None
    solution_kept: bool | None


@dataclass(frozen=True, slots=True)
class RankTimes:
    """The cases of one priority. Shares in basis points; None of nothing."""

    rank: int
    plan: str
    cases: int
    reply_median: timedelta | None
    reply_p90: timedelta | None
    reply_kept: int | None
    solved: int
    solution_median: timedelta | None
    solution_p90: timedelta | None
    solution_kept: int | None

    @property
    def has_plan(self) -> bool:
        return self.rank < LAST_RANK


@dataclass(frozen=True, slots=True)
class Promises:
    """Every priority, the best first. `in_order`: no better plan waits longer at the median than a worse one."""

    rows: Sequence[RankTimes]
    reply_kept: int | None

    @property
    def in_order(self) -> bool | None:
        medians = [row.reply_median for row in self.rows if row.has_plan and row.reply_median is not None]
        if len(medians) < 2:
            return None
        return all(better <= worse for better, worse in pairwise(medians))


def promises(span: Span, *, now: datetime) -> Promises:
    """The cases accepted in `span`."""
    by_rank: dict[int, list[Waited]] = defaultdict(list)
    for one in _waited(_cases(span), now=now):
        by_rank[one.rank].append(one)
    names = plan_names(list(by_rank))
    rows = [_row(rank, names.get(rank, ""), by_rank[rank]) for rank in sorted(by_rank)]
    every = [one for some in by_rank.values() for one in some]
    return Promises(rows, _kept([one.reply_kept for one in every]))


def waited_page(
    span: Span, *, rank: int, now: datetime, after: int | None = None, limit: int = 50
) -> list[Waited]:
    """The cases of one priority, newest first; `after`: the id where the page before stopped."""
    cases = _cases(span).filter(rank=rank)
    if after is not None:
        cases = cases.filter(pk__lt=after)
    return list(_waited(cases.order_by("-pk")[:limit], now=now))


def _cases(span: Span) -> QuerySet[Ticket]:
    return Ticket.objects.filter(
        accepted_at__gte=span.start,
        accepted_at__lt=span.end,
        queue=Ticket.Queue.SUPPORT,
        merged_into__isnull=True,
    ).order_by("pk")


FIELDS = (
    "pk", "number", "subject", "organization__name", "accepted_at", "rank", "sla_policy", "first_replied_at",
    "first_reply_due_at", "solved_at", "severity",
)  # fmt: skip


def _waited(cases: QuerySet[Ticket], *, now: datetime) -> Iterator[Waited]:
    policies = {policy.pk: policy.value() for policy in SlaPolicy.objects.all()}
    default = BusinessHours.objects.filter(is_default=True).first()
    hours = default.value() if default else ALWAYS
    rows = list(cases.values_list(*FIELDS))
    solving = {pk for pk, policy in policies.items() if _solves(policy)}
    dues = _solution_dues({row[0]: (row[6], row[10]) for row in rows if row[6] in solving}, policies)
    for (
        pk,
        number,
        subject,
        organization,
        accepted_at,
        rank,
        policy,
        replied_at,
        reply_due,
        solved_at,
        _severity,
    ) in rows:
        own = policies[policy].hours if policy else hours
        yield Waited(
            pk, number, subject, organization or "", accepted_at, rank,
            reply=_took(own, accepted_at, replied_at),
            reply_kept=_was_kept(replied_at or solved_at, reply_due, now),
            solution=_took(own, accepted_at, solved_at),
            solution_kept=_was_kept(solved_at, dues.get(pk), now),
        )  # fmt: skip


def _took(hours: WorkHours, since: datetime, until: datetime | None) -> timedelta | None:
    return None if until is None else between(hours, since, until)


def _was_kept(at: datetime | None, due: datetime | None, now: datetime) -> bool | None:
    if due is None or (at is None and due >= now):
        return None
    return at is not None and at <= due


def _solves(policy: Policy) -> bool:
    return policy.resolution is not None or any(own.resolution is not None for _level, own in policy.levels)


def _solution_dues(
    cases: dict[int, tuple[int, int]], policies: dict[int, Policy]
) -> dict[int, datetime | None]:
    """When each of these cases (with its policy and urgency of now) was to be solved, from its events: pauses, other
    policies and what people decided counted. Moved when it had passed, the one that had passed counts.
    """
    found: dict[int, datetime | None] = {}
    wanted = sorted(cases)
    for first in range(0, len(wanted), AT_ONCE):
        some = wanted[first : first + AT_ONCE]
        told: dict[str, list[Event]] = defaultdict(list)
        subjects = [f"ticket:{pk}" for pk in some]
        for event in Event.objects.filter(subject__in=subjects, kind__in=TIMED).order_by("id"):
            told[event.subject].append(event)
        for pk in some:
            policy, severity = cases[pk]
            clocks = clocks_of(policy, severity, told[f"ticket:{pk}"], named_in(policies))
            found[pk] = clocks.held_against(Promise.RESOLUTION)
    return found


def _row(rank: int, plan: str, cases: Sequence[Waited]) -> RankTimes:
    replies = [one.reply for one in cases if one.reply is not None]
    solutions = [one.solution for one in cases if one.solution is not None]
    return RankTimes(
        rank=rank,
        plan=plan,
        cases=len(cases),
        reply_median=quantile(replies, 50),
        reply_p90=quantile(replies, 90),
        reply_kept=_kept([one.reply_kept for one in cases]),
        solved=len(solutions),
        solution_median=quantile(solutions, 50),
        solution_p90=quantile(solutions, 90),
        solution_kept=_kept([one.solution_kept for one in cases]),
    )


def _kept(found: Sequence[bool | None]) -> int | None:
    due = [one for one in found if one is not None]
    return share(sum(due), len(due))
