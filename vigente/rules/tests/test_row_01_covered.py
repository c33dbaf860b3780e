"""Rows 1 and 4: a covered request, and the instant that decides."""

from dataclasses import replace
from datetime import timedelta

import pytest

from vigente.rules.coverage import Decision, Outcome
from vigente.rules.quota import Source
from vigente.rules.reasons import Code
from vigente.rules.tests.cast import COMPANY, DAY, DEPOT, NOW, ask, codes, contract, grant

TICK = timedelta(microseconds=1)


def test_row_1_this_case_uses_one_of_four_and_says_until_when() -> None:
    got = ask(contract(), grant(remaining=4))
    assert (got.outcome, got.grant, got.units, got.left, got.rank) == (Outcome.COVERED, 1, 1, 3, 2)
    assert got.until == NOW + 21 * DAY
    assert got.reasons[0].params == {
        "left": 3,
        "until": "2026-07-31T12:00:00+00:00",
        "units": 1,
        "source": "period",
    }


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (Source.PERIOD, Code.GRANT_PAYS),
        (Source.LICENCE, Code.GRANT_PAYS),
        (Source.PACK, Code.PACK_PAYS),
        (Source.LEGACY, Code.LEGACY_PAYS),
        (Source.GOODWILL, Code.GOODWILL_PAYS),
    ],
)
def test_row_1_the_reason_names_what_pays(source: Source, code: Code) -> None:
    assert ask(contract(), grant(source=source)).reasons[0].code is code


def test_row_1_an_unlimited_plan_has_nothing_left_to_count() -> None:
    got = ask(contract(), grant(remaining=None), grant(2, source=Source.PACK))
    assert (codes(got), got.grant, got.left) == (["unlimited"], 1, None)


def test_row_1_what_is_left_counts_every_grant_that_could_pay_and_no_other() -> None:
    got = ask(
        contract(),
        grant(1, 2),
        grant(2, 3, source=Source.PACK, licence=COMPANY),
        grant(3, 50, licence=DEPOT),
        grant(4, 50, work=frozenset({"training"})),
        grant(5, None, work=frozenset({"training"})),
        grant(6, 50, start=NOW + DAY),
        grant(7, 50, end=NOW),
    )
    assert got.left == 4


@pytest.mark.parametrize(("after", "covered"), [(-TICK, True), (timedelta(0), False)])
def test_row_4_the_last_instant_draws_the_old_period_and_the_next_one_does_not(
    after: timedelta, covered: bool
) -> None:
    end = NOW + 21 * DAY
    got = ask(contract(), grant(end=end), now=end + after)
    assert got.accepted is covered


def test_row_4_the_first_instant_of_a_grant_is_in_it() -> None:
    start = NOW - 9 * DAY
    assert ask(contract(), grant(start=start), now=start).accepted
    assert not ask(contract(), grant(start=start), now=start - TICK).accepted


def test_a_decision_reads_back_as_it_was_written() -> None:
    for got in (
        ask(contract(), grant()),
        ask(contract(), grant(remaining=None)),
        ask(),
        ask(contract(), grant(remaining=0)),
    ):
        assert Decision.from_json(got.to_json()) == got


def test_a_decision_without_a_rank_is_not_taken_for_the_best() -> None:
    stored = ask(contract(), grant()).to_json()
    del stored["rank"]
    assert Decision.from_json(stored).rank > 100
    assert replace(ask(contract(), grant()), rank=0).to_json()["rank"] == 0
