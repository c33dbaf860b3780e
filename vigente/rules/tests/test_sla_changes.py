"""Promises that change under way: other urgencies, other policies, and deadlines that people decide."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.alerts import alerts, due_now, warning
from vigente.rules.sla import (
    Adjustment,
    Change,
    Clocks,
    Happening,
    Kind,
    Policy,
    Promise,
    Targets,
    What,
    evaluate,
)
from vigente.rules.tests.test_sla import OFFICE, POLICY, at
from vigente.rules.worktime import ALWAYS, between

HOUR = timedelta(hours=1)
BY_URGENCY = replace(POLICY, levels=((1, Targets(first_reply=HOUR, resolution=9 * HOUR)),))
FASTER = replace(POLICY, first_reply=HOUR / 2, resolution=4 * HOUR)
TIMES = st.integers(0, 6000)


def told(*steps: tuple[str, Kind, object] | tuple[str, Kind]) -> list[Happening]:
    return [Happening(at(when), kind, *change) for when, kind, *change in steps]  # type: ignore[misc]


def clocks(*steps: object, policy: Policy = BY_URGENCY) -> Clocks:
    return evaluate(policy, told(("6 08:00", Kind.ACCEPTED), *steps))  # type: ignore[arg-type]


def by_hand(
    when: str, change: Change, *, what: What = What.RESOLUTION, until: str = "", hours: int = 0
) -> object:
    due = at(until) if until else None
    return when, Kind.ADJUSTED, Adjustment(what, change, due, hours * HOUR)


def test_each_urgency_has_its_own_promises_and_else_the_general_ones() -> None:
    got = evaluate(BY_URGENCY, told(("6 08:00", Kind.ACCEPTED)), severity=1)
    assert (got.first_reply_due, got.resolution_due) == (at("6 09:00"), at("6 17:00"))
    asked = told(("6 08:00", Kind.ACCEPTED), ("6 08:10", Kind.AGENT_REPLY), ("6 09:00", Kind.CUSTOMER_REPLY))
    assert evaluate(BY_URGENCY, asked, severity=1).next_reply_due == at("6 13:00")


def test_a_raised_urgency_counts_from_when_it_was_raised_and_never_ends_later() -> None:
    got = clocks(("6 08:30", Kind.SEVERITY, 1))
    assert (got.first_reply_due, got.resolution_due) == (at("6 09:30"), at("7 08:30"))
    late = clocks(("6 09:30", Kind.SEVERITY, 1))
    assert late.first_reply_due == at("6 10:00")


def test_a_lowered_urgency_gives_back_what_was_promised_before() -> None:
    raised = ("6 08:30", Kind.SEVERITY, 1)
    assert replace(clocks(raised, ("6 09:00", Kind.SEVERITY, 0)), severity=0) == clocks()


def test_row_42_a_lower_urgency_never_moves_the_first_reply_past_the_one_shown() -> None:
    begun = told(("6 08:00", Kind.ACCEPTED), ("6 08:10", Kind.SEVERITY, 0))
    assert evaluate(BY_URGENCY, begun, severity=1).first_reply_due == at("6 09:00")
    none = told(("6 08:00", Kind.ACCEPTED), ("6 08:10", Kind.POLICY, Policy(None, None, None, OFFICE)))
    got = evaluate(POLICY, none)
    assert (got.first_reply_due, got.resolution_due) == (at("6 10:00"), None)


def test_what_was_broken_or_kept_is_not_judged_by_later_terms() -> None:
    broken = clocks(("6 10:30", Kind.SEVERITY, 1))
    assert broken.first_reply_due == at("6 10:00")
    kept = clocks(("6 09:30", Kind.AGENT_REPLY), ("6 11:00", Kind.POLICY, FASTER))
    assert kept.first_reply_due == at("6 10:00")
    assert not kept.first_reply_breached(at("31 08:00"))


def test_another_policy_counts_its_promises_in_its_own_hours() -> None:
    round_the_clock = replace(POLICY, hours=ALWAYS, resolution=24 * HOUR)
    got = clocks(("6 16:00", Kind.POLICY, round_the_clock))
    assert got.resolution_due == at("7 16:00")
    longer = replace(POLICY, resolution=27 * HOUR)
    assert clocks(("6 16:00", Kind.POLICY, longer)).resolution_due == at("8 17:00")


def test_a_pause_counts_once_although_the_terms_changed_within_it() -> None:
    got = clocks(
        ("6 09:00", Kind.WAITING), ("6 11:00", Kind.SEVERITY, 1), ("6 13:00", Kind.RESUMED), policy=BY_URGENCY
    )
    assert got.resolution_due == at("7 13:00")  # nine hours from the change, two of them still paused


def test_people_set_clear_extend_and_shorten_a_deadline() -> None:
    assert clocks(by_hand("6 09:00", Change.SET, until="12 10:00")).resolution_due == at("12 10:00")
    assert clocks(by_hand("6 09:00", Change.CLEAR)).resolution_due is None
    assert clocks(by_hand("6 09:00", Change.EXTEND, hours=2)).resolution_due == at("8 10:00")
    assert clocks(by_hand("6 09:00", Change.SHORTEN, hours=9)).resolution_due == at("6 17:00")
    assert clocks(by_hand("6 09:00", Change.SHORTEN, hours=90)).resolution_due == at("6 08:00")
    reply = clocks(by_hand("6 09:00", Change.EXTEND, what=What.REPLY, hours=1))
    assert (reply.first_reply_due, reply.by_hand) == (at("6 11:00"), frozenset({Promise.FIRST_REPLY}))


def test_the_reply_meant_by_hand_is_the_one_that_is_owed() -> None:
    answered = ("6 08:30", Kind.AGENT_REPLY)
    promised = by_hand("6 09:00", Change.SET, what=What.REPLY, until="9 12:00")
    got = clocks(answered, promised)
    assert (got.asked_at, got.next_reply_due, got.first_reply_due) == (
        at("6 09:00"),
        at("9 12:00"),
        at("6 10:00"),
    )
    asked = clocks(answered, promised, ("7 08:00", Kind.CUSTOMER_REPLY))
    assert (asked.asked_at, asked.next_reply_due) == (at("7 08:00"), at("9 12:00"))
    assert clocks(answered, promised, ("7 08:00", Kind.AGENT_REPLY)).next_reply_due is None
    assert clocks(answered, by_hand("6 09:00", Change.EXTEND, what=What.REPLY, hours=1)) == clocks(answered)


def test_moved_after_it_had_passed_the_deadline_that_had_passed_still_counts() -> None:
    got = clocks(
        by_hand("6 12:00", Change.SET, what=What.REPLY, until="7 12:00"), ("7 09:00", Kind.AGENT_REPLY)
    )
    assert got.first_reply_due == at("7 12:00")
    assert got.held_against(Promise.FIRST_REPLY) == at("6 10:00")
    assert got.first_reply_breached(at("7 09:00"))


def test_stopped_by_hand_nothing_but_the_first_reply_runs_until_the_customer_writes() -> None:
    held = clocks(("6 09:00", Kind.AGENT_REPLY), ("6 10:00", Kind.HELD))
    assert (held.due, held.paused_since) == (None, at("6 10:00"))
    assert clocks(("6 08:30", Kind.HELD)).due == at("6 10:00")
    again = clocks(("6 09:00", Kind.AGENT_REPLY), ("6 10:00", Kind.HELD), ("6 13:00", Kind.CUSTOMER_REPLY))
    assert (again.held_since, again.resolution_due, again.next_reply_due) == (
        None,
        at("8 11:00"),
        at("6 17:00"),
    )
    both = clocks(
        ("6 10:00", Kind.HELD),
        ("6 11:00", Kind.WAITING),
        ("6 12:00", Kind.RELEASED),
        ("6 14:00", Kind.RESUMED),
    )
    assert both.resolution_due == at("8 12:00")


def test_a_pause_moves_what_was_decided_by_hand_too() -> None:
    got = clocks(
        by_hand("6 09:00", Change.SET, until="8 10:00"), ("6 10:00", Kind.WAITING), ("6 12:00", Kind.RESUMED)
    )
    assert got.resolution_due == at("8 12:00")


LIFE = st.lists(
    st.tuples(TIMES, st.sampled_from([kind for kind in Kind if kind not in (Kind.ACCEPTED, Kind.ADJUSTED)])),
    max_size=8,
)
HANDS = st.lists(st.tuples(TIMES, st.sampled_from(list(Change)), st.integers(0, 4000)), max_size=4)
START = at("6 08:00")


def _life(steps: list[tuple[int, Kind]]) -> list[Happening]:
    """Each at an instant of its own."""
    found = [Happening(START, Kind.ACCEPTED)]
    for number, (minute, kind) in enumerate(steps):
        change = {Kind.SEVERITY: minute % 2, Kind.POLICY: FASTER if minute % 3 else BY_URGENCY}.get(kind)
        found.append(Happening(START + timedelta(minutes=minute, microseconds=number + 1), kind, change))
    return found


@given(steps=LIFE, hands=HANDS, what=st.sampled_from(What))
def test_deciding_by_hand_and_restoring_is_nothing(steps, hands, what):
    life = _life(steps)
    decided = [
        Happening(START + timedelta(minutes=minute, seconds=30 + number), Kind.ADJUSTED,
                  Adjustment(what, change, START + timedelta(minutes=by), timedelta(minutes=by)))
        for number, (minute, change, by) in enumerate(hands)
    ]  # fmt: skip
    restored = [
        Happening(
            START + timedelta(minutes=minute, seconds=45 + number),
            Kind.ADJUSTED,
            Adjustment(what, Change.RESTORE),
        )
        for number, (minute, _change, _by) in enumerate(hands)
    ]
    both = [one for pair in zip(decided, restored, strict=True) for one in pair]
    settled = [Happening(one.at, one.kind, Adjustment(what, Change.RESTORE)) for one in both]
    assert evaluate(BY_URGENCY, life + both) == evaluate(BY_URGENCY, life + settled)
    assert evaluate(BY_URGENCY, life + both).by_hand == frozenset()


@given(steps=LIFE, hands=HANDS, shuffle=st.randoms())
def test_the_order_in_which_it_is_told_changes_nothing(steps, hands, shuffle):
    life = _life(steps)
    for number, (minute, change, by) in enumerate(hands):
        told = Adjustment(What.REPLY, change, START + timedelta(minutes=by), timedelta(minutes=by))
        life.append(Happening(START + timedelta(minutes=minute, seconds=30 + number), Kind.ADJUSTED, told))
    expected = evaluate(BY_URGENCY, life)
    shuffle.shuffle(life)
    assert evaluate(BY_URGENCY, life) == expected


@given(minutes=st.integers(1, 3000), when=st.integers(0, 900))
def test_longer_and_then_shorter_by_the_same_is_the_same_working_time(minutes, when):
    first, second = START + timedelta(minutes=when), START + timedelta(minutes=when, seconds=1)
    by = timedelta(minutes=minutes)
    got = evaluate(
        POLICY,
        [
            Happening(START, Kind.ACCEPTED),
            Happening(first, Kind.ADJUSTED, Adjustment(What.RESOLUTION, Change.EXTEND, by=by)),
            Happening(second, Kind.ADJUSTED, Adjustment(What.RESOLUTION, Change.SHORTEN, by=by)),
        ],
    )
    assert between(OFFICE, START, got.resolution_due) == POLICY.resolution  # type: ignore[arg-type]


@given(steps=LIFE)
def test_row_42_no_terms_move_the_first_reply_past_the_one_shown(steps):
    """Reopening may: what is solved stands still."""
    life = [one for one in _life(steps) if one.kind not in (Kind.SOLVED, Kind.REOPENED)]
    shown = evaluate(BY_URGENCY, life[:1]).first_reply_due
    assert evaluate(BY_URGENCY, life).first_reply_due <= shown  # type: ignore[operator]


@pytest.mark.parametrize(
    ("policy", "left"),
    [
        (POLICY, timedelta(minutes=30)),
        (replace(POLICY, warn=HOUR), HOUR),
        (replace(POLICY, warn_percent=50), HOUR),
        (replace(POLICY, first_reply=90 * HOUR), 8 * HOUR),
    ],
)
def test_a_policy_says_how_long_before_it_warns(policy: Policy, left: timedelta) -> None:
    assert warning(policy, policy.first_reply or HOUR) == left


def test_a_warning_of_no_time_is_none() -> None:
    silent = replace(POLICY, warn=timedelta(0))
    found = alerts(silent, clocks(policy=silent), START, ())
    assert [one.broken for one in due_now(found, now=at("9 08:00"))] == [True, True]
    assert due_now(found, now=at("6 10:00")) == []
