"""What is said of promises: once, in time, and nothing of what stands still."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.alerts import Promise, alerts, due_now, next_at
from vigente.rules.sla import Happening, Kind, evaluate
from vigente.rules.tests.strategies import instants, work_hours
from vigente.rules.tests.test_sla import POLICY, at, clocks
from vigente.rules.worktime import between, subtract

HOUR = timedelta(hours=1)


def said_of(*lines, said=()):
    accepted = at(lines[0].rsplit(" ", 1)[0])
    return alerts(POLICY, clocks(*lines), accepted, said)


def test_the_first_reply_is_warned_of_when_a_quarter_is_left_and_then_broken():
    found = said_of("6 08:00 accepted")
    near, broken = [one for one in found if one.promise is Promise.FIRST_REPLY]
    assert (near.at, broken.at) == (at("6 09:30"), at("6 10:00"))
    assert next_at(found) == at("6 09:30")
    assert due_now(found, now=at("6 09:30")) == []
    assert due_now(found, now=at("6 09:31")) == [near]
    assert due_now(found, now=at("6 10:00")) == [near]


def test_late_only_the_breach_is_said_and_nothing_twice():
    found = said_of("6 08:00 accepted")
    (said,) = due_now(found, now=at("6 11:00"))
    assert (said.promise, said.broken) == (Promise.FIRST_REPLY, True)
    left = said_of("6 08:00 accepted", said={said.key})
    assert {one.promise for one in left} == {Promise.RESOLUTION}


def test_nothing_is_said_of_what_stands_still_except_the_first_reply():
    waiting = said_of("6 08:00 accepted", "6 08:30 waiting")
    assert {one.promise for one in waiting} == {Promise.FIRST_REPLY}
    assert said_of("6 08:00 accepted", "6 08:30 agent_reply", "6 08:30 waiting") == []
    assert said_of("6 08:00 accepted", "6 08:30 solved") == []


def test_each_question_of_the_customer_is_a_promise_of_its_own():
    start = ("6 08:00 accepted", "6 08:10 agent_reply")
    first = said_of(*start, "6 09:00 customer_reply")
    keys = {one.key for one in first}
    again = said_of(
        *start, "6 09:00 customer_reply", "6 09:10 agent_reply", "6 10:00 customer_reply", said=keys
    )
    assert {one.promise for one in again} == {Promise.NEXT_REPLY}


@given(hours=work_hours(), start=instants, minutes=st.integers(1, 3000))
def test_taking_working_time_away_is_the_inverse_of_adding_it(hours, start, minutes):
    span = timedelta(minutes=minutes)
    floor = start - timedelta(days=60)
    before = subtract(hours, start, span, floor=floor)
    assert floor <= before <= start
    if before > floor:
        assert between(hours, before, start) == span
    else:
        assert between(hours, floor, start) <= span


@given(
    kinds=st.lists(st.tuples(st.integers(1, 20_000), st.sampled_from(list(Kind)[1:])), max_size=12),
    looks=st.lists(st.integers(0, 30_000), max_size=20),
)
def test_however_often_anybody_looks_each_thing_is_said_once_and_in_time(kinds, looks):
    start = at("6 08:00")
    timeline = [Happening(start, Kind.ACCEPTED)]
    timeline += [Happening(start + timedelta(minutes=m), kind) for m, kind in sorted(kinds)]
    said: list[tuple[str, str, bool]] = []
    for minute in sorted(looks):
        now = start + timedelta(minutes=minute)
        seen = [one for one in timeline if one.at <= now]
        found = due_now(alerts(POLICY, evaluate(POLICY, seen), start, said), now=now)
        assert all(one.at < now for one in found)
        said += [one.key for one in found]
        later = alerts(POLICY, evaluate(POLICY, seen), start, said)
        assert due_now(later, now=now) == []
        assert (next_at(later) or datetime.max.replace(tzinfo=now.tzinfo)) >= now
    assert len(said) == len(set(said))


def test_a_policy_without_promises_says_nothing():
    silent = replace(POLICY, first_reply=None, next_reply=None, resolution=None)
    assert alerts(silent, clocks("6 08:00 accepted", policy=silent), at("6 08:00"), ()) == []
