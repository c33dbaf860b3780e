"""What a bulk action can put back of a case, and putting it back through the services that change it by hand."""

from datetime import datetime
from typing import Any

from vigente.accounts.models import User
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.rules.lifecycle import Status
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Department, Tag, Ticket, TicketTag
from vigente.tickets.services import structure, work

State = dict[str, Any]
OF_TIME = (Kind.PROMISE_NEAR, Kind.PROMISE_BROKEN)  # nobody changed anything


def state_of(pk: int) -> State:
    """As it is in the database now: two queries."""
    row = Ticket.objects.values("status", "assignee", "department", "severity").get(pk=pk)
    tags = TicketTag.objects.filter(ticket=pk).order_by("tag").values_list("tag", flat=True)
    return {**row, "tags": list(tags)}


def latest_event(ticket: Ticket) -> int:
    """The latest thing that happened to it; 0 for nothing."""
    found = Event.objects.filter(subject=ticket.event_subject).order_by("-pk").values_list("pk", flat=True)
    return found.first() or 0


def touched_since(ticket: Ticket, event: int, *, by_others_than: User) -> bool:
    """Whether a customer, a colleague or a rule did something to it after that event."""
    later = Event.objects.filter(subject=ticket.event_subject, pk__gt=event).exclude(kind__in=OF_TIME)
    return later.exclude(actor=by_others_than).exists()


def still_so(state: State, before: State, after: State) -> bool:
    """Whether what was changed is as the change left it."""
    return all(state[name] == after[name] for name in after if before[name] != after[name])


def put_back(ticket: Ticket, before: State, after: State, *, actor: User, now: datetime) -> None:
    """Change what differs back. Raises Refused."""
    if before["status"] != after["status"]:
        _status(ticket, before["status"], actor=actor, now=now)
    if before["department"] != after["department"]:
        department = Department.objects.filter(pk=before["department"]).first()
        if department is None:
            raise Refused(RefusalCode.INVALID_VALUE, field="department")
        work.set_department(ticket=ticket, department=department, actor=actor, now=now)
    if before["assignee"] != after["assignee"]:
        person = User.objects.filter(pk=before["assignee"]).first() if before["assignee"] else None
        work.assign(ticket=ticket, assignee=person, actor=actor, now=now)
    if before["severity"] != after["severity"]:
        work.set_severity(ticket=ticket, severity=before["severity"], actor=actor, now=now)
    gone, new = set(before["tags"]) - set(after["tags"]), set(after["tags"]) - set(before["tags"])
    if gone:
        structure.tag_case(ticket=ticket, tags=list(Tag.objects.filter(pk__in=gone)), actor=actor, now=now)
    if new:
        structure.untag_case(ticket=ticket, tags=list(Tag.objects.filter(pk__in=new)), actor=actor, now=now)


def _status(ticket: Ticket, wanted: str, *, actor: User, now: datetime) -> None:
    """A case that was new is open again: nobody chooses "new" by hand; from "closed" only "open" can be reached."""
    steps = [Status.OPEN] if wanted in (Status.NEW, Status.OPEN) else [Status(wanted)]
    ticket.refresh_from_db(fields=["status"])
    if ticket.status == Status.CLOSED and steps[0] is not Status.OPEN:
        steps.insert(0, Status.OPEN)
    for step in steps:
        work.change_status(ticket=ticket, status=step.value, actor=actor, now=now)
