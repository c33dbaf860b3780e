"""One thing done to one case of many, through the service that does it by hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from vigente.accounts.models import User
from vigente.automation.models import AutomationRule
from vigente.automation.running import press
from vigente.bulk.models import BulkAction
from vigente.rules.automation import Act
from vigente.rules.lifecycle import Status, may_change
from vigente.rules.merge import fill
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import CannedResponse, Department, Tag, Ticket
from vigente.tickets.queries.merging import FIELDS, merge_values
from vigente.tickets.services import conversation, merging, structure, work

Acts = BulkAction.Act
# What a rule may do and `bulk/state` can put back.
REVERSIBLE = frozenset(
    {Act.STATUS, Act.ASSIGN, Act.UNASSIGN, Act.DEPARTMENT, Act.SEVERITY, Act.TAG, Act.UNTAG}
)


class Do(Protocol):
    def __call__(self, ticket: Ticket, bulk: BulkAction, *, now: datetime) -> None: ...


def act(ticket: Ticket, bulk: BulkAction, *, now: datetime) -> None:
    """Do it. Raises Refused when the case, or what is named, does not allow it."""
    DOING[bulk.act](ticket, bulk, now=now)


def can_undo(act: str, value: Mapping[str, Any]) -> bool:
    """Whether all of it can be put back: not what went out to customers, what was joined, or what a rule says."""
    if act in (Acts.MERGE, Acts.REPLY):
        return False
    if act != Acts.RULE:
        return True
    rule = _rule(value)
    known = rule.value() if rule else None
    return known is not None and all(action.act in REVERSIBLE for action in known.actions)


def _assign(ticket: Ticket, bulk: BulkAction, *, now: datetime) -> None:
    person = User.objects.filter(pk=_key(bulk)).first()
    if person is None:
        raise Refused(RefusalCode.INVALID_VALUE, field="assignee")
    work.assign(ticket=ticket, assignee=person, actor=bulk.actor, now=now)


def _unassign(ticket: Ticket, bulk: BulkAction, *, now: datetime) -> None:
    work.assign(ticket=ticket, assignee=None, actor=bulk.actor, now=now)


def _department(ticket: Ticket, bulk: BulkAction, *, now: datetime) -> None:
    department = Department.objects.filter(pk=_key(bulk)).first()
    if department is None:
        raise Refused(RefusalCode.INVALID_VALUE, field="department")
    work.set_department(ticket=ticket, department=department, actor=bulk.actor, now=now)


def _status(ticket: Ticket, bulk: BulkAction, *, now: datetime) -> None:
    wanted = str(bulk.value.get("value"))
    if wanted == ticket.status:
        return
    if wanted not in set(Status) or not may_change(Status(ticket.status), Status(wanted)):
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    work.change_status(ticket=ticket, status=wanted, actor=bulk.actor, now=now)


def _severity(ticket: Ticket, bulk: BulkAction, *, now: datetime) -> None:
    work.set_severity(ticket=ticket, severity=_key(bulk), actor=bulk.actor, now=now)


def _tag(ticket: Ticket, bulk: BulkAction, *, now: datetime) -> None:
    structure.tag_case(ticket=ticket, tags=[_tag_of(bulk)], actor=bulk.actor, now=now)


def _untag(ticket: Ticket, bulk: BulkAction, *, now: datetime) -> None:
    structure.untag_case(ticket=ticket, tags=[_tag_of(bulk)], actor=bulk.actor, now=now)


def _tag_of(bulk: BulkAction) -> Tag:
    tag = Tag.objects.filter(pk=_key(bulk)).first()
    if tag is None:
        raise Refused(RefusalCode.INVALID_VALUE, field="tag")
    return tag


def _key(bulk: BulkAction) -> int:
    try:
        return int(bulk.value.get("value", ""))
    except (TypeError, ValueError):
        raise Refused(RefusalCode.INVALID_VALUE, field="value") from None


def _apply_rule(ticket: Ticket, bulk: BulkAction, *, now: datetime) -> None:
    rule = _rule(bulk.value)
    if rule is None:
        raise Refused(RefusalCode.INVALID_VALUE, field="rule")
    press(rule=rule, ticket=ticket, user=bulk.actor, key=f"bulk:{bulk.pk}", now=now)


def _merge(ticket: Ticket, bulk: BulkAction, *, now: datetime) -> None:
    into = Ticket.objects.visible_to(bulk.actor).filter(number=bulk.value.get("value")).first()
    if into is None:
        raise Refused(RefusalCode.INVALID_VALUE, field="into")
    if into.pk != ticket.pk:  # the one that stays was chosen too
        merging.merge(ticket=ticket, into=into, actor=bulk.actor, now=now)


def _reply(ticket: Ticket, bulk: BulkAction, *, now: datetime) -> None:
    if ticket.merged_into_id is not None:
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    language = ticket.requester.language
    text, responses = _text_of(bulk, language)
    filled = fill(text, merge_values(ticket, bulk.actor, now=now, language=language))
    if filled.missing:
        raise Refused(
            RefusalCode.MERGE_FIELD,
            problem="missing",
            what=str(FIELDS.get(filled.missing[0], filled.missing[0])),
        )
    conversation.reply(
        ticket=ticket,
        author=bulk.actor,
        text=filled.text,
        channel="web",
        key=f"bulk:{bulk.pk}:{ticket.pk}",
        status_after=bulk.value.get("after") or None,
        responses=responses,
        now=now,
    )


def _text_of(bulk: BulkAction, language: str) -> tuple[str, tuple[int, ...]]:
    """What was written for all, or the saved reply in the reader's language."""
    if bulk.value.get("text"):
        return bulk.value["text"], ()
    response = int(bulk.value.get("response") or 0)
    row = CannedResponse.objects.visible_to(bulk.actor).filter(pk=response).first()
    if row is None:
        raise Refused(RefusalCode.EMPTY, field="text")
    return row.text_in(language), (row.pk,)


def _rule(value: Mapping[str, Any]) -> AutomationRule | None:
    return AutomationRule.objects.filter(
        pk=int(value.get("value") or 0), is_on=True, on=AutomationRule.On.BUTTON
    ).first()


def actor_may(user: User) -> bool:
    """Whoever left the team, or lost their place in it, does nothing more."""
    return user.is_active and user.is_staff_member


DOING: Mapping[str, Do] = {
    Acts.ASSIGN: _assign,
    Acts.UNASSIGN: _unassign,
    Acts.DEPARTMENT: _department,
    Acts.STATUS: _status,
    Acts.SEVERITY: _severity,
    Acts.TAG: _tag,
    Acts.UNTAG: _untag,
    Acts.RULE: _apply_rule,
    Acts.MERGE: _merge,
    Acts.REPLY: _reply,
}
