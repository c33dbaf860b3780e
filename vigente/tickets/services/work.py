"""How agents take, pass on, pause and finish cases (R10)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, Q, QuerySet

from vigente.accounts.models import Organization, User
from vigente.billing.models import Licence
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import rank_of
from vigente.events.kinds import Kind
from vigente.installation.prepared import Param, Prepared
from vigente.rules.lifecycle import DONE, IN_LINE, UNSOLVED, Status
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.labels import severity_choices
from vigente.tickets.models import CaseStatus, Department, Ticket
from vigente.tickets.models.tickets import ORDER_OF_ATTENTION
from vigente.tickets.services.classification import cover_again
from vigente.tickets.services.state import CHANGED, finish, locked, move, save, tell
from vigente.tickets.services.taking import Taking, taking_of
from vigente.tickets.stamps import adopt_plan, restamp

CLAIMS = (
    3,
    40,
)  # how many candidates a call tries, then how many more; a failed claim means another agent was first


def take_next(*, agent: User, now: datetime) -> Ticket | None:
    """Give the agent the right next case, and to nobody else (R10); None when nothing waits.

    The agent's own waiting cases and the unassigned ones of their departments compete in the order of attention.
    Whoever is away is refused; what needs a skill they lack is passed over; beyond what they take at once there is
    only what is theirs already. The claim is a conditional UPDATE that asks all of it again: two agents never get the
    same case, and no agent two at a time.
    """
    if not agent.is_staff_member:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    taking = taking_of(agent, now=now)
    for candidate in _candidates(agent, taking, now=now):
        with transaction.atomic():
            if taking.most is not None and candidate.is_free:
                User.objects.select_for_update(no_key=True).get(pk=agent.pk)
            claimed = Ticket.objects.filter(
                taking.free() if candidate.is_free else Q(assignee=agent),
                pk=candidate.pk,
                status__in=IN_LINE,
                queue=Ticket.Queue.SUPPORT,
            ).update(assignee=agent, status=Ticket.Status.OPEN)
            if not claimed:
                continue
            ticket = locked(candidate.pk)
            if candidate.is_free:
                tell(Kind.TICKET_ASSIGNED, ticket, now=now, actor=agent, assignee=agent.pk, by_line=True)
            return ticket
    return None


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A waiting case as it stands in line; smaller goes first."""

    on_time: bool
    group: int
    at: datetime
    pk: int
    is_free: bool


def _candidates(agent: User, taking: Taking, *, now: datetime) -> Iterator[Candidate]:
    """The agent's own waiting cases and the free ones of their departments, in order of attention."""
    line = Ticket.objects.in_line()
    departments = list(agent.departments.values_list("pk", flat=True)) or list(
        Department.objects.values_list("pk", flat=True)
    )
    sources = [(line.filter(assignee=agent), False)]
    # One by one, because an index gives each department's line in its order, and not several at once.
    free = line.filter(taking.able(), assignee__isnull=True)
    sources += [
        (free.filter(department=pk), True) for pk in departments if pk not in taking.lacks_departments
    ]
    late_first = rulebook_at(now).overdue_first
    seen: set[int] = set()
    for many in CLAIMS:
        found: list[Candidate] = []
        for cases, is_free in sources:
            if late_first:
                late = cases.filter(due_at__lt=now)
                found += _in_line(late, many, on_time=False, is_free=is_free)
            found += _in_line(cases, many, on_time=True, is_free=is_free)
        for candidate in sorted(found):
            if candidate.pk not in seen:
                seen.add(candidate.pk)
                yield candidate


def _in_line(cases: QuerySet[Ticket], many: int, *, on_time: bool, is_free: bool) -> list[Candidate]:
    rows = cases.values_list(*ORDER_OF_ATTENTION)[:many]
    return [Candidate(on_time, group, at, pk, is_free) for group, at, pk in rows]


@transaction.atomic
def assign(*, ticket: Ticket, assignee: User | None, actor: User | None, now: datetime) -> None:
    """Give a case to somebody, or back to the line. `actor` None, here and below: a rule of automation."""
    if assignee is not None and not (assignee.is_staff_member and assignee.is_active):
        raise Refused(RefusalCode.INVALID_VALUE, field="assignee")
    ticket = _open_case(ticket)
    if ticket.assignee_id == (assignee.pk if assignee else None):
        return
    ticket.assignee = assignee
    tell(
        Kind.TICKET_ASSIGNED,
        ticket,
        now=now,
        actor=actor,
        assignee=assignee.pk if assignee else None,
        by_line=False,
    )
    save(ticket)


@transaction.atomic
def change_status(*, ticket: Ticket, status: str, actor: User | None, now: datetime) -> None:
    """Move a case to another state by hand. A customer may only close or solve their own (see `close`). `status`: a
    state, or the key of a label, which moves it to the label's state.
    """
    ticket = locked(ticket.pk)
    if ticket.merged_into_id is not None:
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    after, label = _status_meant(status)
    if after not in DONE:
        cover_again(ticket, now=now)
    if after == ticket.status and ticket.label_id != (label.pk if label else None):
        ticket.label = label
        tell(Kind.TICKET_STATUS_CHANGED, ticket, now=now, actor=actor, before=after.value, after=after.value,
             label=label.pk if label else None)  # fmt: skip
    move(ticket, after, actor=actor, now=now, label=label)
    finish(ticket, now=now)


