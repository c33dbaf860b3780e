"""The rulebook as a TOML file that people read and edit, and back; `parse(dump(book))` is `book`.

What a file does not mention stays as it is. What it says wrong is a list of `Problem`s with codes, worded for the
reader by `vigente.ui.rulebook_problems` and in English by `str`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

import tomlkit
from babel.numbers import list_currencies

from vigente.billing.toml_reading import loads
from vigente.rules.pricing import DiscountRule
from vigente.rules.rulebook import Rulebook

ALWAYS, UNLIMITED = "always", "unlimited"
MOST = 1_000_000
GUESSES = 50  # for how many wrong names a right one is looked for
ROLES = ("agent", "supervisor", "owner")
_HINTS = get_type_hints(Rulebook)


class Fault(StrEnum):
    """What may be wrong with a file."""

    NOT_TOML = "not_toml"  # detail
    UNKNOWN = "unknown"  # meant, known
    MISSING = "missing"
    WHOLE = "whole"  # given, least, most
    FLAG = "flag"  # given
    CHOICE = "choice"  # given, allowed
    TEXT = "text"  # given
    ZONE = "zone"  # given
    INSTANT = "instant"  # given
    DAY = "day"  # given
    DAYS = "days"  # given
    TABLE = "table"
    LIMIT = "limit"  # given
    CURRENCY = "currency"  # given
    TWICE = "twice"  # given
    AMOUNT = "amount"
    ORDER = "order"
    OTHER = "other"  # detail


_ENGLISH: Mapping[Fault, str] = {
    Fault.NOT_TOML: "this is not TOML: {detail}",
    Fault.UNKNOWN: "is not a setting{meant}; allowed are: {known}",
    Fault.MISSING: "is missing",
    Fault.WHOLE: "must be a whole number from {least} to {most}, not {given}",
    Fault.FLAG: "must be true or false, not {given}",
    Fault.CHOICE: "must be one of {allowed}, not {given}",
    Fault.TEXT: "must be a text in quotes, not {given}",
    Fault.ZONE: 'must be a time zone such as "America/Managua", not {given}',
    Fault.INSTANT: 'must be an instant with its zone such as 2026-07-01T00:00:00-06:00, or "always", not {given}',
    Fault.DAY: "must be a day such as 2026-07-01, not {given}",
    Fault.DAYS: "must be a list of whole numbers from -90 to 90 such as [-7, 0, 3], not {given}",
    Fault.TABLE: "must be a table with its settings",
    Fault.LIMIT: 'must be a whole number of 0 or more, or "unlimited", not {given}',
    Fault.CURRENCY: 'must be a currency such as "USD", not {given}',
    Fault.TWICE: "two discounts have the code {given}",
    Fault.AMOUNT: "an amount needs its currency, and no basis_points beside it",
    Fault.ORDER: "ends before it starts",
    Fault.OTHER: "{detail}",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. `where`: the setting, or empty for the file."""

    fault: Fault
    where: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        params = {"meant": "", **self.params}
        if params["meant"]:
            params["meant"] = f" (did you mean {params['meant']}?)"
        text = _ENGLISH[self.fault].format(**params)
        return f"{self.where}: {text}" if self.where else text


