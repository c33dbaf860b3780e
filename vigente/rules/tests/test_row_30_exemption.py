"""Rows 18, 30, 36, 40, 44, 46: who asks, what for, and since when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from vigente.rules.coverage import Asking, Outcome, Work
from vigente.rules.rulebook import DrawBy, Rulebook
from vigente.rules.tests.cast import ALICE, DAY, NOW, SHOP, ask, codes, contract, grant

FEATURE = Work("development", development=True)
OUTAGE = Work("outage", always=True)
FROM_TODAY = Rulebook(plans_required_from=NOW)
STRANGER = Asking(organization=None, licence=None)
BLOCKED = replace(ALICE, blocked=True)


def test_row_30_before_the_date_a_request_needs_no_plan_and_draws_nothing() -> None:
    early = ask(contract(), grant(), rulebook=FROM_TODAY, now=NOW - timedelta(microseconds=1))
    assert (early.outcome, early.grant, early.units) == (Outcome.EXEMPT, None, 0)
    assert early.reasons[0].params == {"from": NOW.isoformat()}
    assert ask(rulebook=FROM_TODAY, now=NOW - DAY).accepted


def test_row_30_from_the_very_instant_on_a_plan_is_needed() -> None:
    assert not ask(rulebook=FROM_TODAY).accepted
    assert ask(contract(), grant(), rulebook=FROM_TODAY).outcome is Outcome.COVERED


def test_row_36_new_functionality_needs_no_plan_and_draws_nothing() -> None:
    for got in (ask(work=FEATURE), ask(contract(), grant(), work=FEATURE)):
        assert (got.outcome, got.grant, got.units, got.accepted) == (Outcome.QUOTATION, None, 0, True)


def test_row_44_an_outage_is_always_accepted_and_draws_nothing() -> None:
    for got in (
        ask(work=OUTAGE),
        ask(contract(), grant(), work=OUTAGE),
        ask(contract(), grant(remaining=0), work=OUTAGE),
    ):
        assert (got.outcome, got.grant, got.units, got.accepted) == (Outcome.FREE, None, 0, True)


@pytest.mark.parametrize("work", [FEATURE, OUTAGE, Work("error")])
@pytest.mark.parametrize("rulebook", [Rulebook(), Rulebook(plans_required_from=NOW + DAY)])
def test_rows_18_and_40_strangers_and_blocked_get_nothing_in_under_any_name(
    work: Work, rulebook: Rulebook
) -> None:
    assert codes(ask(contract(), grant(), who=BLOCKED, work=work, rulebook=rulebook)) == [
        "organization_blocked"
    ]
    assert codes(ask(who=STRANGER, work=work, rulebook=rulebook)) == ["requester_unknown"]
    assert not ask(
        contract(), grant(), who=replace(BLOCKED, is_manager=True, approved=True), work=work
    ).accepted


def test_row_46_named_people_spend_and_others_ask() -> None:
    bob = Asking(organization=7, licence=SHOP, draw_by=DrawBy.NAMED, may_draw=False)
    assert codes(ask(contract(), grant(), who=bob)) == ["draw_not_allowed"]
    anyone = replace(bob, draw_by=DrawBy.ANYONE)
    for allowed in (
        anyone,
        replace(bob, may_draw=True),
        replace(bob, is_manager=True),
        replace(bob, approved=True),
    ):
        assert ask(contract(), grant(), who=allowed).outcome is Outcome.COVERED


@pytest.mark.parametrize(
    ("beyond", "drawn", "asks"), [(0, 0, True), (2, 1, False), (2, 2, True), (2, 3, True)]
)
def test_row_46_a_manager_approves_each_case_or_those_beyond_n(beyond: int, drawn: int, asks: bool) -> None:
    bob = replace(ALICE, draw_by=DrawBy.APPROVE, approve_beyond=beyond, drawn_in_period=drawn)
    got = ask(contract(), grant(), who=bob)
    assert got.accepted is not asks
    if asks:
        assert (codes(got), got.reasons[0].params) == (["needs_approval"], {"left": 4})
        assert ask(contract(), grant(), who=replace(bob, approved=True)).accepted


def test_row_46_nobody_asks_a_manager_for_what_no_grant_could_pay() -> None:
    bob = replace(ALICE, draw_by=DrawBy.APPROVE)
    assert codes(ask(contract(), grant(remaining=0), who=bob)) == ["no_cases_left"]
    assert ask(work=OUTAGE, who=bob).accepted
