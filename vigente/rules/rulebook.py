"""Every option of the vendor as one frozen, checked value. Defaults are the founding vendor's rules (R1 to R11).

A rulebook is versioned with an effective date. What a customer bought keeps its rules to the end of the running period;
how the vendor works (order, intake, limits) changes for all on the date (row 43).
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

from vigente.rules.periods import Months
from vigente.rules.precedence import Order
from vigente.rules.pricing import DiscountRule


class EmailIntake(StrEnum):
    """What becomes of a new request that arrives by mail (R7, row 17)."""

    PORTAL_ONLY = "portal_only"
    ACCEPT = "accept"
    REFUSE = "refuse"


class DrawBy(StrEnum):
    """Who may spend an organization's cases (row 46)."""

    ANYONE = "anyone"
    NAMED = "named"
    APPROVE = "approve"


class PackValidity(StrEnum):
    """Until when an extra pack lasts (R6, row 26)."""

    CURRENT_PERIOD = "current_period"
    DAYS = "days"
    NEXT_PERIOD = "next_period"


class Activation(StrEnum):
    """When a first term begins to cover (row 25)."""

    ON_PAYMENT = "on_payment"
    ON_ORDER = "on_order"


class Upgrade(StrEnum):
    """When a change to a better plan binds (row 23)."""

    AT_RENEWAL = "at_renewal"
    IMMEDIATE = "immediate"


CLOUD_DISCOUNT = DiscountRule(
    code="cloud_web", edition="WEB", hosting="vendor_cloud", basis_points=4000, applies_to_packs=False
)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All settings named in the semantics of the plans. Durations are in the unit their name says."""

    billing_zone: str = "America/Managua"
    plans_required_from: datetime | None = None  # row 30; None: from always
    exempt_days: int = 90  # row 30: a case opened before the date is seen through for at most this long
    months: Months = Months.ANNIVERSARY
    rollover_max: int = 0  # row 19
    hold_days: int = 14  # row 41
    held_retention_days: int = 90  # row 41
    reopen_days: int = 7  # row 9, working days
    auto_close_days: int = 7  # solved and silent this long: closed by the clock
    split_answer_days: int = 5  # row 14
    dispute_days: int = 5  # row 15
    goodwill_on_late_release: bool = True  # row 13
    goodwill_days: int = 10  # row 13: at least this long
    intake_email: EmailIntake = EmailIntake.PORTAL_ONLY
    notice_days: int = 0  # row 21; the vendor's FAQ says 5
    renewal_mail_days: int = 7  # row 20
    notice_mail_days: int = 7  # row 21: before the cut-off, monthly
    notice_mail_days_annual: int = 30  # row 21: before the cut-off, annual
    expiring_mail_days: int = 5
    pack_validity: PackValidity = PackValidity.CURRENT_PERIOD
    pack_days: int = 30  # with pack_validity = days
    pack_return_hours: int = 24  # row 26
    sell_packs_without_plan: bool = False  # row 26
    activate: Activation = Activation.ON_PAYMENT  # row 25: the first term; a renewal runs on in grace
    order_days: int = 14  # row 25: an order nobody paid is closed after this long
    payment_days: int = 15  # until when an invoice for quoted work is due (R9)
    grace_days: int = 5  # row 25: how long an unpaid renewal still covers
    grace_cases: int = 1  # row 25: at most so many cases are drawn in grace
    void_days: int = 30  # row 25: an unpaid renewal is given up after this long
    dunning_days: tuple[int, ...] = (-7, 0, 3, 5)  # row 25: payment reminders, days from the due date
    upgrade: Upgrade = Upgrade.AT_RENEWAL  # row 23
    announce_days: int = 30  # row 38: before the first term that new terms bind
    draw_by: DrawBy = DrawBy.ANYONE  # row 46
    order: Order = Order.STRICT  # R10
    overdue_first: bool = False  # R10
    favour_limits: Mapping[str, int | None] = field(
        default_factory=lambda: {"agent": 5, "supervisor": 20, "owner": None}
    )  # row 39: per person and calendar month; None: no limit
    discounts: tuple[DiscountRule, ...] = (CLOUD_DISCOUNT,)  # R3

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise ValueError("; ".join(problems))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.billing_zone)

    def to_json(self) -> dict[str, Any]:
        """A JSON-shaped mapping that `from_json` reads back to an equal value."""
        data = asdict(self)
        data["discounts"] = [_discount_json(rule) for rule in self.discounts]
        data["dunning_days"] = list(self.dunning_days)
        data["favour_limits"] = dict(self.favour_limits)
        required = self.plans_required_from
        data["plans_required_from"] = required.astimezone(UTC).isoformat() if required else None
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Rulebook":
        """Read `to_json`'s output. Missing settings take their default; unknown ones are an error that names them."""
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(data) - known)
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(unknown)}; known are: {', '.join(sorted(known))}")
        hints = get_type_hints(cls)
        return cls(**{name: _read(name, value, hints[name]) for name, value in data.items()})


