"""What happened, lived through again under other rules: one sentence per setting that makes a difference."""

from dataclasses import replace
from typing import Any

import pytest

from vigente.rules.periods import Months, Span
from vigente.rules.pricing import DiscountRule
from vigente.rules.reasons import Code
from vigente.rules.rulebook import DrawBy, EmailIntake, PackValidity, Upgrade
from vigente.rules.simulate_compare import Listed, compare
from vigente.rules.simulate_fates import State
from vigente.rules.simulate_history import Act, Changed, Did, How, Kind, Try, Unpaid
from vigente.rules.tests.history import (
    DAY,
    ERROR,
    OUTAGE,
    SESSION,
    SHOP,
    TWO,
    WINDOW,
    asked,
    customer,
    day,
    fate,
    hosted,
    lost,
    pack,
    paid,
    sold,
    under,
    utc,
    ways,
)

IN_JANUARY = [asked(f"2026-01-{number} 16:00") for number in (12, 13, 14)]


def test_two_cases_a_month_let_two_in_and_hold_the_third() -> None:
    assert ways(under(customer(sold(), *IN_JANUARY))) == ["at_once", "at_once", "not"]


def test_a_renewal_charges_each_term_and_what_was_not_used_is_lost() -> None:
    found = under(customer(sold(), *IN_JANUARY))
    assert paid(found) == [3000] * 6
    assert lost(found) == 8  # four whole months; the sixth still runs


def test_rollover_keeps_one_and_loses_fewer() -> None:
    march = [asked(f"2026-03-{number} 16:00") for number in (12, 13, 14)]
    found = under(customer(sold(), *march), rollover_max=1)
    assert ways(found) == ["at_once"] * 3
    assert ways(under(customer(sold(), *march))) == ["at_once", "at_once", "not"]
    assert lost(found) < lost(under(customer(sold(), *march)))


def test_before_plans_are_required_everything_is_exempt() -> None:
    found = under(customer(*IN_JANUARY), plans_required_from=day("2026-01-14"))
    assert ways(found) == ["at_once", "at_once", "not"]
    assert fate(found, IN_JANUARY[0].ref).decision.outcome == "exempt"


def test_a_pack_lets_in_what_waits_if_it_still_waits() -> None:
    history = customer(sold(), *IN_JANUARY, pack("2026-01-25 16:00"))
    assert ways(under(history))[2] == "later"
    assert ways(under(history, hold_days=10))[2] == "not"
    assert fate(under(history, hold_days=10), IN_JANUARY[2].ref).state is State.EXPIRED


@pytest.mark.parametrize(
    ("settings", "how"),
    [
        ({}, "not"),
        ({"pack_validity": PackValidity.NEXT_PERIOD}, "at_once"),
        ({"pack_validity": PackValidity.DAYS, "pack_days": 30}, "at_once"),
        ({"pack_validity": PackValidity.DAYS, "pack_days": 2}, "not"),
    ],
)
def test_how_long_a_pack_lasts_decides_the_third_of_the_next_month(
    settings: dict[str, Any], how: str
) -> None:
    february = [asked(f"2026-02-{number} 16:00") for number in (12, 13, 14)]
    history = customer(sold(), *february, pack("2026-02-05 16:00"))
    assert ways(under(history, **settings))[2] == how


def test_a_pack_without_a_plan_is_only_sold_where_the_rules_sell_it() -> None:
    history = customer(asked("2026-02-10 16:00"), pack("2026-02-05 16:00", contract=None))
    assert (ways(under(history)), paid(under(history))) == (["not"], [])
    sells = under(history, sell_packs_without_plan=True)
    assert (ways(sells), paid(sells)) == (["at_once"], [500])


def test_a_pack_that_came_back_is_charged_only_if_it_came_back_too_late() -> None:
    history = customer(sold(), pack("2026-02-05 16:00", returned_at=utc("2026-02-06 10:00")))
    assert 500 not in paid(under(history))
    assert 500 in paid(under(history, pack_return_hours=1))


