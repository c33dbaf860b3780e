"""Writing rules of automation: made, changed, put in order, switched on and off."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from vigente.accounts.models import User
from vigente.automation.models import AutomationRule
from vigente.rules.automation import (
    WRITTEN,
    Action,
    After,
    Button,
    OnEvent,
    Trigger,
    write_actions,
    write_trigger,
)
from vigente.rules.conditions import Condition, write
from vigente.rules.merge import problems
from vigente.rules.refusal import RefusalCode, Refused
from vigente.sla.models import BusinessHours
from vigente.tickets.queries.merging import FIELDS

_ON: Mapping[type, str] = {OnEvent: "event", After: "time", Button: "button"}


def save_rule(
    *,
    rule: AutomationRule | None,
    name: str,
    trigger: Trigger,
    condition: Condition,
    actions: Sequence[Action],
    stop: bool,
    actor: User,
    hours: BusinessHours | None = None,
    now: datetime,
) -> AutomationRule:
    """Make a rule, off and last in order, or change one. A change of when or if counts from now on. Raises Refused."""
    name = " ".join(name.split())
    if not name:
        raise Refused(RefusalCode.EMPTY, field="name")
    if not actions:
        raise Refused(RefusalCode.EMPTY)
    for action in actions:
        if action.act in WRITTEN:
            _check_text(action)
    row = rule or AutomationRule(position=_last() + 1, since=now)
    before = (row.trigger, row.condition) if rule else None
    row.name, row.stop, row.on, row.hours = name, stop, _ON[type(trigger)], hours
    row.trigger, row.condition = write_trigger(trigger), write(condition)
    row.actions = write_actions(actions)
    row.changed_by, row.changed_at = actor, now
    if before is not None and before != (row.trigger, row.condition):
        row.since = now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused(RefusalCode.NAME_TAKEN, field="name", name=name) from None
    return row


def _check_text(action: Action) -> None:
    """A field that cannot be filled in is refused where it was written."""
    for language, text in (("", action.value), *action.by_language):
        if wrong := problems(text, list(FIELDS)):
            field = f"{action.act.value}_{language}".rstrip("_")
            raise Refused(RefusalCode.MERGE_FIELD, field=field, problem=wrong[0].code, what=wrong[0].what)


def switch(*, rule: AutomationRule, on: bool, actor: User, now: datetime) -> None:
    """Switch a rule on, from this moment, or off."""
    changed = AutomationRule.objects.filter(pk=rule.pk, is_on=not on)
    if on:
        changed.update(is_on=True, since=now, changed_by=actor, changed_at=now)
    else:
        changed.update(is_on=False, changed_by=actor, changed_at=now)


@transaction.atomic
def order_rules(keys: Sequence[int]) -> None:
    """Put the rules in this order; those not named follow as they were."""
    known = list(AutomationRule.objects.values_list("pk", flat=True))
    wanted = [key for key in dict.fromkeys(keys) if key in known]
    for position, key in enumerate([*wanted, *(pk for pk in known if pk not in wanted)]):
        AutomationRule.objects.filter(pk=key).update(position=position)


@transaction.atomic
def delete_rule(*, rule: AutomationRule) -> None:
    """Only one that never acted: what happened keeps its reason. Any other is switched off."""
    if rule.runs.exists():
        raise Refused(RefusalCode.STILL_USED)
    rule.delete()


def _last() -> int:
    found: int | None = AutomationRule.objects.aggregate(last=Max("position"))["last"]
    return -1 if found is None else found