def _read(name: str, value: Any, hint: Any) -> Any:
    """A value as JSON or TOML writes it, as the setting's own type."""
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if value not in list(hint):
            raise ValueError(f"{name} is one of {', '.join(hint)}, not {value!r}")
        return hint(value)
    if name == "discounts":
        return tuple(_discount(rule) for rule in value)
    if name == "dunning_days" and isinstance(value, list):
        return tuple(value)
    if name == "plans_required_from" and isinstance(value, str):
        return datetime.fromisoformat(value) if value else None
    return value


def _discount_json(rule: DiscountRule) -> dict[str, Any]:
    """Its settings; of those it may leave out, only what says something."""
    return {
        item.name: value.isoformat() if isinstance(value, date) else value
        for item in fields(rule)
        if (value := getattr(rule, item.name)) != item.default
    }


def _discount(rule: Mapping[str, Any]) -> DiscountRule:
    known = {item.name: item.default is MISSING for item in fields(DiscountRule)}
    needed = {name for name, is_needed in known.items() if is_needed}
    if not needed <= set(rule) <= set(known):
        raise ValueError(
            f"a discount has {', '.join(sorted(needed))} and may have {', '.join(sorted(set(known) - needed))};"
            f" this one has {', '.join(sorted(rule))}"
        )
    days = {name: _day(rule[name]) for name in ("starts", "ends") if rule.get(name)}
    return DiscountRule(**{**rule, **days})


def _day(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _problems(book: Rulebook) -> Iterator[str]:
    for item in fields(book):
        value = getattr(book, item.name)
        if item.type is int and (type(value) is not int or value < 0):
            yield f"{item.name} must be a whole number of 0 or more, not {value!r}"
        if item.type is bool and not isinstance(value, bool):
            yield f"{item.name} must be true or false, not {value!r}"
    if any(type(day) is not int or not -90 <= day <= 90 for day in book.dunning_days):
        yield f"dunning_days are whole numbers of days from -90 to 90, not {list(book.dunning_days)!r}"
    if len({rule.code for rule in book.discounts}) != len(book.discounts):
        yield "two discounts have the same code"
    if book.pack_days == 0:
        yield "pack_days must be at least 1: a pack that never lasts serves nobody"
    try:
        ZoneInfo(book.billing_zone)
    except (KeyError, ValueError, OSError):
        yield f"billing_zone is not a time zone: {book.billing_zone!r}"
    required = book.plans_required_from
    if required is not None and (not isinstance(required, datetime) or required.tzinfo is None):
        yield "plans_required_from must be an instant with a time zone"
    for role, limit in book.favour_limits.items():
        if limit is not None and (type(limit) is not int or limit < 0):
            yield f"favour_limits.{role} must be a whole number of 0 or more, or none, not {limit!r}"
