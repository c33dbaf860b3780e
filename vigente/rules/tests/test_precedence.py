"""R10, "Order of attention", rows 29 and 42."""

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vigente.rules.precedence import (
    LAST_RANK,
    Order,
    best_rank,
    is_late,
    place,
    position_range,
    sort_key,
)
from vigente.rules.tests.strategies import durations, instants, utc

NOON = utc("2026-07-01 12:00")
HOUR = timedelta(hours=1)
ranks = st.integers(0, LAST_RANK)
severities = st.integers(-3, 6)


def strict(rank: int, due: datetime | None = None, accepted: datetime = NOON, severity: int = 0, case: int = 1,
           **late: bool) -> tuple[object, ...]:  # fmt: skip
    stamp = place(
        order=Order.STRICT, rank=rank, due_at=due, accepted_at=accepted, severity=severity, allowance=HOUR
    )
    return sort_key(stamp, accepted, case, **late)


def fair(  # type: ignore[no-untyped-def]
    allowance: timedelta, accepted: datetime = NOON, severity: int = 0, floor: timedelta = timedelta(0),
    ceiling: timedelta | None = None,
):  # fmt: skip
    return place(order=Order.FAIR, rank=1, due_at=None, accepted_at=accepted, severity=severity, allowance=allowance,
                 floor=floor, ceiling=ceiling)  # fmt: skip


def test_r10_rank_then_severity_then_promise_then_acceptance_then_number() -> None:
    line = [
        strict(1, due=NOON + 9 * HOUR, severity=2),
        strict(1, due=NOON + 8 * HOUR, severity=1),
        strict(1, due=NOON + 1 * HOUR),
        strict(1, due=NOON + 2 * HOUR, accepted=NOON - HOUR),
        strict(1, due=NOON + 2 * HOUR, accepted=NOON, case=7),
        strict(1, due=NOON + 2 * HOUR, accepted=NOON, case=8),
        strict(1, due=None, accepted=NOON - 99 * HOUR),
        strict(2, due=NOON - HOUR, severity=2),
        strict(LAST_RANK, due=NOON - 9 * HOUR, severity=2, accepted=NOON - 99 * HOUR),
    ]
    assert line == sorted(line)


@given(ranks, ranks, severities, severities, instants, instants, st.none() | instants, st.none() | instants)
def test_r10_strict_a_worse_rank_never_goes_first(
    a: int, b: int, sa: int, sb: int, ta: datetime, tb: datetime, da: datetime | None, db: datetime | None
) -> None:
    assume(a < b)
    assert strict(a, da, ta, sa) < strict(b, db, tb, sb)


def test_overdue_first_puts_late_cases_before_others_each_group_by_rank() -> None:
    line = [
        strict(1, late=True, overdue_first=True),
        strict(9, late=True, overdue_first=True),
        strict(1, late=False, overdue_first=True),
        strict(9, late=False, overdue_first=True),
    ]
    assert line == sorted(line)
    assert strict(1, late=False) < strict(9, late=True)  # the default is strict


def test_a_case_is_late_after_its_promise_not_at_it() -> None:
    assert not is_late(NOON, now=NOON)
    assert is_late(NOON, now=NOON + timedelta(microseconds=1))
    assert not is_late(None, now=NOON)


@given(durations, durations, instants, instants)
def test_fair_a_case_is_overtaken_only_within_the_difference_of_allowances(
    waits: timedelta, quick: timedelta, came: datetime, later: datetime
) -> None:
    assume(came < later)
    overtaken = fair(quick, later) < fair(waits, came)
    assert overtaken == (later - came < waits - quick)


@given(durations, durations, instants, st.integers(1, 6))
def test_fair_severity_helps_but_never_past_the_next_better_plan(
    allowance: timedelta, better: timedelta, at: datetime, severity: int
) -> None:
    stamps = [fair(allowance, at, step, floor=better) for step in range(7)]
    assert stamps == sorted(stamps, reverse=True)
    if allowance > better + timedelta(microseconds=99):
        assert fair(better, at) < stamps[severity] < stamps[0]
    if allowance <= better:
        assert stamps[severity] == stamps[0]


@given(durations, durations, instants, st.integers(-3, -1))
def test_fair_a_less_severe_case_steps_back_but_never_behind_the_next_worse_plan(
    allowance: timedelta, worse: timedelta, at: datetime, severity: int
) -> None:
    stamps = [fair(allowance, at, step, ceiling=worse) for step in range(-3, 1)]
    assert stamps == sorted(stamps, reverse=True)
    if worse > allowance + timedelta(microseconds=99):
        assert stamps[-1] < fair(allowance, at, severity, ceiling=worse) < fair(worse, at)
    assert fair(allowance, at) < fair(allowance, at, severity) < fair(allowance + 24 * HOUR, at)


def test_the_levels_there_were_first_stand_where_they_stood() -> None:
    assert [fair(3 * HOUR, NOON, severity).at - NOON for severity in range(3)] == [3 * HOUR, 2 * HOUR, HOUR]


@given(durations, instants, ranks, severities, st.none() | instants)
def test_fair_rank_and_promise_leave_the_place_alone(
    allowance: timedelta, at: datetime, rank: int, severity: int, due: datetime | None
) -> None:
    got = place(order=Order.FAIR, rank=rank, due_at=due, accepted_at=at, severity=0, allowance=allowance)
    assert got == fair(allowance, at)


def test_row_42_the_place_in_line_is_a_range() -> None:
    assert position_range(0, 0) == (1, 1)
    assert position_range(3, 2) == (4, 6)
    for ahead, could_overtake in ((-1, 0), (0, -1)):
        with pytest.raises(ValueError, match="less than zero"):
            position_range(ahead, could_overtake)


def test_row_29_the_best_rank_in_force_counts_and_without_a_plan_the_last() -> None:
    assert best_rank([3, 1, 2]) == 1
    assert best_rank([]) == LAST_RANK


@pytest.mark.parametrize(("wrong", "says"), [({"severity": 7}, "severity"), ({"severity": -4}, "severity"),
                                             ({"rank": -1}, "rank"), ({"rank": 1001}, "rank"),
                                             ({"allowance": -HOUR}, "allowance")])  # fmt: skip
def test_impossible_places_say_so(wrong: dict[str, object], says: str) -> None:
    facts: dict[str, object] = {"order": Order.FAIR, "rank": 1, "due_at": None, "accepted_at": NOON, "severity": 0,
                                "allowance": HOUR} | wrong  # fmt: skip
    with pytest.raises(ValueError, match=says):
        place(**facts)  # type: ignore[arg-type]
