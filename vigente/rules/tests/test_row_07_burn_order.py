"""Rows 7 and 37: which grant pays first, and that this order wastes nothing."""

from datetime import datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.quota import BOUGHT, GrantFacts, Source, burn_key, left, payers
from vigente.rules.tests.cast import COMPANY, DAY, DEPOT, NOW, SHOP, grant

works = st.none() | st.frozensets(st.sampled_from(["error", "training"]))


@st.composite
def grants(draw: st.DrawFn, id: int) -> GrantFacts:
    """Few distinct instants and balances, so that ties are common."""
    start = NOW + draw(st.integers(-3, 3)) * DAY
    return grant(
        id,
        draw(st.none() | st.integers(0, 3)),
        source=draw(st.sampled_from(Source)),
        licence=draw(st.sampled_from([SHOP, DEPOT, COMPANY])),
        start=start,
        end=start + draw(st.integers(1, 4)) * DAY,
        created_at=NOW - draw(st.integers(0, 2)) * DAY,
        work=draw(works),
    )


purses = st.integers(0, 6).flatmap(lambda count: st.tuples(*[grants(id) for id in range(count)]))


def goes_first(a: GrantFacts, b: GrantFacts) -> bool:
    """Row 7 and row 37, word by word."""
    if (a.remaining is None) != (b.remaining is None):
        return a.remaining is None  # an unlimited one first
    if a.end != b.end:
        return a.end < b.end  # then soonest expiry
    if (a.licence is None) != (b.licence is None):
        return b.licence is None  # the licence's own first when expiries tie
    if (a.source in BOUGHT) != (b.source in BOUGHT):
        return b.source in BOUGHT  # then included before bought
    return (a.created_at, a.id) < (b.created_at, b.id)  # then oldest


def test_row_7_step_by_step() -> None:
    line = [
        grant(1, None, end=NOW + 90 * DAY),
        grant(2, end=NOW + DAY, source=Source.PACK, licence=COMPANY),
        grant(3, end=NOW + 2 * DAY, created_at=NOW - 5 * DAY),
        grant(4, end=NOW + 2 * DAY, created_at=NOW - 4 * DAY),
        grant(5, end=NOW + 2 * DAY, source=Source.PACK),
        grant(6, end=NOW + 2 * DAY, licence=COMPANY),
        grant(7, end=NOW + 2 * DAY, licence=COMPANY, source=Source.PACK),
    ]
    for shuffled in (line[::-1], line[3:] + line[:3], line[1::2] + line[::2]):
        assert payers(shuffled, licence=SHOP, work="error", units=1, now=NOW) == line


@given(purses, st.integers(1, 3), st.sampled_from([SHOP, DEPOT, COMPANY]))
def test_row_7_only_eligible_grants_pay_in_the_order_of_the_law(
    purse: tuple[GrantFacts, ...], units: int, licence: int | None
) -> None:
    paying = payers(purse, licence=licence, work="error", units=units, now=NOW)
    for one in purse:
        eligible = (
            one.start <= NOW < one.end
            and (one.licence is None or one.licence == licence)  # never one of another licence
            and (one.work is None or "error" in one.work)
            and (one.remaining is None or one.remaining >= units)
        )
        assert (one in paying) is eligible
    for a, b in zip(paying, paying[1:], strict=False):
        assert goes_first(a, b)


@given(purses)
def test_row_7_the_order_is_total_and_the_same_however_rows_arrive(purse: tuple[GrantFacts, ...]) -> None:
    orders = {tuple(g.id for g in sorted(rows, key=burn_key)) for rows in list(permutations(purse))[:50]}
    assert len(orders) == 1


@given(purses, st.sampled_from([None, "error"]))
def test_what_is_left_is_the_sum_of_what_could_be_drawn_one_by_one(
    purse: tuple[GrantFacts, ...], work: str | None
) -> None:
    serving = [g for g in purse if g.in_force(NOW) and g.serves(SHOP) and (work is None or g.covers(work))]
    expected = None if any(g.remaining is None for g in serving) else sum(g.remaining or 0 for g in serving)
    assert left(purse, licence=SHOP, now=NOW, work=work) == expected


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9), st.integers(1, 3)), max_size=5),
    st.lists(st.integers(0, 12), max_size=10),
)
def test_row_7_soonest_expiry_first_wastes_nothing(
    allotments: list[tuple[int, int, int]], days: list[int]
) -> None:
    """However the cases come, no other way of paying would have accepted more of them."""
    spans = [(start, start + length, cases) for start, length, cases in allotments]
    asked = sorted(days)
    purse = {
        k: grant(k, cases, start=NOW + start * DAY, end=NOW + end * DAY)
        for k, (start, end, cases) in enumerate(spans)
    }
    accepted = 0
    for day in asked:
        if paying := payers(purse.values(), licence=SHOP, work="error", units=1, now=NOW + day * DAY):
            purse[paying[0].id] = drawn(paying[0])
            accepted += 1
    assert accepted == best_possible(asked, spans)


def drawn(one: GrantFacts) -> GrantFacts:
    assert one.remaining is not None
    return grant(one.id, one.remaining - 1, start=one.start, end=one.end)


def best_possible(asked: list[int], spans: list[tuple[int, int, int]]) -> int:
    """Maximum matching of requests to single cases, by augmenting paths."""
    slots = [(start, end) for start, end, cases in spans for _ in range(cases)]
    taken: dict[int, int] = {}

    def place(request: int, seen: set[int]) -> bool:
        for slot, (start, end) in enumerate(slots):
            if start <= asked[request] < end and slot not in seen:
                seen.add(slot)
                if slot not in taken or place(taken[slot], seen):
                    taken[slot] = request
                    return True
        return False

    return sum(place(request, set()) for request in range(len(asked)))


def test_row_7_a_case_never_falls_on_a_grant_that_expired_this_very_instant() -> None:
    over: datetime = NOW
    assert not payers([grant(end=over)], licence=SHOP, work="error", units=1, now=over)
    assert payers(
        [grant(end=over + timedelta(microseconds=1))], licence=SHOP, work="error", units=1, now=over
    )
