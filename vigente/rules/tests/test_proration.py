"""Setting `months: calendar`: the first partial month, by day, in price and cases alike."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.periods import Months, Span, month_of, period, prorated, prorated_price
from vigente.rules.tests.strategies import MANAGUA, instants, utc, zones


def first_month(at: datetime, zone: str = MANAGUA) -> tuple[Span, Span]:
    return period(at, zone, 0, Months.CALENDAR), month_of(at, zone)


@pytest.mark.parametrize(
    ("day", "cases", "price"),
    [(1, 4, 4000), (12, 2, 2581), (16, 2, 2065), (28, 1, 1000), (31, 1, 1000)],
)
def test_a_plan_of_4_cases_for_40_bought_in_july(day: int, cases: int, price: int) -> None:
    part, whole = first_month(utc(f"2026-07-{day:02} 18:00"))
    assert prorated(4, part, whole, MANAGUA) == cases
    assert prorated_price(4000, 4, part, whole, MANAGUA) == price


def test_an_unlimited_plan_is_prorated_in_price_only() -> None:
    part, whole = first_month(utc("2026-07-31 18:00"))
    assert prorated_price(3100, None, part, whole, MANAGUA) == 100


def test_a_plan_without_cases_gets_none() -> None:
    part, whole = first_month(utc("2026-07-31 18:00"))
    assert prorated(0, part, whole, MANAGUA) == 0
    assert prorated_price(3100, 0, part, whole, MANAGUA) == 100


def test_nothing_is_prorated_over_no_days() -> None:
    at = utc("2026-07-31 18:00")
    one_day = Span(at, at + timedelta(hours=24))
    assert prorated(4, one_day, one_day, MANAGUA) == 4
    with pytest.raises(ValueError, match="without a single local day"):
        prorated(4, Span(at, at), Span(at, at + timedelta(hours=1)), MANAGUA)


@given(instants, zones, st.integers(1, 500), st.integers(0, 10**7))
def test_a_part_never_costs_less_per_case_than_the_plan_nor_more_than_the_whole(
    at: datetime, zone: str, cases: int, price: int
) -> None:
    part, whole = first_month(at, zone)
    got, cost = prorated(cases, part, whole, zone), prorated_price(price, cases, part, whole, zone)
    assert 1 <= got <= cases
    assert cost <= price
    assert cost * cases >= price * got  # cost / got >= price / cases


@given(instants, zones, st.integers(0, 40), st.integers(0, 40))
def test_adjoining_spans_never_share_a_day(at: datetime, zone: str, first: int, second: int) -> None:
    middle = at + timedelta(days=first)
    end = middle + timedelta(days=second)
    assert Span(at, middle).days(zone) + Span(middle, end).days(zone) == Span(at, end).days(zone)


@given(instants, zones, st.integers(1, 500), st.integers(0, 10**7))
def test_the_whole_is_the_whole(at: datetime, zone: str, cases: int, price: int) -> None:
    whole = month_of(at, zone)
    assert prorated(cases, whole, whole, zone) == cases
    assert prorated_price(price, cases, whole, whole, zone) == price
