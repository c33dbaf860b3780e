"""One action of a rule, done to a case through the service that does it by hand. `actor` None: nobody pressed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from vigente.accounts.models import User
from vigente.billing.models import WorkType
from vigente.events.kinds import Kind
from vigente.rules.automation import Act, Action
from vigente.rules.lifecycle import Status, may_change
from vigente.rules.merge import fill
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import CaseStatus, Department, Tag, Ticket
from vigente.tickets.queries.merging import merge_values
from vigente.tickets.services import automatic, conversation, copies, structure, watching, work
from vigente.tickets.services.classification import classify
from vigente.tickets.services.follow_ups import set_follow_up
from vigente.tickets.services.state import locked, tell


class Named(Protocol):
    """In whose name it is done: a rule, or a follow-up."""

    @property
    def pk(self) -> Any: ...

    @property
    def name(self) -> Any: ...


class Do(Protocol):
    def __call__(
        self, ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime
    ) -> None: ...


def act(action: Action, ticket: Ticket, *, rule: Named, actor: User | None, now: datetime) -> None:
    """Do it. Raises Refused when the case, or what is named, does not allow it."""
    DOING[action.act](ticket, action, rule=rule, actor=actor, now=now)


def _status(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    ticket.refresh_from_db(fields=["status", "label"])
    label = (
        CaseStatus.objects.offered().filter(pk=_key(action.value)).first()
        if action.value.isdecimal()
        else None
    )
    if action.value == str(ticket.label_id or ticket.status):
        return
    state = label.state if label is not None else action.value
    if state not in set(Status) or (
        state != ticket.status and not may_change(Status(ticket.status), Status(state))
    ):
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    work.change_status(ticket=ticket, status=action.value, actor=actor, now=now)


def _assign(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    person = User.objects.filter(pk=_key(action.value)).first()
    if person is None:
        raise Refused(RefusalCode.INVALID_VALUE, field="assignee")
    work.assign(ticket=ticket, assignee=person, actor=actor, now=now)


def _unassign(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    work.assign(ticket=ticket, assignee=None, actor=actor, now=now)


def _department(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    department = Department.objects.filter(pk=_key(action.value)).first()
    if department is None:
        raise Refused(RefusalCode.INVALID_VALUE, field="department")
    work.set_department(ticket=ticket, department=department, actor=actor, now=now)


def _severity(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    work.set_severity(ticket=ticket, severity=_key(action.value), actor=actor, now=now)


def _tag(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    structure.tag_case(ticket=ticket, tags=[_tag_of(action.value)], actor=actor, now=now)


def _untag(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    structure.untag_case(ticket=ticket, tags=[_tag_of(action.value)], actor=actor, now=now)


def _note(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    text = _filled(action.value, ticket, actor, language="es", now=now)
    author_name = "" if actor else rule.name
    conversation.add_note(ticket=ticket, author=actor, author_name=author_name, text=text, now=now)


def _work_type(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    work_type = WorkType.objects.filter(pk=_key(action.value)).first()
    if work_type is None:
        raise Refused(RefusalCode.INVALID_VALUE, field="work_type")
    classify(ticket=ticket, work_type=work_type, actor=actor, now=now)


def _subject(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    text = _filled(action.value, ticket, actor, language="es", now=now)
    automatic.rename(ticket=ticket, subject=text, actor=actor, now=now)


def _reply(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    language = ticket.requester.language
    text = _filled(action.text_for(language), ticket, actor, language=language, now=now)
    automatic.reply_automatically(ticket=ticket, text=text, now=now)


def _mail(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    """Asked for by an event, since mail stands beside automation and not below it (`mail/tell_staff.rule_says`)."""
    text = _filled(action.value, ticket, actor, language="es", now=now)
    tell(
        Kind.AUTOMATION_MAIL,
        locked(ticket.pk),
        now=now,
        actor=actor,
        rule=rule.pk,
        name=rule.name,
        to=action.to,
        text=text,
    )


def _webhook(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    """Asked for in the same way (`webhooks/fanout`)."""
    endpoint = _key(action.value)
    tell(
        Kind.AUTOMATION_CALL,
        locked(ticket.pk),
        now=now,
        actor=actor,
        rule=rule.pk,
        name=rule.name,
        endpoint=endpoint,
    )


def _follow_up(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    minutes, _colon, status = action.to.partition(":")
    note = _filled(action.value, ticket, actor, language="es", now=now)
    due_at = now + timedelta(minutes=int(minutes))
    set_follow_up(
        ticket=ticket, due_at=due_at, status=status, note=note, actor=actor, now=now, cancel_on_reply=True
    )


def _lock(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    watching.lock(ticket=ticket, actor=actor, now=now)


def _unlock(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    watching.unlock(ticket=ticket, actor=actor, now=now)


def _watch(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    person = User.objects.filter(pk=_key(action.value), is_active=True).first()
    if person is None:
        raise Refused(RefusalCode.INVALID_VALUE, field="watch")
    change = watching.watch if action.act is Act.WATCH else watching.unwatch
    change(ticket=ticket, user=person, actor=actor, now=now)


def _copy(ticket: Ticket, action: Action, *, rule: Named, actor: User | None, now: datetime) -> None:
    change = copies.add_copy if action.act is Act.COPY else copies.remove_copy
    change(ticket=ticket, email=action.value, actor=actor, now=now)


def _filled(text: str, ticket: Ticket, actor: User | None, *, language: str, now: datetime) -> str:
    values = merge_values(ticket, actor or ticket.assignee or User(), now=now, language=language)
    return fill(text, values).text


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
    Act.WORK_TYPE: _work_type,
    Act.SUBJECT: _subject,
    Act.REPLY: _reply,
    Act.MAIL: _mail,
    Act.WEBHOOK: _webhook,
    Act.FOLLOW_UP: _follow_up,
    Act.LOCK: _lock,
    Act.UNLOCK: _unlock,
    Act.WATCH: _watch,
    Act.UNWATCH: _watch,
    Act.COPY: _copy,
    Act.UNCOPY: _copy,
}
