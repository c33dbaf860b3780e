"""What a rule would have done in the past: nothing is written.

The moments are those of the past, the data of each case are those it has now: a case that was assigned since counts as
assigned. That is said where it is shown.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from vigente.automation.models import AutomationRule
from vigente.automation.running import CHANNEL, due_cases
from vigente.events.models import Event
from vigente.rules.automation import After, OnEvent, Rule
from vigente.rules.conditions import checks_of, holds
from vigente.tickets.models import Ticket
from vigente.tickets.queries.conditions import where
from vigente.tickets.queries.facts import facts_of

MOST_EVENTS = 5_000
MOST_CASES = 500


@dataclass(frozen=True, slots=True)
class Past:
    """The cases (primary keys, newest first) a rule would have touched. `whole`: nothing was cut off."""

    cases: tuple[int, ...]
    whole: bool


def past(rule: AutomationRule, *, now: datetime, days: int = 30) -> Past | None:
    """The last `days` days under this rule; None when it cannot be read. A button: where it would be offered."""
    value = rule.value()
    if value is None:
        return None
    since = now - timedelta(days=days)
    if isinstance(value.trigger, OnEvent):
        return _events(value, since, now)
    if isinstance(value.trigger, After):
        moved = Rule(value.key, value.trigger, value.actions, since, value.condition)
        rows = due_cases(moved, now=now)
    else:
        found = Ticket.objects.filter(where(value.condition, now=now), accepted_at__gte=since)
        rows = found.order_by("-pk").values_list("pk", flat=True)
    cases = tuple(rows[: MOST_CASES + 1])
    return Past(cases[:MOST_CASES], whole=len(cases) <= MOST_CASES)


def _events(value: Rule, since: datetime, now: datetime) -> Past:
    assert isinstance(value.trigger, OnEvent)
    rows = Event.objects.filter(
        kind__in=value.trigger.kinds, occurred_at__gte=since, subject__startswith="ticket:"
    ).exclude(channel=CHANNEL)
    subjects = list(rows.order_by("-id").values_list("subject", flat=True)[: MOST_EVENTS + 1])
    keys = [int(one.partition(":")[2]) for one in dict.fromkeys(subjects[:MOST_EVENTS])]
    fields = sorted({check.field for check in checks_of(value.condition)})
    facts = facts_of(keys, fields, now=now)
    cases = [pk for pk in keys if pk in facts and holds(value.condition, facts[pk], now=now)]
    return Past(tuple(cases[:MOST_CASES]), len(subjects) <= MOST_EVENTS and len(cases) <= MOST_CASES)
