"""Rows 2, 3, 28, 48 and R8: why not, the most useful reason first."""

from datetime import timedelta

import pytest

from vigente.rules.coverage import NO_RANK, Asking, Contract, Outcome, Status, Work
from vigente.rules.quota import GrantFacts
from vigente.rules.tests.cast import ALICE, COMPANY, DAY, DEPOT, NOW, ask, codes, contract, grant

TRAINING = frozenset({"training"})


def test_row_2_without_a_plan() -> None:
    got = ask()
    assert (got.outcome, codes(got), got.grant, got.units, got.rank) == (
        Outcome.NOT_COVERED,
        ["no_plan"],
        None,
        0,
        NO_RANK,
    )


def test_row_3_no_cases_left_says_when_more_come() -> None:
    got = ask(
        contract(next_period=NOW + 21 * DAY), contract(2, next_period=NOW + 5 * DAY), grant(remaining=0)
    )
    assert codes(got) == ["no_cases_left"]
    assert got.reasons[0].params == {"renews": (NOW + 5 * DAY).isoformat()}


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([contract(status=Status.ENDED, ends=NOW - DAY)], "plan_ended"),
        ([contract(status=Status.REPLACED, ends=NOW - DAY)], "plan_ended"),
        ([contract(ends=NOW)], "plan_ended"),  # its end has come although the clock has not yet written so
        ([contract(status=Status.AWAITING_PAYMENT)], "awaiting_activation"),
        ([contract(status=Status.SCHEDULED, starts=NOW + DAY)], "plan_not_started"),
        ([contract(starts=NOW + DAY)], "plan_not_started"),
        ([contract(status=Status.ENDED, starts=NOW + DAY, ends=NOW + 2 * DAY)], "plan_ended"),
        (
            [contract(status=Status.ENDED, ends=NOW), contract(2, status=Status.AWAITING_PAYMENT)],
            "awaiting_activation",
        ),
        ([contract(status=Status.ENDED, ends=NOW), contract(2)], "no_cases_left"),
        ([contract(status=Status.GRACE)], "grace_spent"),
        ([contract(status=Status.SUSPENDED)], "payment_overdue"),
        ([contract(status=Status.CANCELLED)], "no_plan"),
        ([contract(licence=COMPANY)], "no_cases_left"),
        ([contract(licence=DEPOT)], "no_plan"),
        ([contract(), grant(work=TRAINING)], "work_not_covered"),
        ([contract(), grant(remaining=0, work=TRAINING)], "work_not_covered"),  # a pack would not help
        ([contract(), grant(remaining=0), grant(2, work=TRAINING)], "no_cases_left"),  # a pack would
    ],
)
def test_rows_2_3_and_r8_the_reason(rows: list[Contract | GrantFacts], code: str) -> None:
    assert codes(ask(*rows)) == [code]


def test_row_2_a_plan_that_ended_says_when_it_last_did() -> None:
    got = ask(
        contract(status=Status.ENDED, ends=NOW - 9 * DAY), contract(2, status=Status.ENDED, ends=NOW - DAY)
    )
    assert got.reasons[0].params == {"at": (NOW - DAY).isoformat()}


def test_row_2_a_plan_that_begins_later_says_when_the_first_does() -> None:
    later = [contract(status=Status.SCHEDULED, starts=NOW + n * DAY) for n in (9, 5, 7)]
    assert ask(*later).reasons[0].params == {"at": (NOW + 5 * DAY).isoformat()}


def test_row_28_another_licence_is_covered_and_this_one_is_not() -> None:
    assert codes(ask(contract(2, licence=DEPOT), grant(licence=DEPOT))) == [
        "no_plan",
        "other_licence_covered",
    ]
    assert codes(ask(contract(2, licence=DEPOT), grant(licence=DEPOT, remaining=0))) == ["no_plan"]
    assert codes(ask(contract(2, licence=DEPOT), grant(licence=DEPOT, work=TRAINING))) == ["no_plan"]
    assert codes(ask(contract(), grant(remaining=0), grant(2, licence=DEPOT)))[0] == "no_cases_left"


def test_row_28_no_licence_named_is_asked_for_only_if_one_could_serve() -> None:
    nobody = Asking(organization=7, licence=None)
    assert codes(ask(contract(), grant(), who=nobody)) == ["licence_unknown", "no_plan"]
    assert codes(ask(who=nobody)) == ["no_plan"]
    assert ask(contract(licence=COMPANY), grant(licence=COMPANY), who=nobody).accepted


def test_row_48_heavy_work_is_paid_whole_by_one_grant_or_not_at_all() -> None:
    heavy = Work("guided_session", units=3)
    got = ask(contract(), grant(1, 2), grant(2, 4, end=NOW + 30 * DAY), work=heavy)
    assert (got.grant, got.units, got.left) == (2, 3, 3)
    short = ask(contract(), grant(1, 1), grant(2, 1), grant(3, 2, work=TRAINING), work=heavy)
    assert (codes(short), short.reasons[0].params) == (["not_enough_units"], {"units": 3, "left": 2})


def test_row_48_work_weighs_at_least_one_case() -> None:
    with pytest.raises(ValueError, match="at least one case"):
        Work("error", units=0)


def test_row_3_grants_that_are_over_or_to_come_pay_nothing() -> None:
    got = ask(contract(), grant(1, end=NOW), grant(2, start=NOW + timedelta(microseconds=1)), who=ALICE)
    assert codes(got) == ["no_cases_left"]
