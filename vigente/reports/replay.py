"""A case's events as moments of the line: where it stood, and when somebody began to attend it. No database here.

What events do not tell is taken from how the case is today and undone step by step: each change names what was before.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from vigente.events.kinds import Kind
from vigente.rules.fairness import How, Moment, Stands, Taking
from vigente.rules.lifecycle import IN_LINE
from vigente.rules.precedence import place
from vigente.rules.rulebook import Rulebook
from vigente.rules.sla import Happening, Policy, evaluate
from vigente.tickets.stamps import happening_of


@dataclass(frozen=True, slots=True)
class Told:
    """An event, as far as a replay needs it. `id` orders what happened at one instant."""

    id: int
    at: datetime
    kind: str
    data: dict[str, Any]
    actor: int | None


@dataclass(frozen=True, slots=True)
class Vendor:
    """What does not depend on the case. `books`: from when each rulebook was in force, oldest first."""

    books: Sequence[tuple[datetime, Rulebook]]
    policies: dict[int | None, Policy]
    supervisors: frozenset[int]
    department: int
    floor: Callable[[int, datetime], timedelta]
    ceiling: Callable[[int, datetime], timedelta | None]
    development: frozenset[str]

    def book(self, at: datetime) -> Rulebook:
        found = self.books[0][1]
        for since, book in self.books:
            if since <= at:
                found = book
        return found


At: TypeAlias = tuple[datetime, int, int]


@dataclass(slots=True)
class Case:
    """A case while it is replayed; begins with how it was when it was accepted."""

    id: int
    accepted_at: datetime
    rank: int
    allowance: int
    policy: int | None
    department: int
    severity: int = 0
    assignee: int | None = None
    in_line: bool = True
    quoted: bool = False
    replied: bool = False
    taken_by: int | None = None
    given_by_supervisor: bool = False
    urgency: int = 0  # when it was accepted
    clock: list[Happening] = field(default_factory=list)
    adopted: dict[int, tuple[int | None, int]] = field(default_factory=dict)  # with each change of rank


def first_state(
    *, id: int, accepted_at: datetime, rank: int, allowance: int, policy: int | None, severity: int,
    department: int, told: Sequence[Told], default_department: int,
) -> Case:  # fmt: skip
    """How the case was when it was accepted, from how it is now (the arguments) and the changes since."""
    case = Case(id, accepted_at, rank, allowance, policy, department, severity)
    for event in reversed(told):
        if event.kind == Kind.TICKET_RANK_CHANGED:
            case.adopted[event.id] = (case.policy, case.allowance)
            case.rank = event.data["before"]
            case.policy = event.data.get("promise", case.policy)
            case.allowance = event.data.get("head_start", case.allowance)
        elif event.kind == Kind.TICKET_SEVERITY_CHANGED:
            case.severity = event.data["before"]
        elif event.kind == Kind.TICKET_ASSIGNED and "department" in event.data:
            case.department = event.data.get("left", default_department)
    case.urgency = case.severity
    return case


def replay(case: Case, told: Sequence[Told], vendor: Vendor) -> Iterator[tuple[At, Moment]]:
    """The moments of one case, each with where it belongs among those of all cases."""
    last: Stands | None = None
    turns = [since for since, _ in vendor.books if since > case.accepted_at]
    for event in told:
        while turns and turns[0] <= event.at:  # a new rulebook stamps anew whoever still waits
            at = turns.pop(0)
            last, moved = _moved(case, at, last, vendor)
            if moved:
                yield (at, event.id, -1), moved
        taking = _taking(case, event, vendor)
        if taking is not None:
            yield (event.at, event.id, 0), taking
        _apply(case, event, vendor)
        last, moved = _moved(case, event.at, last, vendor)
        if moved:
            yield (event.at, event.id, 1), moved
    for at in turns:
        last, moved = _moved(case, at, last, vendor)
        if moved:
            yield (at, 0, -1), moved


def _moved(
    case: Case, at: datetime, last: Stands | None, vendor: Vendor
) -> tuple[Stands | None, Stands | None]:
    """Where it stands now, and the same again if that is a change."""
    waits = case.in_line and not case.quoted
    if not waits and (last is None or not last.waits):
        return last, None
    now = _stands(case, at, vendor) if waits else None
    if now is None:
        assert last is not None
        now = Stands(at, case.id, False, last.group, last.place_at, case.department, case.assignee)
    if last is not None and _same(now, last):
        return last, None
    return now, now


def _same(a: Stands, b: Stands) -> bool:
    return (a.waits, a.key, a.shelf, a.due_at) == (b.waits, b.key, b.shelf, b.due_at)


def _stands(case: Case, at: datetime, vendor: Vendor) -> Stands:
    book, policy = vendor.book(at), vendor.policies[case.policy]
    due = evaluate(policy, case.clock, severity=case.urgency).due
    stamp = place(
        order=book.order,
        rank=case.rank,
        due_at=due,
        accepted_at=case.accepted_at,
        severity=case.severity,
        allowance=timedelta(minutes=case.allowance),
        floor=vendor.floor(case.rank, case.accepted_at) if case.severity > 0 else timedelta(0),
        ceiling=vendor.ceiling(case.rank, case.accepted_at) if case.severity < 0 else None,
    )
    return Stands(at, case.id, True, stamp.group, stamp.at, case.department, case.assignee, due)


def _taking(case: Case, event: Told, vendor: Vendor) -> Taking | None:
    """Whether with this event somebody begins to attend the case, and how it came to them."""
    if event.kind == Kind.TICKET_ASSIGNED and event.data.get("assignee") is not None:
        agent = event.data["assignee"]
        if event.data.get("by_line"):
            return Taking(event.at, case.id, agent, How.LINE)
        if "department" in event.data or agent != event.actor or agent == case.taken_by:
            return None
        return Taking(event.at, case.id, agent, How.GIVEN if agent in vendor.supervisors else How.HAND)
    first_reply = event.kind == Kind.TICKET_REPLIED and event.data.get("by") == "agent" and not case.replied
    if not first_reply or event.actor is None or event.actor == case.taken_by:
        return None
    given = case.given_by_supervisor and event.actor == case.assignee
    how = How.GIVEN if given or event.actor in vendor.supervisors else How.HAND
    return Taking(event.at, case.id, event.actor, how)


def _apply(case: Case, event: Told, vendor: Vendor) -> None:
    data = event.data
    told = happening_of(Kind(event.kind), data, event.at)
    if told is not None:
        case.clock.append(told)
    match Kind(event.kind):
        case Kind.TICKET_ASSIGNED:
            _assigned(case, event, vendor)
        case Kind.TICKET_RANK_CHANGED:
            case.rank = data["after"]
            case.policy, case.allowance = case.adopted[event.id]
        case Kind.TICKET_SEVERITY_CHANGED:
            case.severity = data["after"]
        case Kind.QUOTATION_REQUESTED:
            case.quoted = True
        case Kind.QUOTATION_OBJECTION_DECIDED if data.get("covered"):
            case.quoted = False
        case Kind.TICKET_CLASSIFIED:
            case.quoted = data.get("after") in vendor.development
        case Kind.TICKET_REPLIED if data.get("by") == "agent":
            case.replied, case.taken_by = True, event.actor
        case Kind.TICKET_SOLVED | Kind.TICKET_CLOSED:
            case.in_line = False
        case Kind.TICKET_REOPENED:
            case.in_line = True
        case Kind.TICKET_STATUS_CHANGED if data.get("before") != data.get("after"):
            case.in_line = data.get("after") in IN_LINE


def _assigned(case: Case, event: Told, vendor: Vendor) -> None:
    assignee = event.data.get("assignee")
    if "department" in event.data:
        case.department = event.data["department"]
    mine = event.data.get("by_line") or assignee == event.actor
    if assignee is None:
        case.taken_by, case.given_by_supervisor = None, False
    elif mine:
        case.taken_by = assignee
    elif assignee != case.assignee:
        case.taken_by = None
        case.given_by_supervisor = event.actor in vendor.supervisors
    case.assignee = assignee
