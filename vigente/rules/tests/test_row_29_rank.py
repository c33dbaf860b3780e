"""Rows 29 and R11: the best rank in force, whichever grant pays."""

from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.coverage import IN_FORCE, NO_RANK, Contract, Status, Work, best_rank
from vigente.rules.quota import Source
from vigente.rules.tests.cast import COMPANY, DAY, DEPOT, NOW, SHOP, ask, codes, contract, grant


def test_row_29_legacy_pays_first_and_the_better_plan_gives_the_rank() -> None:
    got = ask(
        contract(1, rank=1),
        contract(2, rank=3, ends=NOW + 5 * DAY, next_period=None),
        grant(1, rank=1),
        grant(2, rank=3, source=Source.LEGACY, end=NOW + 5 * DAY),
    )
    assert (codes(got), got.grant, got.rank) == (["legacy_pays"], 2, 1)


def test_row_29_a_better_plan_of_another_licence_lifts_nothing() -> None:
    assert ask(contract(rank=3), contract(2, rank=1, licence=DEPOT), grant(rank=3)).rank == 3
    assert ask(contract(rank=3), contract(2, rank=1, licence=COMPANY), grant(rank=3)).rank == 1


def test_row_29_a_pack_keeps_the_rank_it_hangs_on_and_lifts_no_other_case() -> None:
    kept = grant(2, source=Source.PACK, rank=1, end=NOW + 40 * DAY)
    assert ask(contract(rank=3), grant(rank=3), kept).rank == 3
    assert ask(contract(rank=3), grant(remaining=0, rank=3), kept).rank == 1


def test_row_29_nothing_in_force_is_the_last_rank() -> None:
    assert ask(work=Work("outage", always=True)).rank == NO_RANK
    assert ask(contract(ends=NOW), work=Work("outage", always=True)).rank == NO_RANK
    assert ask(contract(), work=Work("outage", always=True)).rank == 2


contracts = st.lists(
    st.builds(
        contract,
        st.integers(1, 99),
        status=st.sampled_from(Status),
        rank=st.integers(1, 9),
        licence=st.sampled_from([SHOP, DEPOT, COMPANY]),
        starts=st.integers(-2, 1).map(lambda days: NOW + days * DAY),
        ends=st.none() | st.integers(-1, 2).map(lambda days: NOW + days * DAY),
    )
)


@given(contracts)
def test_row_29_the_best_of_those_in_force_and_no_other(rows: list[Contract]) -> None:
    running = [
        row.rank
        for row in rows
        if row.status in IN_FORCE
        and row.licence != DEPOT
        and row.starts <= NOW
        and not (row.ends and row.ends <= NOW)
    ]
    assert best_rank(tuple(rows), licence=SHOP, now=NOW) == (min(running) if running else NO_RANK)