def _status_meant(status: str) -> tuple[Status, CaseStatus | None]:
    """The state, and the label unless it is the state's default."""
    if status.isascii() and status.isdecimal() and len(status) < 19:
        label = CaseStatus.objects.offered().filter(pk=int(status)).first()
        if label is not None:
            return Status(label.state), None if label.is_default else label
    try:
        return Status(status), None
    except ValueError:
        raise Refused(RefusalCode.INVALID_VALUE, field="status", value=status) from None


def solve(*, ticket: Ticket, actor: User, now: datetime) -> None:
    """Say that a case is solved."""
    change_status(ticket=ticket, status=Status.SOLVED, actor=actor, now=now)


@transaction.atomic
def close(*, ticket: Ticket, actor: User, now: datetime) -> None:
    """Close a case: its customer, or staff. Starts the reopening window (row 9)."""
    ticket = locked(ticket.pk)
    if ticket.status == Ticket.Status.CLOSED:
        return
    move(ticket, Status.CLOSED, actor=actor, now=now)
    finish(ticket, now=now)


def close_silent(*, now: datetime) -> int:
    """Close what was solved and has been silent for the rulebook's days. By the clock, so it starts no window (row
    9).
    """
    before = now - timedelta(days=rulebook_at(now).auto_close_days)
    closed = 0
    for pk in _SILENT(before=before):
        with transaction.atomic():
            ticket = locked(pk)
            if ticket.status == Ticket.Status.SOLVED:
                move(ticket, Status.CLOSED, actor=None, now=now)
                save(ticket)
                closed += 1
    return closed


_SILENT = Prepared(
    lambda: (
        Ticket.objects.exclude(label__auto_close=False)
        .filter(status=Ticket.Status.SOLVED, last_activity_at__lte=Param("before", DateTimeField()))
        .order_by("last_activity_at")
        .values_list("pk", flat=True)[:200]
    )
)


@transaction.atomic
def set_severity(*, ticket: Ticket, severity: int, actor: User | None, now: datetime) -> None:
    """Raise or lower a case inside its rank. Staff only: the customer's own urgency never moves a case (R10)."""
    if actor is not None and not actor.is_staff_member:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if severity not in dict(severity_choices()):
        raise Refused(RefusalCode.INVALID_VALUE, field="severity", value=severity)
    ticket = _open_case(ticket)
    if ticket.severity == severity:
        return
    tell(Kind.TICKET_SEVERITY_CHANGED, ticket, now=now, actor=actor, before=ticket.severity, after=severity)
    ticket.severity = severity
    finish(ticket, now=now)


@transaction.atomic
def set_department(
    *, ticket: Ticket, department: Department, actor: User | None, now: datetime, why: str = ""
) -> None:
    """Pass a case to another team; it goes back to the line unless its agent works there too. `why`: for the history,
    which only staff read.
    """
    if department.retired_at is not None:
        raise Refused(RefusalCode.INVALID_VALUE, field="department")
    ticket = _open_case(ticket)
    if ticket.department_id == department.pk:
        return
    left, ticket.department = ticket.department_id, department
    if ticket.assignee_id is not None and not department.agents.filter(pk=ticket.assignee_id).exists():
        ticket.assignee = None
    tell(
        Kind.TICKET_ASSIGNED,
        ticket,
        now=now,
        actor=actor,
        assignee=ticket.assignee_id,
        department=department.pk,
        left=left,
        by_line=False,
        **({"why": why[:300]} if why else {}),
    )
    save(ticket)


@transaction.atomic
def rerank(*, organization: Organization, licence: Licence | None, now: datetime) -> int:
    """Lift open cases to the best rank now in force; never lower one (row 29). Returns how many moved."""
    cases = Ticket.objects.filter(organization=organization, status__in=UNSOLVED)
    if licence is not None:
        cases = cases.filter(licence=licence)
    moved = 0
    for pk in list(cases.values_list("pk", flat=True)):
        ticket = locked(pk)
        rank, version = rank_of(organization=organization, licence=ticket.licence, now=now)
        if rank < ticket.rank:
            promise, head_start = (
                ticket.sla_policy_id,
                ticket.allowance_minutes,
            )  # which nothing else remembers
            tell(Kind.TICKET_RANK_CHANGED, ticket, now=now, before=ticket.rank, after=rank, promise=promise,
                 head_start=head_start)  # fmt: skip
            adopt_plan(ticket, version, rank=rank)
            restamp(ticket, now=now, also=CHANGED)
            moved += 1
    return moved


def _open_case(ticket: Ticket) -> Ticket:
    fresh = locked(ticket.pk)
    if fresh.status in DONE:
        raise Refused(RefusalCode.WRONG_STATE, state=fresh.status)
    return fresh
