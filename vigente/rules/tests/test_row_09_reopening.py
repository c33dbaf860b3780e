"""Rows 8, 9, 10: what a reply does, and which changes of state an agent may make."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.lifecycle import (
    BY_AGENT,
    DONE,
    IN_LINE,
    PAUSED,
    UNSOLVED,
    Closing,
    ReplyEffect,
    Status,
    after_customer_reply,
    may_change,
    reopen_until,
)
from vigente.rules.tests.strategies import MANAGUA, instants, utc
from vigente.rules.worktime import WorkHours

OFFICE = WorkHours(MANAGUA, (((480, 1020),),) * 5 + ((), ()))
WEDNESDAY = utc("2026-07-01 16:00")
UNTIL = utc("2026-07-11 06:00")  # Thu Fri Mon Tue Wed Thu Fri: the night after Friday 10 July


def reply(status: Status, by_person_at: datetime | None, now: datetime) -> ReplyEffect:
    return after_customer_reply(Closing(status, by_person_at), hours=OFFICE, reopen_days=7, now=now)


@pytest.mark.parametrize("status", sorted(UNSOLVED))
def test_row_8_a_reply_to_an_open_case_is_always_part_of_it(status: Status) -> None:
    assert reply(status, WEDNESDAY, utc("2031-01-01 00:00")) is ReplyEffect.CONTINUES


@pytest.mark.parametrize("status", sorted(DONE))
def test_row_9_seven_working_days_from_a_persons_closing(status: Status) -> None:
    assert reopen_until(WEDNESDAY, hours=OFFICE, reopen_days=7) == UNTIL
    assert reply(status, WEDNESDAY, UNTIL - timedelta(microseconds=1)) is ReplyEffect.REOPENS
    assert reply(status, WEDNESDAY, UNTIL) is ReplyEffect.FOLLOW_UP  # row 10


def test_row_9_a_closing_by_the_clock_starts_no_window() -> None:
    assert reply(Status.CLOSED, None, utc("2031-01-01 00:00")) is ReplyEffect.REOPENS


@given(instants, st.integers(0, 30), st.integers(0, 60))
def test_row_9_longer_windows_never_end_sooner(at: datetime, days: int, more: int) -> None:
    shorter, longer = (reopen_until(at, hours=OFFICE, reopen_days=n) for n in (days, days + more))
    assert at < shorter <= longer


def test_the_states_are_parted_without_rest() -> None:
    assert set(Status) == IN_LINE | PAUSED | DONE
    assert not IN_LINE & PAUSED
    assert not UNSOLVED & DONE
    assert set(BY_AGENT) == set(Status)


def test_an_agent_never_makes_a_case_new_again_and_a_closed_one_is_only_reopened() -> None:
    for before in Status:
        assert not may_change(before, Status.NEW)
        assert not may_change(before, before)
    assert BY_AGENT[Status.CLOSED] == {Status.OPEN}
    assert may_change(Status.OPEN, Status.SOLVED)
    assert may_change(Status.SOLVED, Status.OPEN)