def test_notice_on_the_last_day_costs_a_month_more_where_notice_takes_five_days() -> None:
    history = customer(sold(notice_at=utc("2026-03-08 12:00"), ends=utc("2026-03-10 06:00")))
    assert len(paid(under(history))) == 2
    assert len(paid(under(history, notice_days=5))) == 3


def test_the_contract_that_follows_begins_where_the_other_really_ends() -> None:
    first = sold(notice_at=utc("2026-03-08 12:00"), ends=utc("2026-03-10 06:00"))
    second = sold("2026-03-10 06:00", id=2, follows=1, terms=replace(first.terms, id=2, price_minor=9000))
    assert paid(under(customer(first, second))) == [3000, 3000, 9000, 9000, 9000, 9000]
    assert paid(under(customer(first, second), notice_days=5)) == [3000, 3000, 3000, 9000, 9000, 9000]


def test_who_came_back_while_the_first_still_ran_begins_when_it_ends() -> None:
    first = sold(notice_at=utc("2026-03-08 12:00"), ends=utc("2026-03-10 06:00"))
    again = sold("2026-03-12 12:00", id=2)
    assert len(paid(under(customer(first, again)))) == 6
    longer = under(customer(first, again), notice_days=5)
    assert [course.anchor for course in longer.courses] == [first.anchor, utc("2026-04-10 06:00")]


MORE = replace(TWO, id=3, plan="four", cases=4, rank=1, price_minor=6000)


def test_a_wish_for_a_better_plan_binds_at_the_end_of_the_term_or_at_once_for_the_difference() -> None:
    wish = Changed(utc("2026-02-20 15:00"), MORE)
    first = sold(notice_at=wish.at, ends=utc("2026-03-10 06:00"), wish=wish, is_billed=True)
    second = sold("2026-03-10 06:00", id=2, follows=1, terms=MORE, is_billed=True)
    february = [asked(f"2026-02-{number} 16:00") for number in (12, 13, 26, 27)]
    history = customer(first, second, *february)
    assert (ways(under(history))[2:], paid(under(history))) == (["not", "not"], [3000, 3000, *[6000] * 4])
    at_once = under(history, upgrade=Upgrade.IMMEDIATE)
    assert ways(at_once)[2:] == ["at_once", "not"]  # 18 days of 28 of two more
    assert paid(at_once) == [3000, 3000, 1929, *[6000] * 4]
    assert fate(at_once, february[2].ref).decision.rank == 1


def test_what_really_bound_at_once_waits_for_the_end_of_the_term_where_the_rules_say_so() -> None:
    history = customer(sold(changes=(Changed(utc("2026-02-25 15:00"), MORE),), is_billed=True))
    assert paid(under(history, upgrade=Upgrade.IMMEDIATE)) == [3000, 3000, 1393, *[6000] * 4]
    assert paid(under(history)) == [3000, 3000, *[6000] * 4]
    late = under(history, notice_days=20)
    assert paid(late) == [3000, 3000, 3000, *[6000] * 3]


def test_terms_that_came_with_a_renewal_come_with_it_again() -> None:
    renewed = Changed(utc("2026-03-10 06:00"), replace(MORE, price_minor=3500), wished=False)
    assert paid(under(customer(sold(changes=(renewed,))))) == [3000, 3000, *[3500] * 4]


def test_calendar_months_charge_a_part_for_the_first() -> None:
    found = under(customer(sold()), months=Months.CALENDAR)
    assert paid(found) == [2129, *[3000] * 5]
    kept = replace(sold(), anchor=utc("2025-12-10 15:00"), created_at=utc("2025-12-10 15:00"))
    assert (
        len(paid(under(customer(kept), months=Months.CALENDAR))) == 6
    )  # its own months, for its life (row 43)


def test_a_discount_is_asked_anew_at_each_term_and_ends_with_the_move() -> None:
    history = customer(sold(), hosted(("2026-02-01 00:00", "vendor_cloud"), ("2026-04-01 00:00", "customer")))
    assert paid(under(history)) == [3000, 1800, 1800, 3000, 3000, 3000]
    assert paid(under(history, discounts=())) == [3000] * 6


