"""R10: the fairness report finds what was passed over, all of it, and nothing else."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.fairness import TOGETHER, How, Judged, Moment, Ordered, Stands, Taking, Verdict, judge
from vigente.rules.tests.strategies import utc

NINE = utc("2026-07-01 15:00")
MINUTE = timedelta(minutes=1)
ANA, BETO, SUPPORT, BILLING = 1, 2, 10, 20


def waits(case: int, minute: int, *, rank: int = 2, waiting: bool = True, **more: object) -> Stands:
    given: dict[str, object] = {"department": SUPPORT, "place_at": NINE + case * MINUTE} | more
    return Stands(NINE + minute * MINUTE, case, waiting, rank, **given)  # type: ignore[arg-type]


def takes(case: int, minute: int, agent: int = ANA, how: How = How.LINE) -> Taking:
    return Taking(NINE + minute * MINUTE, case, agent, how)


def judged(*moments: Moment, serves: dict[int, frozenset[int]] | None = None) -> list[Judged]:
    return list(judge(moments, departments=serves or {}))


def verdicts(*moments: Moment, serves: dict[int, frozenset[int]] | None = None) -> list[Verdict]:
    return [one.verdict for one in judged(*moments, serves=serves)]


def test_r10_the_first_of_the_line_is_in_order() -> None:
    assert verdicts(waits(1, 0, rank=1), waits(2, 1), takes(1, 5)) == [Verdict.IN_ORDER]


def test_r10_who_is_passed_over_is_named_with_how_long_it_waited() -> None:
    (found,) = judged(waits(1, 0, rank=1), waits(2, 1), waits(3, 1, rank=1), takes(2, 5, how=How.HAND))
    assert (found.verdict, found.passed, found.waited) == (Verdict.PASSED_OVER, 1, 5 * MINUTE)


def test_what_a_supervisor_chose_is_allowed_and_said() -> None:
    (found,) = judged(waits(1, 0, rank=1), waits(2, 1), takes(2, 5, how=How.GIVEN))
    assert (found.verdict, found.passed) == (Verdict.SUPERVISOR, 1)


def test_a_better_case_of_a_department_not_served_is_allowed_and_said() -> None:
    line = (waits(1, 0, rank=1, department=BILLING), waits(2, 1), takes(2, 5))
    assert verdicts(*line, serves={ANA: frozenset({SUPPORT})}) == [Verdict.DEPARTMENT]
    assert verdicts(*line) == [Verdict.PASSED_OVER]  # who has no department serves all


def test_a_colleagues_case_does_not_count_and_ones_own_does() -> None:
    assert verdicts(waits(1, 0, rank=1, assignee=BETO), waits(2, 1), takes(2, 5)) == [Verdict.IN_ORDER]
    assert verdicts(waits(1, 0, rank=1, assignee=ANA), waits(2, 1), takes(2, 5)) == [Verdict.PASSED_OVER]


def test_a_case_that_waits_for_its_customer_has_no_place() -> None:
    asked = (waits(1, 0, rank=1), waits(1, 2, rank=1, waiting=False), waits(2, 3))
    assert verdicts(*asked, takes(2, 5)) == [Verdict.IN_ORDER]
    (found,) = judged(*asked, waits(1, 8, rank=1), takes(2, 10))
    assert found.waited == 2 * MINUTE  # since it came back


def test_what_came_in_the_same_moment_could_not_be_seen() -> None:
    came = Stands(NINE + 5 * MINUTE - TOGETHER / 2, 1, True, 1, NINE, SUPPORT)
    assert verdicts(waits(2, 1), came, takes(2, 5)) == [Verdict.IN_ORDER]
    assert verdicts(waits(2, 1), came, takes(2, 6)) == [Verdict.PASSED_OVER]


def test_overdue_first_a_late_case_of_a_worse_rank_goes_first() -> None:
    late = waits(1, 0, rank=3, due_at=NINE)
    line = (late, waits(2, 1, rank=1), takes(2, 5))
    assert verdicts(*line) == [Verdict.IN_ORDER]
    assert verdicts(Ordered(NINE, True), *line) == [Verdict.PASSED_OVER]


class Vendor:
    """A line kept as a plain list, and agents who take from it rightly or as they please."""

    def __init__(self, *, overdue_first: bool) -> None:
        self.cases: dict[int, Stands] = {}
        self.moments: list[Moment] = [Ordered(NINE, overdue_first)]
        self.expected: list[Verdict] = []
        self.overdue_first = overdue_first
        self.now = NINE

    def put(self, stands: Stands) -> None:
        self.cases[stands.case] = stands
        self.moments.append(stands)

    def order(self, one: Stands) -> tuple[bool, int, datetime, int]:
        late = one.due_at is not None and one.due_at < self.now
        return (self.overdue_first and not late, *one.key)

    def take(self, agent: int, serves: frozenset[int], choice: int | None) -> None:
        may = [
            one
            for one in self.cases.values()
            if one.waits and (one.assignee == agent or (one.assignee is None and one.department in serves))
        ]
        if not may:
            return
        may.sort(key=self.order)
        chosen = may[0 if choice is None else choice % len(may)]
        free = [one for one in self.cases.values() if one.waits and one.assignee is None]
        elsewhere = any(self.order(one) < self.order(chosen) for one in free)
        first = Verdict.DEPARTMENT if elsewhere else Verdict.IN_ORDER
        self.expected.append(first if chosen is may[0] else Verdict.PASSED_OVER)
        how = How.LINE if choice is None else How.HAND
        self.moments.append(Taking(self.now, chosen.case, agent, how))
        self.put(
            Stands(self.now, chosen.case, True, chosen.group, chosen.place_at, chosen.department, agent,
                   chosen.due_at)
        )  # fmt: skip


steps = st.lists(
    st.tuples(
        st.sampled_from(["come", "come", "rise", "leave", "right", "any"]),
        st.integers(0, 30),
        st.integers(1, 3),
    ),
    max_size=40,
)


def live(vendor: Vendor, story: list[tuple[str, int, int]], *, rightly: bool) -> None:
    departments = {ANA: frozenset({SUPPORT}), BETO: frozenset({SUPPORT, BILLING})}
    for what, number, rank in story:
        vendor.now += MINUTE
        before = vendor.cases.get(number)
        agent = ANA if number % 2 else BETO
        if what == "come" or (what == "rise" and before is None):
            due = vendor.now + (number - 15) * MINUTE if number % 3 else None
            place = SUPPORT if number % 4 else BILLING
            vendor.put(Stands(vendor.now, number, True, rank, vendor.now, place, None, due))
        elif what in ("rise", "leave") and before is not None:
            here = what == "rise" and before.waits
            vendor.put(
                Stands(vendor.now, number, here, min(rank, before.group), before.place_at, before.department,
                       before.assignee, before.due_at)
            )  # fmt: skip
        elif what in ("right", "any"):
            vendor.take(agent, departments[agent], None if rightly or what == "right" else number)


@given(steps, st.booleans())
def test_every_taking_is_judged_as_a_plain_recount_would(
    story: list[tuple[str, int, int]], late: bool
) -> None:
    vendor = Vendor(overdue_first=late)
    live(vendor, story, rightly=False)
    serves = {ANA: frozenset({SUPPORT}), BETO: frozenset({SUPPORT, BILLING})}
    assert verdicts(*vendor.moments, serves=serves) == vendor.expected


@given(steps, st.booleans())
def test_who_always_takes_the_first_passes_nobody_over(story: list[tuple[str, int, int]], late: bool) -> None:
    vendor = Vendor(overdue_first=late)
    live(vendor, story, rightly=True)
    serves = {ANA: frozenset({SUPPORT}), BETO: frozenset({SUPPORT, BILLING})}
    assert Verdict.PASSED_OVER not in verdicts(*vendor.moments, serves=serves)
