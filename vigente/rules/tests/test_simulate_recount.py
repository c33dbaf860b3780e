"""What a replay finds is what somebody finds who counts it again, slowly, day by day and entry by entry."""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigente.rules.coverage import Work
from vigente.rules.periods import Interval, Months
from vigente.rules.pricing import DiscountRule
from vigente.rules.quota import GrantFacts, Source
from vigente.rules.rulebook import CLOUD_DISCOUNT, DrawBy, EmailIntake, PackValidity, Rulebook
from vigente.rules.simulate import replay
from vigente.rules.simulate_compare import outcome_of
from vigente.rules.simulate_fates import State
from vigente.rules.simulate_history import (
    Act,
    Asked,
    Books,
    Customer,
    Did,
    Gift,
    How,
    Installation,
    Kind,
    Opening,
    Pack,
    Sold,
    Terms,
    Try,
)
from vigente.rules.tests.history import ERROR, OUTAGE, SESSION, WINDOW
from vigente.rules.tests.recount import Recount
from vigente.rules.tests.strategies import MANAGUA

WISH = Work("wish", development=True)
LENGTH = int((WINDOW.end - WINDOW.start).total_seconds())
licences = st.sampled_from([1, 1, 1, 2])
# Odd microseconds: people never act at the very instant at which a period begins.
moments = st.integers(0, LENGTH).map(lambda s: WINDOW.start + timedelta(seconds=s, microseconds=7))
delays = st.integers(60, 40 * 86_400).map(lambda s: timedelta(seconds=s, microseconds=11))

rulebooks = st.builds(
    Rulebook,
    plans_required_from=st.none() | st.none() | moments,
    months=st.sampled_from(Months),
    rollover_max=st.integers(0, 2),
    hold_days=st.integers(0, 30),
    goodwill_on_late_release=st.booleans(),
    goodwill_days=st.integers(0, 20),
    intake_email=st.sampled_from(EmailIntake),
    notice_days=st.sampled_from([0, 0, 3, 5, 40]),
    pack_validity=st.sampled_from(PackValidity),
    pack_days=st.integers(1, 40),
    pack_return_hours=st.integers(0, 48),
    sell_packs_without_plan=st.booleans(),
    draw_by=st.sampled_from([DrawBy.ANYONE, *DrawBy]),
    discounts=st.sampled_from(
        [
            (),
            (CLOUD_DISCOUNT,),
            (CLOUD_DISCOUNT, DiscountRule("all", None, None, 1234, applies_to_packs=True)),
        ]
    ),
)


def terms(number: int, cases: int | None, interval: Interval, rank: int) -> Terms:
    return Terms(number, f"p{number}", "p", "WEB", interval, cases, 3333 * number, "USD" if rank < 4 else "NIO",
                 rank, frozenset({"error", "guided_session"}), pack_price_minor=505)  # fmt: skip


TERMS = [
    terms(1, 1, Interval.MONTH, 4),
    terms(2, 2, Interval.MONTH, 3),
    terms(3, 3, Interval.YEAR, 2),
    terms(4, None, Interval.MONTH, 1),
]


@st.composite
def contracts(draw: st.DrawFn) -> list[Sold]:
    """A few that follow one another, or run side by side for different licences."""
    found: list[Sold] = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        kind = draw(st.sampled_from([Kind.BOUGHT, Kind.BOUGHT, Kind.BOUGHT, Kind.INCLUDED, Kind.LEGACY]))
        licence = draw(licences)
        if kind is Kind.INCLUDED and any(one.kind is kind and one.licence == licence for one in found):
            continue  # a licence includes one plan
        anchor = draw(moments) if draw(st.booleans()) else WINDOW.start - draw(delays)
        mine = [one for one in found if one.kind is Kind.BOUGHT and one.licence == licence]
        if kind is Kind.BOUGHT and any(one.anchor < WINDOW.start for one in mine):
            anchor = draw(moments)  # one at a time: the history itself is possible
        facts: dict[str, Any] = {"auto_renew": kind is not Kind.BOUGHT or draw(st.integers(0, 4)) > 0}
        if kind is Kind.LEGACY:
            facts["ends"] = anchor + draw(delays) + timedelta(days=50)
        elif kind is Kind.BOUGHT and facts["auto_renew"] and draw(st.booleans()):
            facts["notice_at"] = max(anchor, WINDOW.start) + draw(delays)
        if kind is Kind.BOUGHT and found and found[-1].notice_at and found[-1].licence == licence:
            facts["follows"] = found[-1].id
            anchor = max(anchor, found[-1].anchor + timedelta(seconds=1))
        found.append(
            Sold(number, licence, kind, draw(st.sampled_from(TERMS)), anchor, MANAGUA, Months.ANNIVERSARY,
                 anchor, **facts)
        )  # fmt: skip
    return found


