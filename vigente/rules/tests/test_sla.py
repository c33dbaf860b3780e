"""Promises: due, paused, broken; recomputed whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.sla import Clocks, Happening, Kind, Policy, evaluate
from vigente.rules.tests.strategies import MANAGUA, durations, instants, work_hours
from vigente.rules.worktime import ALWAYS, WorkHours, add, between

HOUR = timedelta(hours=1)
OFFICE = WorkHours(MANAGUA, (((480, 1020),),) * 5 + ((), ()))  # 08:00 to 17:00, Monday to Friday
POLICY = Policy(first_reply=2 * HOUR, next_reply=4 * HOUR, resolution=18 * HOUR, hours=OFFICE)


def at(text: str) -> datetime:
    """`6 10:30` is Monday 6 July 2026, 10:30 in Managua."""
    day, hour = text.split()
    return (
        datetime.fromisoformat(f"2026-07-{int(day):02} {hour}")
        .replace(tzinfo=ZoneInfo(MANAGUA))
        .astimezone(UTC)
    )


def clocks(*lines: str, policy: Policy = POLICY) -> Clocks:
    """Lines as `6 10:30 accepted`."""
    return evaluate(
        policy, [Happening(at(line.rsplit(" ", 1)[0]), Kind(line.rsplit(" ", 1)[1])) for line in lines]
    )


def test_row_42_the_first_reply_counts_from_acceptance() -> None:
    got = clocks("6 16:00 accepted")
    assert got.first_reply_due == got.due == at("7 09:00")
    assert got.resolution_due == at("8 16:00")
    assert not got.first_reply_breached(at("7 09:00"))
    assert got.first_reply_breached(at("7 09:01"))
    assert got.breached(at("7 09:01"))


def test_row_42_our_own_waiting_does_not_move_the_first_reply() -> None:
    assert clocks("6 08:00 accepted", "6 08:05 waiting").due == at("6 10:00")


def test_nothing_happens_before_acceptance() -> None:
    assert clocks() == Clocks()
    assert clocks("6 08:00 customer_reply", "6 09:00 agent_reply") == Clocks()
    assert clocks("6 09:00 accepted", "6 08:00 agent_reply").first_replied_at is None


def test_a_first_reply_in_time_leaves_the_resolution_due() -> None:
    got = clocks("6 08:00 accepted", "6 09:30 agent_reply")
    assert got.first_replied_at == at("6 09:30")
    assert got.due == got.resolution_due == at("7 17:00")
    assert not got.first_reply_breached(at("31 08:00"))


def test_a_late_first_reply_stays_broken() -> None:
    assert clocks("6 08:00 accepted", "6 11:00 agent_reply").first_reply_breached(at("6 11:00"))


def test_the_next_reply_counts_from_the_first_unanswered_message() -> None:
    talk = ["6 08:00 accepted", "6 08:30 customer_reply", "6 09:00 agent_reply", "6 10:00 customer_reply"]
    got = clocks(*talk, "6 12:00 customer_reply")
    assert (got.asked_at, got.next_reply_due, got.due) == (at("6 10:00"), at("6 14:00"), at("6 14:00"))
    assert got.next_reply_breached(at("6 14:01"))
    answered = clocks(*talk, "6 12:00 agent_reply")
    assert answered.next_reply_due is None
    assert not answered.next_reply_breached(at("6 14:01"))


def test_waiting_stops_the_resolution_and_moves_it_by_the_working_time_paused() -> None:
    talk = ["6 08:00 accepted", "6 09:00 agent_reply", "6 16:00 waiting"]
    waiting = clocks(*talk)
    assert waiting.due is None
    assert not waiting.resolution_breached(at("31 08:00"))
    assert clocks(*talk, "7 09:00 resumed").resolution_due == at("8 10:00")  # 1 h on Monday, 1 h on Tuesday
    assert clocks(*talk, "6 23:00 resumed").resolution_due == at("8 09:00")


def test_waiting_twice_is_waiting_once_and_resuming_twice_too() -> None:
    talk = ["6 08:00 accepted", "6 09:00 waiting", "6 10:00 waiting", "6 11:00 resumed", "6 12:00 resumed"]
    assert clocks(*talk).resolution_due == at("8 10:00")


def test_a_pause_after_the_deadline_moves_nothing() -> None:
    talk = ["6 08:00 accepted", "6 09:00 agent_reply", "8 09:00 waiting"]
    assert clocks(*talk).resolution_breached(at("8 09:00"))
    assert clocks(*talk, "9 09:00 resumed").resolution_due == at("7 17:00")


def test_a_pause_that_begins_with_the_deadline_moves_nothing() -> None:
    round_the_clock = replace(POLICY, hours=ALWAYS)
    talk = ["6 08:00 accepted", "6 09:00 agent_reply", "7 02:00 waiting", "7 03:00 resumed"]
    assert clocks(*talk, policy=round_the_clock).resolution_due == at("7 02:00")


def test_each_promise_alone_can_be_broken() -> None:
    asked = clocks("6 08:00 accepted", "6 09:00 agent_reply", "6 10:00 customer_reply")
    assert not asked.breached(at("6 14:00"))
    assert asked.breached(at("6 14:01"))
    answered = clocks("6 08:00 accepted", "6 09:00 agent_reply")
    assert not answered.resolution_breached(at("7 17:00"))
    assert answered.breached(at("8 08:01"))


def test_what_stood_still_in_time_is_not_broken_while_it_waits() -> None:
    got = clocks("6 08:00 accepted", "6 09:00 agent_reply", "6 10:00 customer_reply", "6 11:00 waiting")
    assert not got.breached(at("31 08:00"))


def test_the_first_reply_is_the_first() -> None:
    assert clocks("6 08:00 accepted", "6 09:00 agent_reply", "6 11:00 agent_reply").first_replied_at == at(
        "6 09:00"
    )


def test_a_message_while_on_hold_waits_only_once_the_case_runs() -> None:
    talk = ["6 08:00 accepted", "6 09:00 agent_reply", "6 10:00 waiting", "6 11:00 customer_reply"]
    assert clocks(*talk).due is None
    assert clocks(*talk, "6 13:00 resumed").next_reply_due == at("6 17:00")


def test_solved_stops_everything_and_reopening_gives_back_what_was_left() -> None:
    talk = ["6 08:00 accepted", "6 09:00 agent_reply", "6 10:00 customer_reply", "6 11:00 solved"]
    solved = clocks(*talk)
    assert (solved.due, solved.solved_at, solved.asked_at) == (None, at("6 11:00"), None)
    assert not solved.breached(at("31 08:00"))
    again = clocks(*talk, "8 08:00 customer_reply", "8 08:00 reopened")
    assert again.solved_at is None
    assert again.next_reply_due == at("8 12:00")
    assert again.resolution_due == at("9 14:00")  # 3 h used on Monday, 15 h left from Wednesday 08:00


def test_solved_from_waiting_then_reopened_counts_both_as_paused() -> None:
    talk = [
        "6 08:00 accepted",
        "6 09:00 agent_reply",
        "6 10:00 waiting",
        "6 12:00 solved",
        "6 14:00 reopened",
    ]
    assert clocks(*talk).resolution_due == at("8 12:00")
    assert clocks(*talk).waiting_since is None


def test_solved_in_time_without_a_reply_broke_no_promise() -> None:
    got = clocks("6 08:00 accepted", "6 09:00 solved")
    assert not got.first_reply_breached(at("31 08:00"))
    assert clocks("6 08:00 accepted", "6 11:00 solved").first_reply_breached(at("6 11:00"))
    assert clocks("6 08:00 accepted", "6 09:00 solved", "7 08:00 reopened").due == at("7 09:00")


def test_no_promise_is_never_broken() -> None:
    nothing = Policy(first_reply=None, next_reply=None, resolution=None, hours=OFFICE)
    got = clocks("6 08:00 accepted", policy=nothing)
    assert got.due is None
    assert not got.breached(at("31 08:00"))


kinds = st.sampled_from([kind for kind in Kind if kind is not Kind.ACCEPTED])


@given(work_hours(), instants, durations, durations, durations)
def test_a_pause_moves_the_deadline_by_exactly_the_working_time_paused(
    hours: WorkHours, start: datetime, promise: timedelta, before: timedelta, pause: timedelta
) -> None:
    policy = Policy(None, None, promise, hours)
    due = add(hours, start, promise)
    stops, resumes = start + before, start + before + pause
    got = evaluate(
        policy,
        [Happening(start, Kind.ACCEPTED), Happening(stops, Kind.WAITING), Happening(resumes, Kind.RESUMED)],
    ).resolution_due
    assert got is not None
    moved = between(hours, stops, resumes) if stops < due else timedelta(0)
    assert between(hours, due, got) == moved
    assert between(hours, start, got) == promise + moved


@given(
    work_hours(),
    instants,
    st.lists(st.tuples(durations, kinds), max_size=12),
    st.randoms(),
    st.sampled_from([1, 40]),
)
def test_the_order_in_which_mail_arrives_changes_nothing(
    hours: WorkHours, start: datetime, steps: list[tuple[timedelta, Kind]], shuffle: object, promise: int
) -> None:
    policy = Policy(promise * HOUR, promise * HOUR, promise * HOUR, hours)
    apart = {start + step + timedelta(microseconds=k + 1): kind for k, (step, kind) in enumerate(steps)}
    timeline = [Happening(start, Kind.ACCEPTED), *(Happening(when, kind) for when, kind in apart.items())]
    expected = evaluate(policy, timeline)
    shuffle.shuffle(timeline)  # type: ignore[attr-defined]
    assert evaluate(policy, timeline) == expected
    assert expected.first_reply_due is not None
    assert expected.due is None or expected.due >= start


@pytest.mark.parametrize("kind", Kind)
def test_any_single_event_is_harmless(kind: Kind) -> None:
    clocks(f"6 08:00 {kind.value}")
    clocks("6 08:00 accepted", f"6 09:00 {kind.value}", f"6 09:00 {kind.value}")