class RulebookFileError(ValueError):
    """The file cannot be used; `problems` names everything wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def parse(text: str, *, base: Rulebook) -> Rulebook:
    """The rulebook a file says; settings that it does not mention are those of `base`."""
    try:
        data = loads(text)
    except ValueError as error:
        raise RulebookFileError([Problem(Fault.NOT_TOML, params={"detail": error})]) from None
    reader = _Reader()
    values = {name: reader.read(name, value) for name, value in data.items()}
    if reader.problems:
        raise RulebookFileError(reader.problems)
    try:
        return replace(base, **values)
    except ValueError as error:
        raise RulebookFileError([Problem(Fault.OTHER, params={"detail": error})]) from None


class _Reader:
    """Reads setting by setting and remembers what is wrong."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, fault: Fault, where: str, **params: Any) -> Any:
        if "given" in params:
            params["given"] = _shown(params["given"])
        self.problems.append(Problem(fault, where, params))

    def read(self, name: str, value: Any) -> Any:
        """The value of one setting of the rulebook, or anything if it is wrong."""
        hint = _HINTS.get(name)
        if hint is None:
            return self.unknown(name, name, list(_HINTS))
        special: dict[str, Callable[[Any], Any]] = {
            "plans_required_from": self.required,
            "dunning_days": self.days,
            "favour_limits": self.limits,
            "discounts": self.discounts,
            "billing_zone": self.zone,
        }
        if name in special:
            return special[name](value)
        if hint is bool:
            return self.flag(name, value)
        if hint is int:
            return self.whole(name, value, least=int(name == "pack_days"))
        return self.choice(name, value, hint)

    def unknown(self, name: str, where: str, known: list[str]) -> None:
        close = get_close_matches(name[:80], known, n=1) if len(self.problems) < GUESSES else []
        meant = close[0] if close else ""
        self.wrong(Fault.UNKNOWN, where[:80], meant=meant, known=", ".join(sorted(known)))

    def whole(self, where: str, value: Any, *, least: int = 0, most: int = MOST) -> Any:
        if type(value) is not int or not least <= value <= most:
            self.wrong(Fault.WHOLE, where, given=value, least=least, most=most)
        return value

    def flag(self, where: str, value: Any) -> Any:
        if not isinstance(value, bool):
            self.wrong(Fault.FLAG, where, given=value)
        return value

    def choice(self, where: str, value: Any, kind: type[StrEnum]) -> Any:
        if not isinstance(value, str) or value not in list(kind):
            return self.wrong(Fault.CHOICE, where, given=value, allowed=", ".join(kind))
        return kind(value)

    def text(self, where: str, value: Any, *, most: int = 80) -> Any:
        if not isinstance(value, str) or not value.strip() or len(value) > most or not value.isprintable():
            self.wrong(Fault.TEXT, where, given=value)
        return value

    def zone(self, value: Any) -> Any:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError, TypeError, AttributeError):
            self.wrong(Fault.ZONE, "billing_zone", given=value)
        return value

    def required(self, value: Any) -> datetime | None:
        if value == ALWAYS:
            return None
        if isinstance(value, datetime) and value.tzinfo is not None and 2000 <= value.year <= 2100:
            return value.astimezone(UTC)
        return self.wrong(Fault.INSTANT, "plans_required_from", given=value)

    def days(self, value: Any) -> Any:
        good = isinstance(value, list) and len(value) <= 30
        if not good or not all(type(day) is int and -90 <= day <= 90 for day in value):
            return self.wrong(Fault.DAYS, "dunning_days", given=value)
        return tuple(value)

    def limits(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return self.wrong(Fault.TABLE, "favour_limits")
        for role, limit in value.items():
            where = f"favour_limits.{role}"
            if role not in ROLES:
                self.unknown(role, where, list(ROLES))
            elif limit != UNLIMITED and (type(limit) is not int or not 0 <= limit <= MOST):
                self.wrong(Fault.LIMIT, where, given=limit)
        return {role: None if limit == UNLIMITED else limit for role, limit in value.items()}

    def discounts(self, value: Any) -> Any:
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            return self.wrong(Fault.TABLE, "discounts")
        rules = [self.discount(row, number) for number, row in enumerate(value, 1)]
        codes = [rule.code for rule in rules if rule]
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            self.wrong(Fault.TWICE, "discounts", given=code)
        return tuple(rules)

    def discount(self, row: dict[str, Any], number: int) -> DiscountRule | None:
        code = row.get("code")
        where = f'discounts "{code}"' if isinstance(code, str) and len(code) < 50 else f"discounts {number}"
        before = len(self.problems)
        for name, value in row.items():
            self.discount_setting(name, value, f"{where}, {name}")
        if "code" not in row:
            self.wrong(Fault.MISSING, f"{where}, code")
        if len(self.problems) > before:
            return None
        if row.get("amount_minor") and (row.get("basis_points") or not row.get("currency")):
            return self.wrong(Fault.AMOUNT, where)
        if row.get("starts") and row.get("ends") and row["ends"] < row["starts"]:
            return self.wrong(Fault.ORDER, where)
        return DiscountRule(**{**_UNSAID, **row})

    def discount_setting(self, name: str, value: Any, where: str) -> None:
        if name in ("basis_points", "amount_minor", "organization", "terms"):
            most = {"basis_points": 10_000, "amount_minor": 10**15}.get(name, 10**9)
            self.whole(where, value, least=int(name in ("organization", "terms")), most=most)
        elif name in ("starts", "ends"):
            if not isinstance(value, date) or isinstance(value, datetime):
                self.wrong(Fault.DAY, where, given=value)
        elif name == "applies_to_packs":
            self.flag(where, value)
        elif name == "hosting" and value not in ("customer", "vendor_cloud"):
            self.wrong(Fault.CHOICE, where, given=value, allowed="customer, vendor_cloud")
        elif name == "currency" and not (isinstance(value, str) and value in list_currencies()):
            self.wrong(Fault.CURRENCY, where, given=value)
        elif name in _RULE:
            self.text(where, value)
        else:
            self.unknown(name, where, list(_RULE))


_RULE = {item.name: item.default for item in fields(DiscountRule)}
_UNSAID: dict[str, Any] = {"edition": None, "hosting": None, "basis_points": 0, "applies_to_packs": False}


def _shown(value: Any) -> str:
    if isinstance(value, int) and abs(value) > 10**60:
        return "…"  # written out, it would be longer than Python writes
    try:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    except (ValueError, RecursionError):
        return "…"
    text = re.sub(r"[\x00-\x1f\x7f]+", " ", text)
    return text if len(text) <= 60 else text[:59] + "…"


def dump(book: Rulebook) -> str:
    """Every setting as TOML, with the allowed words beside each choice."""
    document = tomlkit.document()
    document.add(tomlkit.comment("The rulebook. Edit it and run: vigente rulebook import FILE --dry-run"))
    for name, hint in _HINTS.items():
        if name in ("favour_limits", "discounts"):
            continue
        value = getattr(book, name)
        document.add(name, _written(value))
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            document[name].comment(", ".join(hint))
    if not book.discounts:
        document.add("discounts", tomlkit.array())
    limits = tomlkit.table()
    for role, limit in book.favour_limits.items():
        limits.add(role, UNLIMITED if limit is None else limit)
    document.add("favour_limits", limits)
    if book.discounts:
        rows = tomlkit.aot()
        for rule in book.discounts:
            rows.append(tomlkit.item(dict(_row(rule))))
        document.add("discounts", rows)
    return tomlkit.dumps(document)


def _written(value: Any) -> Any:
    if value is None:
        return tomlkit.item(ALWAYS)
    if isinstance(value, StrEnum):
        return tomlkit.item(value.value)
    if isinstance(value, tuple):
        return tomlkit.item(list(value))
    return tomlkit.item(value.astimezone(UTC) if isinstance(value, datetime) else value)


def _row(rule: DiscountRule) -> Iterator[tuple[str, Any]]:
    for name, default in _RULE.items():
        value = getattr(rule, name)
        unsaid = _UNSAID.get(name, default)
        if name == "code" or (value is not None and value != unsaid):
            yield name, value
