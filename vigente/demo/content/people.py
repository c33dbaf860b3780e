"""The vendor's people, and the customers with theirs: frozen values read from the TOML files."""

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from vigente.demo.content.tables import table


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a customer. `role` is manager or member."""

    name: str
    sex: str
    role: str
    email: str

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    @property
    def polite(self) -> str:
        """How a technician addresses them: "doña Rosa"."""
        return ("doña " if self.sex == "f" else "don ") + self.first_name


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody at the vendor. `login`: printed with a password."""

    name: str
    sex: str
    role: str
    email: str
    departments: tuple[str, ...]
    signature: str
    login: bool = False

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


@dataclass(frozen=True, slots=True)
class Installed:
    """One licence of a customer, and what happened to its plan (`story`, see the head of organizations.toml)."""

    name: str
    edition: str
    hosting: str
    story: str
    months: int
    into: int
    monthly: float
    open: int
    plan: str = ""
    interval: str = "month"
    demo: str = ""
    change_to: str = ""
    legacy_plan: str = ""
    held: int = 0
    open_stories: tuple[str, ...] = ()
    past_stories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Customer:
    """An organization of the demonstration."""

    key: str
    name: str
    trade: str
    city: str
    country: str
    people: tuple[Person, ...]
    licences: tuple[Installed, ...]
    blocked: str = ""
    organization_plan: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def manager(self) -> Person:
        return next(person for person in self.people if person.role == "manager")


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who sells the product."""

    name: str
    product: str
    support_address: str
    time_zone: str
    holidays: str
    currency: str
    weekdays: tuple[str, str]
    saturday: tuple[str, str]
    departments: tuple[tuple[str, str], ...]
    staff: tuple[Staff, ...]


@cache
def vendor() -> Vendor:
    """The demonstration vendor."""
    row = table("vendor.toml")
    hours = row["hours"]
    return Vendor(
        **{
            key: row[key]
            for key in ("name", "product", "support_address", "time_zone", "holidays", "currency")
        },
        weekdays=tuple(hours["weekdays"]),
        saturday=tuple(hours["saturday"]),
        departments=tuple((department["key"], department["name"]) for department in row["department"]),
        staff=tuple(Staff(**{**one, "departments": tuple(one["departments"])}) for one in row["staff"]),
    )


@cache
def customers() -> tuple[Customer, ...]:
    """Every demonstration customer, in the order of the file."""
    return tuple(_customer(dict(row)) for row in table("organizations.toml")["organization"])


def _customer(row: dict[str, Any]) -> Customer:
    licences = tuple(Installed(**_frozen(licence)) for licence in row.pop("licence"))
    domain = f"{row['key'].replace('-', '')}.example"
    people = tuple(
        Person(name, sex, role, f"{plain(name.split()[0])}@{domain}") for name, sex, role in row.pop("people")
    )
    return Customer(**row, people=people, licences=licences)


def _frozen(row: dict[str, Any]) -> dict[str, Any]:
    """A table of a TOML file with its lists as tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def plain(text: str) -> str:
    """Lower case without accents, for addresses and file names."""
    spread = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))
