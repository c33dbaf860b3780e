"""The plan catalogue as a TOML file that a vendor reads and edits; `docs/plans.sample.toml` explains it.

Here: text to checked values and back. Not here: comparing with the database (`services.catalog`).
Prices are decimal numbers in the currency's own unit and become integer minor units exactly: no float is ever made.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import tomlkit
from babel.numbers import get_currency_precision, list_currencies
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from vigente.billing.toml_reading import loads

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"(?:(\d{1,5})h)?(?:(\d{1,5})m)?")
_SHIFT = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


class PlansFileError(ValueError):
    """The file cannot be used. `problems`: one sentence each, saying where."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _minutes(value: Any) -> Any:
    if isinstance(value, str):
        found = _SPAN.fullmatch(value)
        if not value or not found:
            raise ValueError(f'write a time as "45m", "4h" or "1h30m", not {value!r}')
        return int(found[1] or 0) * 60 + int(found[2] or 0)
    raise ValueError(f'write a time in quotes, as "45m", "4h" or "1h30m", not {value!r}')


def _shift(value: Any) -> Any:
    found = _SHIFT.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f'write a shift as "08:00-17:30", not {value!r}')
    start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if not 0 <= start < end <= 24 * 60:
        raise ValueError(f"a shift ends after it starts, within one day: {value!r}")
    return (start, end)


def _unlimited(value: Any) -> Any:
    return None if value == "unlimited" else value


Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=40)]
Name = Annotated[str, Field(pattern=r"^[^\x00-\x1f]+$", max_length=80)]
Minutes = Annotated[int, BeforeValidator(_minutes), Field(le=10_000_000)]
Shift = Annotated[tuple[int, int], BeforeValidator(_shift)]
Amount = Annotated[Decimal, Field(ge=0, le=Decimal(10) ** 12)]
Cases = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class Table(BaseModel):
    """One table of the file: unknown keys are refused, values are not guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Table):
    es: Name
    en: Name


class Description(Table):
    es: Annotated[str, Field(pattern=r"^[^\x00-\x1f]*$", max_length=200)] = ""
    en: Annotated[str, Field(pattern=r"^[^\x00-\x1f]*$", max_length=200)] = ""


class Holiday(Table):
    day: date
    name: Name


class BusinessHours(Table):
    """A week of shifts as minutes of the local day."""

    name: Name
    time_zone: str
    default: bool = False
    monday: tuple[Shift, ...] = ()
    tuesday: tuple[Shift, ...] = ()
    wednesday: tuple[Shift, ...] = ()
    thursday: tuple[Shift, ...] = ()
    friday: tuple[Shift, ...] = ()
    saturday: tuple[Shift, ...] = ()
    sunday: tuple[Shift, ...] = ()
    holidays: tuple[Holiday, ...] = ()

    @property
    def week(self) -> list[list[list[int]]]:
        return [[list(shift) for shift in getattr(self, day)] for day in DAYS]

    @model_validator(mode="after")
    def _check(self) -> "BusinessHours":
        if self.time_zone not in available_timezones():
            raise ValueError(f'time_zone is not known: {self.time_zone!r}; an example is "America/Managua"')
        for day, shifts in zip(DAYS, self.week, strict=True):
            edges = [edge for shift in shifts for edge in shift]
            if edges != sorted(edges):
                raise ValueError(f"the shifts of {day} overlap or are not in order")
        if not any(self.week):
            raise ValueError("no day has a shift, so no promise could ever be kept")
        return self


class SlaLevel(Table):
    """What is promised to cases of one urgency, where it differs."""

    severity: Annotated[int, Field(ge=-100, le=100)]
    first_reply: Minutes | None = None
    next_reply: Minutes | None = None
    resolution: Minutes | None = None


class SlaPolicy(Table):
    """Promises in working minutes. `warn`, `warn_percent`: when it is warned before a deadline; not both."""

    name: Name
    hours: Name
    first_reply: Minutes | None = None
    next_reply: Minutes | None = None
    resolution: Minutes | None = None
    warn: Minutes | None = None
    warn_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    levels: tuple[SlaLevel, ...] = ()

    @model_validator(mode="after")
    def _warned_once(self) -> "SlaPolicy":
        if self.warn is not None and self.warn_percent is not None:
            raise ValueError("warn and warn_percent say the same thing: keep one")
        return self


class Product(Table):
    code: Code
    name: Name


class Edition(Table):
    product: Code
    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=20)]
    name: Name


class WorkType(Table):
    code: Code
    name: Words
    description: Description = Description()
    units: Annotated[int, Field(strict=True, ge=1, le=100)] = 1
    always: bool = False
    development: bool = False
    offered: bool = True


class Pack(Table):
    cases: Cases = 1
    price: Amount


class Plan(Table):
    """A plan with the terms of the version on sale. `cases` None: unlimited."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=60)]
    name: Name
    family: Code
    product: Code
    edition: str
    interval: Literal["month", "year"]
    public: bool = True
    cases: Annotated[Cases | None, BeforeValidator(_unlimited)]
    price: Amount
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    pack: Pack | None = None
    rank: Annotated[int, Field(strict=True, ge=1, le=999)]
    allowance: Minutes = 0
    work: tuple[Code, ...]
    sla: Name | None = None
    sold_from: AwareDatetime | None = None
    sold_until: AwareDatetime | None = None
    on_renewal: Literal["keep", "successor"] = "keep"

    @model_validator(mode="after")
    def _check(self) -> "Plan":
        if self.currency not in list_currencies():
            raise ValueError(f"currency is not known: {self.currency}")
        if self.sold_from and self.sold_until and self.sold_until < self.sold_from:
            raise ValueError("sold_until comes before sold_from")
        for amount in [self.price, *([self.pack.price] if self.pack else [])]:
            minor(amount, self.currency)
        return self


