"""Every setting of the rulebook either shows in a trial or is said not to, in `docs/trials.md`."""

import re
from dataclasses import fields, replace
from typing import Any

import pytest
from tests.support.environment import ROOT

from vigente.rules.periods import Months
from vigente.rules.precedence import Order
from vigente.rules.pricing import DiscountRule
from vigente.rules.rulebook import Activation, DrawBy, EmailIntake, PackValidity, Rulebook, Upgrade
from vigente.rules.simulate import replay
from vigente.rules.simulate_favours import beyond
from vigente.rules.simulate_history import Act, Books, Changed, Did, Favour, Unpaid
from vigente.rules.simulate_line import Promises, attended, in_line
from vigente.rules.sla import Policy
from vigente.rules.tests.history import (
    ERROR,
    HOUR,
    SHOP,
    TWO,
    WINDOW,
    asked,
    customer,
    hosted,
    pack,
    sold,
    utc,
)
from vigente.rules.worktime import ALWAYS

DAYS = DiscountRule(
    "day", None, None, 1000, False, starts=utc("2026-02-10 12:00").date(), ends=utc("2026-02-10 12:00").date()
)
OTHER: dict[str, tuple[Any, ...]] = {
    "plans_required_from": (utc("2026-01-13 06:00"),),
    "billing_zone": ("Pacific/Auckland",),
    "months": (Months.CALENDAR,),
    "rollover_max": (1,),
    "hold_days": (2,),
    "dispute_days": (1,),
    "goodwill_on_late_release": (False,),
    "goodwill_days": (0,),
    "intake_email": (EmailIntake.ACCEPT, EmailIntake.REFUSE),
    "notice_days": (30,),
    "pack_validity": (PackValidity.NEXT_PERIOD,),
    "pack_days": (1,),
    "pack_return_hours": (0,),
    "sell_packs_without_plan": (True,),
    "activate": (Activation.ON_ORDER,),
    "grace_days": (30,),
    "grace_cases": (2,),
    "upgrade": (Upgrade.IMMEDIATE,),
    "draw_by": (DrawBy.NAMED, DrawBy.APPROVE),
    "order": (Order.FAIR,),
    "overdue_first": (True,),
    "favour_limits": ({"agent": 0},),
    "discounts": ((), (DAYS,)),
}
SAME: dict[str, Any] = {
    "exempt_days": 1,
    "reopen_days": 1,
    "auto_close_days": 1,
    "split_answer_days": 1,
    "held_retention_days": 1,
    "renewal_mail_days": 1,
    "notice_mail_days": 1,
    "notice_mail_days_annual": 1,
    "expiring_mail_days": 1,
    "dunning_days": (1,),
    "announce_days": 1,
    "order_days": 1,
    "payment_days": 1,
    "void_days": 1,
}


def history() -> Any:
    """A customer to whom everything happens that a setting speaks of."""
    back = Act(utc("2026-02-15 16:00"), Did.GAVE_BACK, ERROR, SHOP)
    objected = replace(back, at=utc("2026-01-18 16:00"), disputed_at=utc("2026-01-16 16:00"))
    better = replace(TWO, id=2, rank=1, cases=4, price_minor=9000, policy=2)
    wish = Changed(utc("2026-05-15 16:00"), better)
    first = sold(
        "2026-01-10 15:00",
        ordered_at=utc("2026-01-08 15:00"),
        notice_at=wish.at,
        ends=utc("2026-06-10 06:00"),
        wish=wish,
        is_billed=True,
        unpaid=(Unpaid(2, utc("2026-03-20 16:00")), Unpaid(3, utc("2026-04-25 16:00"))),
        terms=replace(TWO, policy=1),
    )
    second = sold("2026-06-10 06:00", id=2, follows=1, terms=better)
    return customer(
        first,
        second,
        hosted(("2026-02-01 00:00", "vendor_cloud")),
        asked("2026-01-09 16:00"),
        asked("2026-01-12 16:00", acts=(objected,)),
        asked("2026-01-13 16:00", may_draw=False),
        asked("2026-01-19 16:00"),
        asked("2026-02-04 16:00"),
        asked("2026-02-09 16:00", acts=(back,)),
        *(asked(f"2026-02-{day} 16:00") for day in (16, 17, 18)),
        *(asked(f"2026-03-{day} 16:00") for day in (11, 12, 18, 25, 26)),
        asked("2026-04-15 16:00", by_mail=True),
        asked("2026-04-18 16:00"),
        *(asked(f"2026-05-{day} 16:00", attended_at=None) for day in (12, 13, 20, 21)),
        pack("2026-04-29 16:00", id=1, returned_at=utc("2026-04-29 20:00")),
        pack("2026-02-08 16:00", id=2),
        pack("2026-02-08 17:00", id=4),
        pack("2026-01-02 16:00", id=3, contract=None),
        *(replace(asked("2026-06-15 16:00", ref=f"r{n}"), at=utc(f"2026-06-{15 + n} 16:00")) for n in (0, 1)),
    )