def test_a_coupon_for_two_terms_is_charged_by_the_term() -> None:
    welcome = DiscountRule("welcome", None, None, 5000, False, coupon="hola", terms=2)
    history = customer(sold(coupon="HOLA"))
    assert paid(under(history, discounts=(welcome,)))[:3] == [1500, 1500, 3000]


@pytest.mark.parametrize(
    ("draw_by", "how"), [(DrawBy.ANYONE, "at_once"), (DrawBy.NAMED, "not"), (DrawBy.APPROVE, "not")]
)
def test_who_may_spend_cases_decides_what_a_colleague_asks(draw_by: DrawBy, how: str) -> None:
    history = customer(sold(), asked("2026-01-12 16:00", may_draw=False))
    assert ways(under(history, draw_by=draw_by)) == [how]


def test_a_manager_who_really_approved_approves_again() -> None:
    approved = Try(utc("2026-01-13 16:00"), ERROR, SHOP, approved=True)
    history = customer(sold(), asked("2026-01-12 16:00", how=How.LATER, tries=(approved,)))
    assert ways(under(history, draw_by=DrawBy.APPROVE)) == ["later"]
    assert ways(under(history)) == ["at_once"]


@pytest.mark.parametrize(
    ("intake", "state"),
    [
        (EmailIntake.ACCEPT, State.ACCEPTED),
        (EmailIntake.PORTAL_ONLY, State.EXPIRED),
        (EmailIntake.REFUSE, State.REFUSED),
    ],
)
def test_a_mail_is_decided_held_or_refused_by_the_rules_of_intake(intake: EmailIntake, state: State) -> None:
    history = customer(sold(), asked("2026-01-12 16:00", ref="mail", by_mail=True))
    assert fate(under(history, intake_email=intake), "mail").state is state


def test_what_waits_when_a_plan_renews_is_asked_about_and_not_let_in() -> None:
    third = asked("2026-02-08 16:00", ref="third")
    history = customer(sold(), *IN_JANUARY[:2], third)
    assert fate(under(history), "third").state is State.EXPIRED  # nobody chose it within the days
    chosen = replace(third, tries=(Try(utc("2026-02-11 16:00"), ERROR, SHOP),))
    assert ways(under(customer(sold(), *IN_JANUARY[:2], chosen)))[2] == "later"


def test_a_case_given_back_late_comes_again_as_goodwill_where_the_rules_say_so() -> None:
    gave = Act(utc("2026-02-15 16:00"), Did.GAVE_BACK, ERROR, SHOP)
    february = [asked(f"2026-02-{number} 16:00") for number in (16, 17, 18)]
    history = customer(sold(), asked("2026-02-09 16:00", acts=(gave,)), *february)
    assert ways(under(history))[3] == "at_once"
    assert ways(under(history, goodwill_days=0))[3] == "not"
    assert ways(under(history, goodwill_on_late_release=False))[3] == "not"


def test_an_objection_comes_too_late_where_fewer_days_are_given() -> None:
    gave = Act(utc("2026-01-17 16:00"), Did.GAVE_BACK, ERROR, SHOP, disputed_at=utc("2026-01-16 16:00"))
    history = customer(
        sold(), replace(IN_JANUARY[0], acts=(gave,)), asked("2026-01-18 16:00"), asked("2026-01-19 16:00")
    )
    assert ways(under(history)) == ["at_once", "at_once", "at_once"]
    assert ways(under(history, dispute_days=3)) == ["at_once", "at_once", "not"]


def test_an_unpaid_renewal_covers_one_case_then_none_then_all_again() -> None:
    days = ["2026-02-11 16:00", "2026-02-12 16:00", "2026-02-20 16:00"]
    history = customer(sold(unpaid=(Unpaid(1, utc("2026-02-19 16:00")),)), *map(asked, days))
    assert ways(under(history)) == ["at_once", "later", "not"]
    assert ways(under(history, grace_cases=2)) == ["at_once", "at_once", "not"]
    assert ways(under(history, grace_days=0)) == ["later", "later", "not"]