class Catalogue(Table):
    """The whole file. Codes and names are unique in each list; references within it or to what is in the database."""

    business_hours: tuple[BusinessHours, ...] = ()
    sla_policies: tuple[SlaPolicy, ...] = ()
    products: tuple[Product, ...] = ()
    editions: tuple[Edition, ...] = ()
    work_types: tuple[WorkType, ...] = ()
    plans: tuple[Plan, ...] = ()


def minor(amount: Decimal, currency: str) -> int:
    """An amount as integer minor units, exactly; ValueError if the currency has no such fraction."""
    scaled = amount.scaleb(get_currency_precision(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} is finer than {currency} can be paid")
    return int(scaled)


def major(amount_minor: int, currency: str) -> Decimal:
    """Minor units as a decimal amount with all its digits."""
    return Decimal(amount_minor).scaleb(-get_currency_precision(currency))


def parse(text: str) -> Catalogue:
    """Read a catalogue; PlansFileError names every problem in it."""
    try:
        data = loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError) as error:
        raise PlansFileError([f"this is not TOML: {error}"]) from None
    try:
        catalogue = Catalogue.model_validate(data)
    except ValidationError as error:
        raise PlansFileError([_sentence(problem, data) for problem in error.errors()]) from None
    twice = list(_repeated(catalogue))
    if twice:
        raise PlansFileError(twice)
    return catalogue


def _sentence(problem: Any, data: dict[str, Any]) -> str:
    """`plans "local-basico", price: …` instead of a path of indexes."""
    where: list[str] = []
    here: Any = data
    for step in problem["loc"]:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        if isinstance(step, int) and where:
            named = isinstance(here, dict) and (here.get("code") or here.get("name"))
            where[-1] += f' "{named}"' if isinstance(named, str) else f" number {step + 1}"
        elif step not in ("function-before", "nullable"):
            where.append(str(step))
    what = {
        "extra_forbidden": "is not a setting of this table",
        "missing": "is missing",
    }.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    return f"{', '.join(where) or 'the file'}: {what}"


def _repeated(catalogue: Catalogue) -> Iterator[str]:
    lists: dict[str, list[Any]] = {
        "business_hours": [item.name for item in catalogue.business_hours],
        "sla_policies": [item.name for item in catalogue.sla_policies],
        "products": [item.code for item in catalogue.products],
        "editions": [f"{item.product} {item.code}" for item in catalogue.editions],
        "work_types": [item.code for item in catalogue.work_types],
        "plans": [item.code for item in catalogue.plans],
    }
    for table, keys in lists.items():
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield f'{table} "{key}": is there more than once'


def dump(catalogue: Catalogue) -> str:
    """Write a catalogue as TOML that `parse` reads back to an equal value."""
    document = tomlkit.document()
    document.add(tomlkit.comment("The plan catalogue. Edit it and run: vigente plans import FILE --dry-run"))
    for table, items in catalogue:
        if not items:
            continue
        array = tomlkit.aot()
        for item in items:
            array.append(tomlkit.item(dict(_row(item))))
        document.append(table, array)
    return tomlkit.dumps(document)


def _row(item: Table) -> Iterator[tuple[str, Any]]:
    """The keys worth writing: what differs from the default, in the file's own notation."""
    for name, field in type(item).model_fields.items():
        value = getattr(item, name)
        if name == "cases" and value is None:
            yield name, "unlimited"
        elif value != field.default:
            yield name, _written(name, value)


def _written(name: str, value: Any) -> Any:
    if isinstance(value, Decimal):
        return tomlkit.items.Float(float(value), tomlkit.items.Trivia(), format(value, "f"))
    if name in ("first_reply", "next_reply", "resolution", "allowance", "warn"):
        hours, minutes = divmod(value, 60)
        return f"{hours}h" * bool(hours) + f"{minutes}m" * bool(minutes or not hours)
    if name in DAYS:
        return [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in value]
    if isinstance(value, Table):
        return _inline(value)
    if isinstance(value, tuple):
        array = tomlkit.array()
        array.extend(_inline(part) if isinstance(part, Table) else part for part in value)
        return array.multiline(len(value) > 0 and isinstance(value[0], Table))
    return value


def _inline(item: Table) -> Any:
    table = tomlkit.inline_table()
    table.update(dict(_row(item)))
    return table
