"""Rows 23, 32 and 33: lines that add up, a change to the day, a part of what was paid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.invoicing import (
    Label,
    LabelCode,
    Line,
    part_of,
    tax_summary,
    totals,
    upgrade_cases,
    upgrade_charge,
)

LABEL = Label(LabelCode.OTHER, {"text": "x"})
money = st.integers(0, 10**9)
rates = st.integers(0, 10_000)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    quantity, unit = draw(st.integers(1, 50)), draw(money)
    discount = draw(st.integers(0, quantity * unit))
    return Line(
        LABEL, quantity, unit, discount, tax_basis_points=draw(rates), includes_tax=draw(st.booleans())
    )


@given(st.lists(lines(), max_size=8))
def test_row_32_every_line_and_the_whole_add_up(some: list[Line]) -> None:
    for line in some:
        assert line.net_minor + line.tax_minor == line.total_minor
        assert line.net_minor >= 0
        assert line.tax_minor >= 0
    whole = totals(some)
    assert whole.total_minor == sum(line.total_minor for line in some)
    by_rate = tax_summary(some)
    assert sum(part.total_minor for _, part in by_rate) == whole.total_minor
    assert [rate for rate, _ in by_rate] == sorted({line.tax_basis_points for line in some})


@given(lines())
def test_row_32_a_price_that_includes_its_tax_is_what_is_paid(line: Line) -> None:
    if line.includes_tax:
        assert line.total_minor == line.gross_minor - line.discount_minor


@given(lines())
def test_a_line_survives_being_written_and_read(line: Line) -> None:
    assert Line.from_json(line.to_json()) == line


@pytest.mark.parametrize(
    ("unit", "rate", "includes", "net", "tax"),
    [
        (10_000, 1500, False, 10_000, 1_500),
        (11_500, 1500, True, 10_000, 1_500),
        (10, 500, False, 10, 0),  # half a cent, to the even one
        (30, 500, False, 30, 2),  # one and a half, to the even one
        (100, 1500, True, 87, 13),
    ],
)
def test_row_32_tax_is_rounded_half_to_even_once_per_line(
    unit: int, rate: int, includes: bool, net: int, tax: int
) -> None:
    line = Line(LABEL, 1, unit, tax_basis_points=rate, includes_tax=includes)
    assert (line.net_minor, line.tax_minor) == (net, tax)


@pytest.mark.parametrize(
    "wrong", [{"quantity": 0}, {"unit_minor": -1}, {"discount_minor": 101}, {"tax_basis_points": 10_001}]
)
def test_a_line_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="between|at least"):
        Line(**({"label": LABEL, "quantity": 1, "unit_minor": 100} | wrong))


@given(money, money, st.integers(1, 400), st.data())
def test_row_33_a_part_is_never_more_than_the_whole_and_all_of_it_is_all(
    net: int, tax: int, whole: int, data: st.DataObject
) -> None:
    part = data.draw(st.integers(0, whole))
    split = part_of(net, tax, part=part, whole=whole)
    rest = part_of(net, tax, part=whole - part, whole=whole)
    assert 0 <= split.total_minor <= net + tax
    assert abs(split.net_minor + rest.net_minor - net) <= 1
    assert part_of(net, tax, part=whole, whole=whole).total_minor == net + tax


def test_row_33_nothing_is_part_of_nothing() -> None:
    with pytest.raises(ValueError, match="between nothing and the whole"):
        part_of(1, 1, part=1, whole=0)


@given(money, money, st.integers(1, 366), st.data())
def test_row_23_a_change_costs_at_most_the_difference_and_never_less_than_nothing(
    old: int, new: int, days: int, data: st.DataObject
) -> None:
    left = data.draw(st.integers(0, days))
    charge = upgrade_charge(old, new, days_left=left, days=days)
    assert 0 <= charge <= max(new - old, 0)
    assert upgrade_charge(old, new, days_left=days, days=days) == max(new - old, 0)
    assert upgrade_charge(old, new, days_left=0, days=days) == 0


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 31), money, st.data())
def test_row_23_cases_come_by_the_day_rounded_down_and_never_more_than_the_difference(
    old: int, new: int, days: int, price: int, data: st.DataObject
) -> None:
    left = data.draw(st.integers(0, days))
    charge = upgrade_charge(0, price, days_left=left, days=days)
    cases = upgrade_cases(old, new, days_left=left, days=days, charge_minor=charge, new_price_minor=price)
    assert cases is not None
    assert 0 <= cases <= max(new - old, 0)
    if new > old and charge * new >= price:
        assert cases >= 1  # a whole case is paid for


@pytest.mark.parametrize(
    ("old", "new", "cases"), [(4, None, None), (None, None, 0), (None, 9, 0), (9, 4, 0), (4, 10, 3)]
)
def test_row_23_without_limit_and_downwards(old: int | None, new: int | None, cases: int | None) -> None:
    assert upgrade_cases(old, new, days_left=15, days=30, charge_minor=100, new_price_minor=1000) == cases
