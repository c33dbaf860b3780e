"""One action of a rule, done to a case through the service that does it by hand. `actor` None: nobody pressed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from vigente.accounts.models import User
from vigente.rules.automation import Act, Action
from vigente.rules.lifecycle import Status, may_change
from vigente.rules.merge import fill
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Department, Tag, Ticket
from vigente.tickets.queries.merging import merge_values
from vigente.tickets.services import conversation, structure, work


class Do(Protocol):
    def __call__(
        self, ticket: Ticket, value: str, *, name: str, actor: User | None, now: datetime
    ) -> None: ...


def act(action: Action, ticket: Ticket, *, name: str, actor: User | None, now: datetime) -> None:
    """Do it. `name`: the rule's. Raises Refused when the case, or what is named, does not allow it."""
    DOING[action.act](ticket, action.value, name=name, actor=actor, now=now)


def _status(ticket: Ticket, value: str, *, name: str, actor: User | None, now: datetime) -> None:
    ticket.refresh_from_db(fields=["status"])
    if value == ticket.status:
        return
    if value not in set(Status) or not may_change(Status(ticket.status), Status(value)):
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    work.change_status(ticket=ticket, status=value, actor=actor, now=now)


def _assign(ticket: Ticket, value: str, *, name: str, actor: User | None, now: datetime) -> None:
    person = User.objects.filter(pk=_key(value)).first()
    if person is None:
        raise Refused(RefusalCode.INVALID_VALUE, field="assignee")
    work.assign(ticket=ticket, assignee=person, actor=actor, now=now)


def _unassign(ticket: Ticket, value: str, *, name: str, actor: User | None, now: datetime) -> None:
    work.assign(ticket=ticket, assignee=None, actor=actor, now=now)


def _department(ticket: Ticket, value: str, *, name: str, actor: User | None, now: datetime) -> None:
    department = Department.objects.filter(pk=_key(value)).first()
    if department is None:
        raise Refused(RefusalCode.INVALID_VALUE, field="department")
    work.set_department(ticket=ticket, department=department, actor=actor, now=now)


def _severity(ticket: Ticket, value: str, *, name: str, actor: User | None, now: datetime) -> None:
    work.set_severity(ticket=ticket, severity=_key(value), actor=actor, now=now)


def _tag(ticket: Ticket, value: str, *, name: str, actor: User | None, now: datetime) -> None:
    structure.tag_case(ticket=ticket, tags=[_tag_of(value)], actor=actor, now=now)


def _untag(ticket: Ticket, value: str, *, name: str, actor: User | None, now: datetime) -> None:
    structure.untag_case(ticket=ticket, tags=[_tag_of(value)], actor=actor, now=now)


def _note(ticket: Ticket, value: str, *, name: str, actor: User | None, now: datetime) -> None:
    values = merge_values(ticket, actor or ticket.assignee or User(), now=now, language="es")
    text = fill(value, values).text
    conversation.add_note(ticket=ticket, author=actor, author_name="" if actor else name, text=text, now=now)


def _tag_of(value: str) -> Tag:
    tag = Tag.objects.filter(pk=_key(value)).first()
    if tag is None:
        raise Refused(RefusalCode.INVALID_VALUE, field="tag")
    return tag


def _key(value: str) -> int:
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else -1


DOING: Mapping[Act, Do] = {
    Act.STATUS: _status,
    Act.ASSIGN: _assign,
    Act.UNASSIGN: _unassign,
    Act.DEPARTMENT: _department,
    Act.SEVERITY: _severity,
    Act.TAG: _tag,
    Act.UNTAG: _untag,
    Act.NOTE: _note,
}
