"""A small customer's half year, for trying rules on it: one shop in Managua, two cases a month for 30.00."""

from datetime import datetime, timedelta
from typing import Any

from vigente.rules.coverage import Work
from vigente.rules.periods import Interval, Months, Span
from vigente.rules.rulebook import Rulebook
from vigente.rules.simulate import Replayed, replay
from vigente.rules.simulate_fates import Fate
from vigente.rules.simulate_history import Asked, Books, Customer, Installation, Kind, Pack, Sold, Terms
from vigente.rules.tests.strategies import MANAGUA, utc

SHOP = 1
WINDOW = Span(utc("2026-01-01 06:00"), utc("2026-07-01 06:00"))
ERROR, SESSION, OUTAGE = Work("error"), Work("guided_session", units=2), Work("outage", always=True)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TWO = Terms(
    id=1,
    plan="two",
    family="two",
    edition="WEB",
    interval=Interval.MONTH,
    cases=2,
    price_minor=3000,
    currency="USD",
    rank=2,
    work=frozenset({"error", "guided_session"}),
    pack_price_minor=500,
)


def sold(anchor: str = "2026-01-10 15:00", **facts: Any) -> Sold:
    """A monthly plan of the shop's that renews by itself, unless said otherwise."""
    begins = utc(anchor)
    defaults: dict[str, Any] = {
        "id": 1,
        "licence": SHOP,
        "kind": Kind.BOUGHT,
        "terms": TWO,
        "zone": MANAGUA,
        "months": Months.ANNIVERSARY,
        "created_at": begins,
    }
    return Sold(anchor=begins, **defaults | facts)


def asked(at: str, ref: str = "", **facts: Any) -> Asked:
    """A request about an error."""
    return Asked(ref=ref or f"ticket:{at}", at=utc(at), **{"licence": SHOP, "work": ERROR} | facts)


def pack(at: str, cases: int = 1, **facts: Any) -> Pack:
    """A pack that hangs on the shop's plan."""
    return Pack(
        **{"id": 1, "at": utc(at), "licence": SHOP, "contract": 1, "cases": cases, "terms": TWO} | facts
    )


def hosted(*moves: tuple[str, str]) -> Installation:
    """The shop's installation: on its own server, then where `moves` say."""
    places = (("2020-01-01 00:00", "customer"), *moves)
    return Installation(SHOP, "WEB", tuple((utc(at), place) for at, place in places), utc("2020-01-01 00:00"))


def customer(*rows: Any, **facts: Any) -> Customer:
    """What happened, from its rows, whatever their order."""
    return Customer(
        id=7,
        asked=tuple(row for row in rows if isinstance(row, Asked)),
        sold=tuple(row for row in rows if isinstance(row, Sold)),
        packs=tuple(row for row in rows if isinstance(row, Pack)),
        installations=tuple(row for row in rows if isinstance(row, Installation)) or (hosted(),),
        **facts,
    )


def under(history: Customer, window: Span = WINDOW, **settings: Any) -> Replayed:
    """The replay under the founding vendor's rules, with these settings changed."""
    return replay(history, Books.always(Rulebook(**settings)), window)


def ways(replayed: Replayed) -> list[str]:
    """How each request got in."""
    return [fate.how.value for fate in replayed.fates]


def fate(replayed: Replayed, ref: str) -> Fate:
    return next(one for one in replayed.fates if one.asked.ref == ref)


def paid(replayed: Replayed) -> list[int]:
    return [charge.total_minor for charge in replayed.charges]


def lost(replayed: Replayed) -> int:
    """Cases nobody used."""
    return sum(account.expired - account.carried for account in replayed.accounts)


def day(text: str) -> datetime:
    return utc(f"{text} 06:00")