def shown(**settings: Any) -> Any:
    """Everything a trial tells of these rules: requests, cases, money, the line, favours."""
    books = Books.always(Rulebook(**settings))
    one = replay(history(), books, WINDOW)
    requests = [(f.asked.ref, f.state, f.accepted_at, f.source, f.terms) for f in one.fates]
    cases = [(a.source, a.granted, a.start, a.end, a.drawn, a.expired, a.carried) for a in one.accounts]
    return requests, cases, one.charges, line(books), favours(books)


def line(books: Books) -> Any:
    """Two plans of which the better came later and promises later."""
    quick = Policy(first_reply=2 * HOUR, next_reply=None, resolution=None, hours=ALWAYS)
    slow = replace(quick, first_reply=40 * HOUR)
    better = sold("2026-01-10 15:00", id=1, terms=replace(TWO, rank=1, policy=2, allowance=8 * HOUR))
    worse = sold(
        "2026-01-10 15:00", id=2, licence=2, terms=replace(TWO, id=9, rank=3, policy=1, allowance=9 * HOUR)
    )
    cases = [asked("2026-01-12 10:00", ref="worse", licence=2), asked("2026-01-12 14:00", ref="better")]
    answers = [(utc("2026-01-12 15:00"), 0), (utc("2026-01-12 16:00"), 0)]
    one = replay(customer(better, worse, *cases), Books.always(Rulebook()), WINDOW)
    return attended(in_line(one, Promises({1: quick, 2: slow})), answers, books)


def favours(books: Books) -> Any:
    return beyond([Favour(utc("2026-01-12 10:00"), 1, "agent", 1, "a")], books)


def test_no_setting_is_forgotten() -> None:
    assert {item.name for item in fields(Rulebook)} == OTHER.keys() | SAME.keys()


@pytest.mark.parametrize("name", OTHER)
def test_a_setting_that_is_said_to_show_shows(name: str) -> None:
    base: dict[str, Any] = {"intake_email": EmailIntake.PORTAL_ONLY}
    if name == "pack_days":
        base["pack_validity"] = PackValidity.DAYS
    if name == "billing_zone":
        base["discounts"] = (DAYS,)
    for value in OTHER[name]:
        assert shown(**base | {name: value}) != shown(**base), (name, value)


@pytest.mark.parametrize("name", SAME)
def test_a_setting_that_is_said_not_to_show_does_not(name: str) -> None:
    assert shown(**{name: SAME[name]}) == shown()


def test_the_page_about_trials_tells_both_lists() -> None:
    page = (ROOT / "docs" / "trials.md").read_text()
    shows, _, hides = page.partition("no effect that a replay can show")
    rows = [
        re.findall(r"`(\w+)`", line.split("|")[1]) for line in page.splitlines() if line.startswith("| `")
    ]
    assert {name for row in rows for name in row} == OTHER.keys() | SAME.keys()
    assert [name for name in OTHER if f"`{name}`" not in shows] == []
    assert [name for name in SAME if f"`{name}`" not in hides] == []
