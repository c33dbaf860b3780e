"""When, if, then: which rules act on a case, in which order, and why.

Here: rules as values, and `decide`, which plans what they do. Not here: facts, and the doing (`automation/services`).
Loops cannot be built: what automation did fires no event rule, an event fires a rule once, and a timed rule runs on a
case at most `most` times, whatever becomes of the case. All rules look at the case as it was when they were asked, so
that none depends on what another does; they act in their order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from vigente.rules.conditions import ALWAYS, Check, Condition, Fact, explain, holds
from vigente.rules.lifecycle import PAUSED
from vigente.rules.worktime import WorkHours, is_open

MOST_ACTIONS = 20
MOST_RUNS = 20  # of a timed rule on one case
LONGEST_TEXT = 5_000
MOST_MINUTES = 366 * 24 * 60
SHORTEST_PAUSE = 60  # minutes between two runs of a timed rule on one case


class Act(StrEnum):
    """What a rule can do to a case. `value`: a code, a primary key or a text."""

    STATUS = "status"
    ASSIGN = "assign"
    UNASSIGN = "unassign"  # no value
    DEPARTMENT = "department"
    SEVERITY = "severity"
    TAG = "tag"
    UNTAG = "untag"
    NOTE = "note"  # a text with merge fields, read by staff only
    WORK_TYPE = "work_type"
    LOCK = "lock"  # no value: it takes no more replies
    UNLOCK = "unlock"  # no value
    WATCH = "watch"  # the primary key of somebody of the desk
    UNWATCH = "unwatch"
    COPY = "copy"  # an address that is written our replies from now on
    UNCOPY = "uncopy"
    SUBJECT = "subject"  # a text with merge fields
    REPLY = "reply"  # a text with merge fields, read by the customer, who is told that nobody wrote it
    MAIL = "mail"  # a text with merge fields, to the people of the desk in `to`
    FOLLOW_UP = "follow_up"  # a note with merge fields; `to`: "minutes" or "minutes:state meanwhile"
    WEBHOOK = "webhook"  # the primary key of an endpoint


WITHOUT_VALUE = frozenset({Act.UNASSIGN, Act.LOCK, Act.UNLOCK})
WRITTEN = frozenset({Act.NOTE, Act.SUBJECT, Act.REPLY, Act.MAIL, Act.FOLLOW_UP})  # texts with merge fields
TO_ROLES = ("assignee", "department", "supervisors")
TO_PERSON = "person:"  # and a primary key


@dataclass(frozen=True, slots=True)
class Action:
    """One thing done. `to`: whom, or when. `by_language`: the text for readers of a language, if not `value`."""

    act: Act
    value: str = ""
    to: str = ""
    by_language: tuple[tuple[str, str], ...] = ()

    def text_for(self, language: str) -> str:
        """What somebody who reads this language is written."""
        return dict(self.by_language).get(language, self.value)


@dataclass(frozen=True, slots=True)
class OnEvent:
    """When one of these kinds of event happened to the case."""

    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class After:
    """`minutes` after the instant in the field `fact` (before it, if negative), then every `every` minutes, at most
    `most` times on a case.
    """

    fact: str
    minutes: int
    every: int = 24 * 60
    most: int = 1


@dataclass(frozen=True, slots=True)
class Button:
    """When somebody presses its button on the case."""


Trigger = OnEvent | After | Button


@dataclass(frozen=True, slots=True)
class Rule:
    """`since`: when it was switched on; moments before it are left alone. `stop`: those after it are not looked at.
    `hours`: outside of them it does nothing; one that waits for time acts when they begin.
    """

    key: int
    trigger: Trigger
    actions: tuple[Action, ...]
    since: datetime
    condition: Condition = ALWAYS
    stop: bool = False
    hours: WorkHours | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened. `by_automation`: a rule did it. `of_time`: it follows from time alone, whoever noticed."""

    kind: str
    by_automation: bool = False
    of_time: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """The button of a rule."""

    rule: int


@dataclass(frozen=True, slots=True)
class Tick:
    """Time went by."""


Happening = Event | Pressed | Tick


@dataclass(frozen=True, slots=True)
class Ran:
    """What a rule did to this case before. `here`: it has answered this very event already."""

    times: int = 0
    last: datetime | None = None
    here: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """A rule that acts now. `because`: the checks that hold; `moment`: when it fell due, of a timed rule."""

    rule: int
    actions: tuple[Action, ...]
    because: tuple[Check, ...] = ()
    moment: datetime | None = None


def decide(
    rules: Sequence[Rule],
    happening: Happening,
    facts: Mapping[str, Fact],
    *,
    now: datetime,
    already: Mapping[int, Ran],
) -> tuple[Planned, ...]:
    """What the rules, in this order, do about it. `facts` of the case at `now`; `already`: by the key of the rule."""
    planned = []
    for rule in rules:
        ran = already.get(rule.key, Ran())
        if not fires(rule, happening, facts, now=now, ran=ran):
            continue
        if not holds(rule.condition, facts, now=now):
            continue
        because = tuple(check for check, passed in explain(rule.condition, facts, now=now) if passed)
        moment = due_at(rule.trigger, facts) if isinstance(rule.trigger, After) else None
        planned.append(Planned(rule.key, rule.actions, because, moment))
        if rule.stop:
            break
    return tuple(planned)


