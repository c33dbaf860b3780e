"""Recurring revenue: opening and movements make the closing, whatever the contracts do."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.periods import Interval
from vigente.rules.recurring import Change, Flow, Movement, changes, first_starts, monthly, standing
from vigente.rules.tests.strategies import utc

JULY, AUGUST = utc("2026-07-01 06:00"), utc("2026-08-01 06:00")
DAY = timedelta(days=1)


def moved(*flows: Flow, since: datetime = JULY, until: datetime = AUGUST) -> list[Change]:
    opening, closing = standing(flows, at=since), standing(flows, at=until)
    return changes(opening, closing, since=since, firsts=first_starts(flows))


def movements(*flows: Flow) -> dict[Movement, int]:
    return {one.movement: one.minor for one in moved(*flows)}


def test_a_first_contract_is_new_and_one_after_a_gap_is_a_reactivation() -> None:
    assert movements(Flow(1, "USD", 4000, JULY + DAY)) == {Movement.NEW: 4000}
    before = Flow(1, "USD", 3000, JULY - 90 * DAY, JULY - 60 * DAY)
    assert movements(before, Flow(1, "USD", 4000, JULY + DAY)) == {Movement.REACTIVATION: 4000}


def test_a_contract_that_ends_as_the_month_begins_is_churn_of_that_month() -> None:
    ends = Flow(1, "USD", 4000, JULY - 90 * DAY, JULY)
    assert movements(ends) == {Movement.CHURN: -4000}
    assert moved(ends, since=JULY - 30 * DAY, until=JULY) == []
    assert movements(Flow(2, "USD", 4000, JULY)) == {Movement.NEW: 4000}


def test_what_one_customer_adds_and_drops_is_one_movement() -> None:
    old = Flow(1, "USD", 4000, JULY - 90 * DAY, JULY + 9 * DAY)
    assert movements(old, Flow(1, "USD", 6000, JULY + 9 * DAY)) == {Movement.EXPANSION: 2000}
    assert movements(old, Flow(1, "USD", 1000, JULY + 9 * DAY)) == {Movement.CONTRACTION: -3000}
    assert movements(old, Flow(1, "USD", 4000, JULY + 9 * DAY)) == {}


def test_currencies_are_never_added_up() -> None:
    old = Flow(1, "USD", 4000, JULY - 90 * DAY, JULY + 9 * DAY)
    found = moved(old, Flow(1, "NIO", 90_000, JULY + 9 * DAY))
    assert [(one.currency, one.movement) for one in found] == [
        ("NIO", Movement.NEW),
        ("USD", Movement.CHURN),
    ]


def test_an_annual_price_counts_by_the_twelfth_half_to_even() -> None:
    assert monthly(120_000, Interval.YEAR) == 10_000
    assert [monthly(minor, Interval.YEAR) for minor in (6, 18, 30)] == [0, 2, 2]
    assert monthly(4000, Interval.MONTH) == 4000


days = st.integers(-200, 200)
flows = st.builds(
    lambda customer, currency, minor, start, length: Flow(
        customer,
        currency,
        minor,
        JULY + start * DAY,
        None if length is None else JULY + (start + length) * DAY,
    ),
    st.integers(1, 5),
    st.sampled_from(["USD", "NIO"]),
    st.integers(0, 3).map(lambda n: n * 1000),
    days,
    st.none() | st.integers(1, 90),
)


@given(st.lists(flows, max_size=20), st.lists(days, min_size=3, max_size=6).map(sorted))
def test_opening_and_movements_make_the_closing(contracts: list[Flow], marks: list[int]) -> None:
    instants = [JULY + mark * DAY for mark in marks]
    for since, until in zip(instants, instants[1:], strict=False):
        for currency in ("USD", "NIO"):
            found = [one for one in moved(*contracts, since=since, until=until) if one.currency == currency]
            recount = [
                sum(flow.monthly_minor for flow in contracts if flow.currency == currency and flow.runs(at))
                for at in (since, until)
            ]
            assert recount[0] + sum(one.minor for one in found) == recount[1]
            for one in found:
                gains = one.movement in (Movement.NEW, Movement.REACTIVATION, Movement.EXPANSION)
                assert gains == (one.minor > 0)