def test_a_case_moved_to_another_licence_is_drawn_there_or_stays() -> None:
    move = Act(utc("2026-01-13 16:00"), Did.REDREW, ERROR, 2)
    with_plan = sold(id=2, licence=2)
    case = asked("2026-01-12 16:00", acts=(move,))
    moved = under(customer(sold(), with_plan, case))
    assert [account.drawn for account in moved.accounts[:2]] == [0, 1]
    stays = under(customer(sold(), case))
    assert stays.accounts[0].drawn == 1


def test_an_outage_draws_nothing_and_a_session_draws_two() -> None:
    history = customer(
        sold(),
        asked("2026-01-12 16:00", work=OUTAGE),
        asked("2026-01-13 16:00", work=SESSION),
        *IN_JANUARY[2:],
    )
    assert ways(under(history)) == ["at_once", "at_once", "not"]


def test_a_supervisor_who_let_something_in_does_so_only_where_the_rules_do_not() -> None:
    third = replace(IN_JANUARY[2], how=How.OVERRIDE, accepted_at=IN_JANUARY[2].at)
    history = customer(sold(), *IN_JANUARY[:2], third)
    assert ways(under(history))[2] == "override"
    assert ways(under(history, plans_required_from=day("2027-01-01")))[2] == "at_once"


def test_an_included_plan_sleeps_while_a_bought_one_runs_and_wakes_after() -> None:
    included = sold("2025-12-20 15:00", id=2, kind=Kind.INCLUDED)
    bought = sold("2026-02-05 15:00", auto_renew=False, ends=utc("2026-03-05 06:00"))
    found = under(customer(included, bought))
    spans = [(a.source.value, f"{a.start:%m-%d}", f"{a.end:%m-%d}") for a in found.accounts]
    assert spans[:5] == [
        ("licence", "01-20", "02-20"),
        ("period", "02-05", "03-05"),
        ("licence", "03-05", "03-20"),
        ("licence", "03-20", "04-20"),
        ("licence", "04-20", "05-20"),
    ]


def test_a_blocked_customer_gets_nothing_in_and_is_not_charged_for_terms_that_pass() -> None:
    history = customer(sold(), *IN_JANUARY, blocked=((day("2026-01-13"), day("2026-03-20")),))
    found = under(history)
    assert ways(found) == ["at_once", "not", "not"]
    assert fate(found, IN_JANUARY[1].ref).first.reasons[0].code is Code.ORGANIZATION_BLOCKED
    assert [f"{charge.at:%m-%d}" for charge in found.charges] == ["01-10", "03-10", "04-10", "05-10", "06-10"]


def test_the_rows_name_what_differs_and_add_up() -> None:
    history = customer(sold(), *IN_JANUARY, pack("2026-01-25 16:00"))
    before, after = under(history), under(history, hold_days=5, discounts=())
    rows = compare(before, after)
    (row,) = [row for row in rows if row.listed is Listed.REFUSED]
    assert row.ref == IN_JANUARY[2].ref
    assert (row.before["outcome"], row.after["state"]) == ("pack", "expired")
    assert row.after["decision"]["reasons"][0]["code"] == "no_cases_left"
    money = [row for row in rows if row.listed is Listed.MONEY]
    assert sum(row.before["minor"] for row in money) == sum(paid(before)) == 18_500


def test_the_same_rules_differ_in_nothing() -> None:
    history = customer(sold(), *IN_JANUARY, pack("2026-01-25 16:00"))
    rows = compare(under(history), under(history))
    assert {row.listed for row in rows} <= {Listed.MONEY, Listed.EXPIRED, Listed.REALITY}


def test_what_comes_before_and_after_the_window_counts_for_nothing() -> None:
    window = Span(day("2026-02-01"), day("2026-03-01"))
    found = under(customer(sold(), asked("2026-02-12 16:00")), window)
    assert (paid(found), [a.start for a in found.accounts]) == ([3000], [utc("2026-02-10 06:00")])
    assert WINDOW.end - DAY > window.end