def fires(rule: Rule, happening: Happening, facts: Mapping[str, Fact], *, now: datetime, ran: Ran) -> bool:
    """Whether its trigger is met, its condition apart. A button is pressed at any hour."""
    trigger = rule.trigger
    if rule.hours is not None and not isinstance(trigger, Button) and not is_open(rule.hours, now):
        return False
    if isinstance(trigger, OnEvent):
        if not isinstance(happening, Event) or ran.here:
            return False
        return happening.kind in trigger.kinds and (happening.of_time or not happening.by_automation)
    if isinstance(trigger, Button):
        return isinstance(happening, Pressed) and happening.rule == rule.key
    if not isinstance(happening, Tick) or ran.times >= trigger.most:
        return False
    due = due_at(trigger, facts)
    if due is None or due < rule.since or now < due:
        return False
    return ran.last is None or now >= ran.last + timedelta(minutes=trigger.every)


def due_at(trigger: After, facts: Mapping[str, Fact]) -> datetime | None:
    """When a timed rule first falls due on a case with these facts; None while that has not happened."""
    fact = facts.get(trigger.fact)
    return fact + timedelta(minutes=trigger.minutes) if isinstance(fact, datetime) else None


class Unreadable(ValueError):
    """A trigger or an action that cannot be read; `args[0]` says which part."""


def read_trigger(data: Any) -> Trigger:
    """A trigger from JSON. Raises Unreadable."""
    if not isinstance(data, Mapping):
        raise Unreadable("trigger")
    match data.get("on"):
        case "event":
            kinds = data.get("kinds")
            if not isinstance(kinds, list) or not kinds or not all(isinstance(kind, str) for kind in kinds):
                raise Unreadable("kinds")
            return OnEvent(frozenset(kinds))
        case "time":
            return _after(data)
        case "button":
            return Button()
    raise Unreadable("trigger")


def _after(data: Mapping[str, Any]) -> After:
    numbers = (data.get("minutes"), data.get("every"), data.get("most"))
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in numbers):
        raise Unreadable("minutes")
    minutes, every, most = (int(one or 0) for one in numbers)
    if not isinstance(data.get("fact"), str) or abs(minutes) > MOST_MINUTES:
        raise Unreadable("minutes")
    if not SHORTEST_PAUSE <= every <= MOST_MINUTES:
        raise Unreadable("every")
    if not 1 <= most <= MOST_RUNS:
        raise Unreadable("most")
    return After(data["fact"], minutes, every, most)


def write_trigger(trigger: Trigger) -> dict[str, Any]:
    """The JSON that `read_trigger` takes."""
    if isinstance(trigger, OnEvent):
        return {"on": "event", "kinds": sorted(trigger.kinds)}
    if isinstance(trigger, Button):
        return {"on": "button"}
    return {
        "on": "time",
        "fact": trigger.fact,
        "minutes": trigger.minutes,
        "every": trigger.every,
        "most": trigger.most,
    }


def read_actions(data: Any) -> tuple[Action, ...]:
    """Actions from JSON: [{"act", "value"}]. Raises Unreadable."""
    if not isinstance(data, list) or not 0 < len(data) <= MOST_ACTIONS:
        raise Unreadable("actions")
    return tuple(_action(one) for one in data)


def _action(data: Any) -> Action:
    if not isinstance(data, Mapping):
        raise Unreadable("actions")
    try:
        act = Act(str(data.get("act")))
    except ValueError:
        raise Unreadable("act") from None
    value = data.get("value", "")
    if act in WITHOUT_VALUE:
        return Action(act)
    if not _readable(value):
        raise Unreadable("value")
    to = _to(data) if act is Act.MAIL else _later(data) if act is Act.FOLLOW_UP else ""
    return Action(act, value, to, _by_language(act, data))


def _readable(text: Any) -> bool:
    return isinstance(text, str) and bool(text.strip()) and len(text) <= LONGEST_TEXT and "\0" not in text


def _to(data: Mapping[str, Any]) -> str:
    to = data.get("to")
    if not isinstance(to, str) or (to not in TO_ROLES and not to.removeprefix(TO_PERSON).isdecimal()):
        raise Unreadable("to")
    return to


def _later(data: Mapping[str, Any]) -> str:
    to = data.get("to")
    minutes, colon, status = to.partition(":") if isinstance(to, str) else ("", "", "")
    if not minutes.isascii() or not minutes.isdecimal() or not 0 < len(minutes) < 7:
        raise Unreadable("to")
    if not 0 < int(minutes) <= MOST_MINUTES or bool(colon) != (status in PAUSED):
        raise Unreadable("to")
    return f"{minutes}{colon}{status}"


def _by_language(act: Act, data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    given = data.get("by_language") or {}
    if not isinstance(given, Mapping) or not all(_readable(text) for text in given.values()):
        raise Unreadable("value")
    return tuple(sorted((str(code), text) for code, text in given.items())) if act is Act.REPLY else ()


def write_actions(actions: Sequence[Action]) -> list[dict[str, Any]]:
    """The JSON that `read_actions` takes."""
    return [_written(one) for one in actions]


def _written(one: Action) -> dict[str, Any]:
    said: dict[str, Any] = {"act": one.act.value}
    if one.act not in WITHOUT_VALUE:
        said["value"] = one.value
    if one.to:
        said["to"] = one.to
    if one.by_language:
        said["by_language"] = dict(one.by_language)
    return said
