"""Automation: a second, plainer reading of the rules gives the same, and nothing can go round in circles."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.automation import (
    Act,
    Action,
    After,
    Button,
    Event,
    OnEvent,
    Pressed,
    Ran,
    Rule,
    Tick,
    Unreadable,
    decide,
    read_actions,
    read_trigger,
    write_actions,
    write_trigger,
)
from vigente.rules.conditions import Check, Group, Op
from vigente.rules.worktime import WorkHours

START = datetime(2026, 3, 10, 15, tzinfo=UTC)
KINDS = ("accepted", "replied", "status", "noted", "broken")
STATUSES = ("new", "open", "solved")
CHECKS = st.one_of(
    st.builds(
        Check,
        st.just("status"),
        st.sampled_from([Op.ANY_OF, Op.NONE_OF]),
        st.sampled_from(STATUSES).map(lambda one: (one,)),
    ),
    st.builds(Check, st.just("severity"), st.sampled_from([Op.AT_LEAST, Op.AT_MOST]), st.integers(0, 2)),
    st.builds(Check, st.just("at"), st.just(Op.LONGER_AGO), st.integers(1, 600)),
)
CONDITIONS = st.builds(Group, st.booleans(), st.lists(CHECKS, max_size=3).map(tuple))
ACTIONS = st.lists(
    st.one_of(
        st.builds(Action, st.just(Act.STATUS), st.sampled_from(STATUSES)),
        st.builds(Action, st.just(Act.SEVERITY), st.sampled_from("012")),
        st.builds(Action, st.just(Act.NOTE), st.just("x")),
        st.sampled_from([Action(Act.UNASSIGN), Action(Act.LOCK), Action(Act.UNLOCK)]),
        st.builds(Action, st.sampled_from([Act.WATCH, Act.UNWATCH, Act.COPY, Act.UNCOPY]), st.just("1")),
        st.builds(Action, st.sampled_from([Act.SUBJECT, Act.WORK_TYPE, Act.WEBHOOK]), st.just("1")),
        st.builds(
            Action, st.just(Act.REPLY), st.just("x"), by_language=st.sampled_from([(), (("en", "y"),)])
        ),
        st.builds(Action, st.just(Act.FOLLOW_UP), st.just("x"), st.sampled_from(["5", "1440:on_hold"])),
        st.builds(Action, st.just(Act.MAIL), st.just("x"), st.sampled_from(["assignee", "person:7"])),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
TRIGGERS = st.one_of(
    st.builds(OnEvent, st.frozensets(st.sampled_from(KINDS), min_size=1)),
    st.builds(
        After,
        st.sampled_from(["at", "never"]),
        st.integers(-300, 300),
        st.integers(60, 200),
        st.integers(1, 4),
    ),
    st.just(Button()),
)
SINCE = st.integers(-400, 200).map(lambda minutes: START + timedelta(minutes=minutes))
RULES = st.lists(st.tuples(TRIGGERS, ACTIONS, SINCE, CONDITIONS, st.booleans()), min_size=1, max_size=6).map(
    lambda rows: [Rule(n, *row) for n, row in enumerate(rows)]
)
HAPPENINGS = st.one_of(
    st.sampled_from(KINDS).map(Event), st.integers(0, 6).map(Pressed), st.just(Tick()), st.just(Tick())
)


def by_hand(rules, happening, facts, now, runs, answered):
    """The same, said plainly: a list of (key of the rule, actions)."""
    found = []
    for rule in rules:
        trigger = rule.trigger
        if type(trigger) is OnEvent:
            mine = type(happening) is Event and happening.kind in trigger.kinds and rule.key not in answered
            met = mine and (not happening.by_automation or happening.of_time)
        elif type(trigger) is Button:
            met = happening == Pressed(rule.key)
        else:
            mine = runs.get(rule.key, [])
            base = facts.get(trigger.fact)
            met = type(happening) is Tick and base is not None and len(mine) < trigger.most
            if met:
                due = base + timedelta(minutes=trigger.minutes)
                pause = timedelta(minutes=trigger.every)
                met = rule.since <= due <= now and (not mine or max(mine) + pause <= now)
        if met and said(rule.condition, facts, now):
            found.append((rule.key, rule.actions))
            if rule.stop:
                return found
    return found


def said(condition, facts, now):
    if isinstance(condition, Group):
        answers = [said(part, facts, now) for part in condition.parts]
        return False not in answers if condition.every else True in answers
    fact = facts.get(condition.field)
    if condition.field == "status":
        return (fact in condition.value) is (condition.op is Op.ANY_OF)
    if condition.field == "severity":
        return fact >= condition.value if condition.op is Op.AT_LEAST else fact <= condition.value
    return fact <= now - timedelta(minutes=condition.value)


def act(facts, action, now):
    """What an action does to the facts of this small world, and the event that tells of it."""
    if action.act is Act.STATUS:
        return facts | {"status": action.value, "at": now}, "status"
    if action.act is Act.SEVERITY:
        return facts | {"severity": int(action.value)}, "broken"
    return facts | {"at": now}, "replied" if action.act is Act.REPLY else "noted"


@given(RULES, st.lists(st.tuples(HAPPENINGS, st.integers(0, 500)), max_size=12))
def test_a_plain_interpreter_gives_the_same_and_it_always_ends(rules, story):
    facts, now, runs, done = {"status": "new", "severity": 0, "at": START}, START, {}, 0
    for first, minutes in story:
        now += timedelta(minutes=minutes)
        waiting = [first]
        for turn, happening in enumerate(waiting):
            assert turn < 200, "goes round in circles"
            answered = set()
            for _again in range(2):  # a worker that was killed asks again
                ran = {
                    rule.key: Ran(
                        len(runs.get(rule.key, [])),
                        max(runs.get(rule.key, []), default=None),
                        rule.key in answered,
                    )
                    for rule in rules
                }
                plan = decide(rules, happening, facts, now=now, already=ran)
                assert [(one.rule, one.actions) for one in plan] == by_hand(
                    rules, happening, facts, now, runs, answered
                )
                for one in plan:
                    answered.add(one.rule)
                    runs.setdefault(one.rule, []).append(now)
                    for action in one.actions:
                        facts, told = act(facts, action, now)
                        waiting.append(Event(told, by_automation=True))
                        done += 1
    for rule in rules:
        if isinstance(rule.trigger, After):
            assert len(runs.get(rule.key, [])) <= rule.trigger.most


def test_what_time_brought_fires_whoever_noticed_it():
    rule = Rule(1, OnEvent(frozenset({"broken"})), (Action(Act.SEVERITY, "2"),), START)
    asked = {"facts": {}, "now": START, "already": {}}
    assert not decide([rule], Event("broken", by_automation=True), **asked)
    assert decide([rule], Event("broken", by_automation=True, of_time=True), **asked)


def test_outside_of_its_hours_it_waits_and_an_event_passes_by():
    hours = WorkHours("UTC", (((600, 960),),) * 7)  # 10:00 to 16:00
    asked = {"facts": {"at": START - timedelta(hours=10)}, "already": {}}
    timed = Rule(1, After("at", 60), (Action(Act.LOCK),), START - timedelta(days=2), hours=hours)
    told = Rule(2, OnEvent(frozenset({"noted"})), (Action(Act.LOCK),), START, hours=hours)
    pressed = Rule(3, Button(), (Action(Act.LOCK),), START, hours=hours)
    for hour, works in ((9, False), (10, True), (15, True), (16, False)):
        now = START.replace(hour=hour)
        assert bool(decide([timed], Tick(), now=now, **asked)) is works
        assert bool(decide([told], Event("noted"), now=now, **asked)) is works
        assert decide([pressed], Pressed(3), now=now, **asked)


def test_a_plan_says_why_and_when_it_fell_due():
    old, new = Check("severity", Op.AT_LEAST, 1), Check("severity", Op.AT_LEAST, 2)
    rule = Rule(7, After("at", 30), (Action(Act.UNASSIGN),), START, Group(False, (old, new)))
    (plan,) = decide([rule], Tick(), {"at": START, "severity": 1}, now=START + timedelta(hours=1), already={})
    assert plan.because == (old,)
    assert plan.moment == START + timedelta(minutes=30)


@given(TRIGGERS, ACTIONS)
def test_what_is_read_is_what_was_written(trigger, actions):
    assert read_trigger(write_trigger(trigger)) == trigger
    assert read_actions(write_actions(actions)) == actions


@pytest.mark.parametrize(
    "data",
    [
        None, {}, {"on": "event", "kinds": []}, {"on": "event", "kinds": [1]}, {"on": "time"},
        {"on": "time", "fact": "at", "minutes": 1, "every": 59, "most": 1},
        {"on": "time", "fact": "at", "minutes": 1, "every": 60, "most": 21},
        {"on": "time", "fact": "at", "minutes": 10**9, "every": 60, "most": 1},
        {"on": "time", "fact": "at", "minutes": True, "every": 60, "most": 1},
    ],
)  # fmt: skip
def test_a_trigger_that_is_none_is_refused(data):
    with pytest.raises(Unreadable):
        read_trigger(data)


@pytest.mark.parametrize(
    "data",
    [[], {}, [1], [{"act": "explode"}], [{"act": "note", "value": " "}], [{"act": "note", "value": "\0"}],
     [{"act": "tag"}], [{"act": "mail", "value": "x"}], [{"act": "follow_up", "value": "x", "to": "0"}],
     [{"act": "follow_up", "value": "x", "to": "5:closed"}], [{"act": "mail", "value": "x", "to": "x@y.z"}],
     [{"act": "reply", "value": "x", "by_language": ["en"]}], [{"act": "unassign"}] * 21],
)  # fmt: skip
def test_actions_that_are_none_are_refused(data):
    with pytest.raises(Unreadable):
        read_actions(data)