@st.composite
def requests(draw: st.DrawFn, number: int) -> Asked:
    at = draw(moments)
    work, licence = draw(st.sampled_from([ERROR, ERROR, ERROR, SESSION, OUTAGE, WISH])), draw(licences)
    what = draw(st.sampled_from(["", "", "", "back", "again", "approved", "override", "withdrawn"]))
    then = at + draw(delays)
    facts: dict[str, Any] = {}
    if what == "back":
        facts["acts"] = (Act(then, Did.GAVE_BACK, work, licence),)
    elif what in ("again", "approved"):
        facts["tries"] = (Try(then, work, licence, what == "approved"),)
    elif what == "override":
        facts |= {"how": How.OVERRIDE, "accepted_at": then}
    elif what == "withdrawn":
        facts["settled_at"] = then
    may = draw(st.booleans())
    by_mail = draw(st.integers(0, 4)) == 0
    return Asked(f"ticket:{number:02}", at, licence, work, may_draw=may, is_manager=draw(st.integers(0, 3)) == 0,
                 by_mail=by_mail, **facts)  # fmt: skip


@st.composite
def openings(draw: st.DrawFn) -> tuple[list[Opening], list[Asked]]:
    """What was left when the history begins, and a case that was drawn on it and may come back."""
    if draw(st.booleans()):
        return [], []
    start = WINDOW.start - timedelta(days=draw(st.integers(1, 60)), seconds=5)
    end = WINDOW.start + timedelta(days=draw(st.integers(1, 30)), seconds=5)
    facts = GrantFacts(
        900, Source.LEGACY, draw(licences), draw(st.integers(0, 2)), start, end, start, 5, None
    )
    back = Act(draw(moments), Did.GAVE_BACK, ERROR, facts.licence)
    case = Asked("ticket:earlier", start, facts.licence, ERROR, earlier=True, standing=900, acts=(back,))
    return [Opening(facts, 1)], [case]


@st.composite
def customers(draw: st.DrawFn) -> Customer:
    sold = draw(contracts())
    opening, earlier = draw(openings())
    asked = [draw(requests(number)) for number in range(draw(st.integers(0, 14)))]
    packs = []
    for number in range(draw(st.integers(0, 3))):
        at = draw(moments)
        on = draw(st.sampled_from([None, *sold])) if sold else None
        back = at + draw(delays) if draw(st.integers(0, 3)) == 0 else None
        packs.append(
            Pack(
                number,
                at,
                on.licence if on else 1,
                on.id if on else None,
                draw(st.integers(1, 3)),
                TERMS[1],
                back,
            )
        )
    gifts = [Gift(number, draw(moments), 1, 1, 500) for number in range(draw(st.integers(0, 1)))]
    blocked = ()
    if draw(st.integers(0, 5)) == 0:
        since = draw(moments)
        blocked = ((since, draw(st.none() | delays.map(lambda delay: since + delay))),)
    moved = draw(moments)
    shop = Installation(1, "WEB", ((WINDOW.start, "customer"), (moved, "vendor_cloud")), WINDOW.start)
    depot = Installation(2, "LOCAL", ((WINDOW.start, "customer"),), WINDOW.start)
    return Customer(
        7, (*earlier, *asked), tuple(sold), tuple(opening), tuple(packs), tuple(gifts), (shop, depot),
        draw(st.sampled_from([None, None, None, *DrawBy])), draw(st.integers(0, 2)), blocked,
    )  # fmt: skip


@given(customers(), rulebooks)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_every_number_is_what_a_slow_recount_finds(customer: Customer, book: Rulebook) -> None:
    fast = replay(customer, Books.always(book), WINDOW)
    slow = Recount(customer, book, WINDOW).run()
    known = [fate for fate in fast.fates if fate.asked.at < WINDOW.end]
    assert {fate.asked.ref: fate.how for fate in known} == {
        fate.asked.ref: slow.how.get(fate.asked.ref, How.NOT) for fate in known
    }
    paid = {
        f.asked.ref: outcome_of(f) for f in known if f.how in (How.AT_ONCE, How.LATER) and not f.asked.earlier
    }
    assert paid == {ref: slow.source[ref] for ref in paid}
    assert {f.asked.ref: f.accepted_at for f in known if f.asked.ref in paid} == {
        ref: slow.accepted_at[ref] for ref in paid
    }
    in_vain = {fate.asked.ref for fate in known if fate.state is State.EXPIRED}
    assert in_vain == {ref for ref, hold in slow.holds.items() if hold["state"] == "expired"}
    money: Counter[str] = Counter()
    for charge in fast.charges:
        money[charge.currency] += charge.total_minor
    assert +money == +slow.charged
    assert sum(account.expired - account.carried for account in fast.accounts) == slow.lost()
    assert sum(account.drawn for account in fast.accounts) == slow.drawn()
