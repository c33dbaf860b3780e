"""The fairness report (R10): every taking of a month, judged against the line as it stood at that instant.

The line is replayed from events (`replay`) and judged by `rules.fairness`. Which departments an agent serves, and
working hours, are those of today: nothing remembers what they were.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Q, QuerySet

from vigente.accounts.models import SUPERVISING_ROLES, User
from vigente.billing.models import PlanVersion, RulebookVersion, WorkType
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.reports.periods import Month, Period
from vigente.reports.replay import At, Told, Vendor, first_state, replay
from vigente.rules.fairness import Judged, Moment, Ordered, Verdict, judge
from vigente.rules.lifecycle import DONE
from vigente.rules.rulebook import Rulebook
from vigente.rules.sla import Policy
from vigente.sla.models import SlaPolicy
from vigente.tickets.models import Department, Ticket
from vigente.tickets.stamps import NO_PROMISE, TIMED

AT_ONCE = 500
MANY, KEPT, KEPT_WHILE_IT_RUNS = 2_000, 24 * 3600, 600  # cases; seconds
TELLS = (
    *TIMED, Kind.TICKET_ASSIGNED, Kind.TICKET_RANK_CHANGED, Kind.TICKET_SEVERITY_CHANGED, Kind.TICKET_CLASSIFIED,
    Kind.QUOTATION_REQUESTED, Kind.QUOTATION_OBJECTION_DECIDED,
)  # fmt: skip
LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fairness:
    """The takings of a month: how many of each verdict, and those that were not simply in order, oldest first.

    `cases`: how many were replayed for it.
    """

    counts: dict[Verdict, int]
    found: Sequence[Judged]
    cases: int

    @property
    def taken(self) -> int:
        return sum(self.counts.values())

    @property
    def passed_over(self) -> int:
        return self.counts.get(Verdict.PASSED_OVER, 0)

    @property
    def in_order(self) -> int:
        """Basis points of the takings that were in order or for a reason allowed; 10,000 when nothing was taken."""
        return 10_000 * (self.taken - self.passed_over) // self.taken if self.taken else 10_000


def fairness(month: Month, *, now: datetime) -> Fairness:
    """The report of a month. One of `MANY` cases is kept: a day, or ten minutes while the month runs."""
    kept = _kept(month)
    if kept is not None:
        return kept
    found = recount(month.start, month.until(now))
    if found.cases >= MANY:
        cache.set(_name(month), found, KEPT if month.is_over(now) else KEPT_WHILE_IT_RUNS)
    return found


def at_once(month: Month, *, now: datetime) -> Fairness | None:
    """The report of a month if nobody has to wait for it: it is kept, or of few cases; None otherwise."""
    kept = _kept(month)
    if kept is not None:
        return kept
    is_long = _standing(month.start, month.until(now)).order_by()[MANY - 1 : MANY].exists()
    return None if is_long else fairness(month, now=now)


def _name(month: Month) -> str:
    return f"fairness:{month.name}"


def _kept(month: Month) -> Fairness | None:
    kept: Fairness | None = cache.get(_name(month))
    return kept


def recount_of(period: Period, *, now: datetime) -> list[Judged]:
    """What was found about the takings of a period that were not simply in order, newest first."""
    return [one for month in reversed(period.months) for one in reversed(fairness(month, now=now).found)]


def recount(start: datetime, end: datetime) -> Fairness:
    """Judge all takings in `[start, end)`, from the events."""
    counts: Counter[Verdict] = Counter()
    found: list[Judged] = []
    told = list(_cases(start, end))
    for one in judge(_moments(told, end), departments=_departments()):
        if start <= one.taking.at < end:
            counts[one.verdict] += 1
            if one.verdict is not Verdict.IN_ORDER:
                found.append(one)
    return Fairness(dict(counts), found, len(told))


def _moments(cases: list[tuple[list[Told], dict[str, Any]]], end: datetime) -> Iterator[Moment]:
    vendor = _vendor()
    moments: list[tuple[At, Moment]] = [
        ((since, -1, -1), Ordered(since, book.overdue_first)) for since, book in vendor.books
    ]
    for told, row in cases:
        case = first_state(**row, told=told, default_department=vendor.department)
        moments += replay(case, told, vendor)
    moments.sort(key=lambda one: one[0])
    return (moment for at, moment in moments if at[0] < end)


def _cases(start: datetime, end: datetime) -> Iterator[tuple[list[Told], dict[str, Any]]]:
    """Cases that may have stood in line between the two, each with what happened to it until then."""
    rows = _standing(start, end).order_by("pk")
    names = ("pk", "accepted_at", "rank", "allowance_minutes", "sla_policy", "severity", "department")
    last = 0
    while some := list(rows.filter(pk__gt=last).values_list(*names)[:AT_ONCE]):
        last = some[-1][0]
        told = _told([pk for pk, *_ in some])
        for pk, accepted_at, rank, allowance, policy, severity, department in some:
            yield told[f"ticket:{pk}"], {
                "id": pk, "accepted_at": accepted_at, "rank": rank, "allowance": allowance, "policy": policy,
                "severity": severity, "department": department,
            }  # fmt: skip


def _standing(start: datetime, end: datetime) -> QuerySet[Ticket]:
    over = Q(status__in=DONE, solved_at__lt=start)
    return Ticket.objects.filter(accepted_at__lt=end).exclude(over)


def _told(cases: list[int]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    events = Event.objects.filter(subject__in=[f"ticket:{pk}" for pk in cases], kind__in=TELLS).order_by("id")
    for subject, *values in events.values_list("subject", "id", "occurred_at", "kind", "data", "actor"):
        found[subject].append(Told(*values))
    return found


def _vendor() -> Vendor:
    books = [(LONG_AGO, Rulebook())]
    for version in RulebookVersion.objects.order_by("effective_from"):
        books.append((version.effective_from, Rulebook.from_json(version.data)))
    policies: dict[int | None, Policy] = {policy.pk: policy.value() for policy in SlaPolicy.objects.all()}
    default = Department.objects.order_by("-is_default", "position", "name").first()
    heads = list(PlanVersion.objects.values_list("rank", "allowance_minutes", "sold_from"))

    def floor(rank: int, accepted_at: datetime) -> timedelta:
        better = [(r, minutes) for r, minutes, sold in heads if r < rank and sold <= accepted_at]
        return timedelta(minutes=max(better)[1] if better else 0)

    def ceiling(rank: int, accepted_at: datetime) -> timedelta | None:
        worse = [(r, minutes) for r, minutes, sold in heads if r > rank and sold <= accepted_at]
        return timedelta(minutes=min(worse)[1]) if worse else None

    return Vendor(
        books=books,
        policies={**policies, None: NO_PROMISE},
        supervisors=frozenset(User.objects.filter(role__in=SUPERVISING_ROLES).values_list("pk", flat=True)),
        department=default.pk if default else 0,
        floor=floor,
        ceiling=ceiling,
        development=frozenset(WorkType.objects.filter(development=True).values_list("code", flat=True)),
    )


def _departments() -> dict[int, frozenset[int]]:
    """The departments each agent serves; who has none serves all."""
    found: dict[int, set[int]] = defaultdict(set)
    for agent, department in User.objects.filter(departments__isnull=False).values_list("pk", "departments"):
        found[agent].add(department)
    return {agent: frozenset(served) for agent, served in found.items()}
