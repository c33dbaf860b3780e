"""What the API takes and gives. Instants are ISO 8601 with zone; money is integer minor units; enums are codes."""

import re
from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field

NO_NUL = r"^[^\x00]*$"


def _digits(value: Any) -> Any:
    """Whole numbers in an address are plain digits: no sign, space, exponent or other script; `true` is no number."""
    if isinstance(value, bool):
        raise ValueError("write a whole number, in digits")
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) < 20):
        raise ValueError("write a whole number, in digits")
    return value


def _iso(value: Any) -> Any:
    """An instant is written out, never a number of seconds."""
    if isinstance(value, str) and not re.match(r"\d{4}-\d\d-\d\d[Tt ]", value):
        raise ValueError("write an instant as 2026-07-01T00:00:00-06:00")
    return value


def _in_the_calendar(value: datetime) -> datetime:
    """The ends of time, which no database can look at in another zone, are as good as a day outside of all books."""
    if 1970 <= value.year < 9000:
        return value
    return value.replace(year=1970 if value.year < 1970 else 8999, day=min(value.day, 28))


DIGITS = BeforeValidator(_digits)
Number = Annotated[int, Field(ge=1, le=2**62), DIGITS]
Limit = Annotated[int, Field(ge=1, le=100), DIGITS]
Instant = Annotated[AwareDatetime, BeforeValidator(_iso), AfterValidator(_in_the_calendar)]
Key = Annotated[str, Field(min_length=1, max_length=64, pattern=NO_NUL, examples=["INVEX-WEB-0001"])]
Email = Annotated[
    str, Field(max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$", examples=["ana@ejemplo.test"])
]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,40}$", examples=["error"])]


class Problem(Schema):
    """RFC 9457. `code` is stable; `detail` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[dict[str, str]] | None = None


class Body(Schema):
    """A request's body: unknown fields are refused, so a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Reason(Schema):
    code: str
    params: dict[str, Any] = {}


class Price(Schema):
    """Minor units of `currency`: list − discount = total."""

    currency: str
    list_minor: int
    discount_minor: int
    total_minor: int
    discount_code: str | None


class Offer(Schema):
    """What would help. `kind`: pack, upgrade or plan. `cases` null: unlimited."""

    kind: str
    plan: str
    name: str
    version: int
    interval: str
    cases: int | None
    price: Price


class Coverage(Schema):
    """`left`: cases usable now, null for unlimited. `until`: when the soonest of them expire, or coverage ends."""

    licence: str
    covered: bool
    plan: str | None
    left: int | None
    until: datetime | None
    reasons: list[Reason]
    offers: list[Offer]


class Decision(Schema):
    """The decision that let a request in, or held it. `left` null: unlimited."""

    outcome: str
    reasons: list[Reason]
    units: int
    left: int | None
    until: datetime | None


Answer = bool | int | Annotated[str, Field(max_length=10_000)] | list[Annotated[str, Field(max_length=40)]]
Answers = Annotated[  # by the field's id; no other name is one
    dict[Annotated[str, Field(pattern=r"^[0-9]{1,18}$")], Answer],
    Field(max_length=200, json_schema_extra={"additionalProperties": False}),
]


class CustomField(Schema):
    """A field of the vendor's own. `options`: codes with names by language. `depends`: asked only where that field's
    answer is that option. `work_types`: asked for these only; empty, for all.
    """

    id: int
    names: dict[str, str]
    kind: str
    options: list[dict[str, Any]]
    required: bool
    locked: bool
    public: bool
    depends_on: int | None
    depends_option: str
    work_types: list[str]


class CustomFields(Schema):
    fields: list[CustomField]


class FieldValue(Schema):
    """What stands in one of the vendor's own fields: a boolean, a number of stars, a text, a code or several."""

    id: int
    names: dict[str, str]
    value: Answer


class NewTicket(Body):
    """A request for support. `requester`: for whom, where the token does not say it (the product's, or staff's)."""

    licence: Key
    subject: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]
    body: Annotated[str, Field(min_length=1, max_length=100_000, pattern=NO_NUL)]
    work_type: Code = "error"
    requester: Email | None = None
    fields: Answers | None = Field(
        default=None,
        description="Answers to the vendor's own fields, by their `id` (`GET /fields`). Left out, nothing is asked.",
    )


class Accepted(Schema):
    """It is a case now."""

    number: int
    status: str
    queue: str
    decision: Decision
    first_reply_due_at: datetime | None


class Held(Schema):
    """It is kept until coverage appears; `hold_until` says how long."""

    held_request: int
    status: str
    decision: Decision
    hold_until: datetime
    offers: list[Offer]


class Person(Schema):
    name: str
    email: str


class OrganizationRef(Schema):
    id: int
    name: str


class Place(Schema):
    """The place in line as a range: better plans may come before."""

    low: int
    high: int


class Tag(Schema):
    """`names`: by language."""

    id: int
    names: dict[str, str]


class Ticket(Schema):
    number: int
    subject: str
    status: str
    queue: str
    channel: str
    work_type: str
    licence: str | None
    organization: OrganizationRef | None
    requester: Person
    assignee: str | None
    decision: Decision
    accepted_at: datetime
    first_reply_due_at: datetime | None
    first_replied_at: datetime | None
    last_activity_at: datetime
    solved_at: datetime | None
    closed_at: datetime | None
    follows: int | None
    merged_into: int | None
    tags: list[Tag] | None = Field(
        default=None, description="The staff's own words on it; null for customers, who do not see them."
    )


class Attachment(Schema):
    filename: str
    content_type: str
    size: int


class Message(Schema):
    """`kind`: reply, or note (staff only). `html` is sanitised. A deleted one is empty and keeps its place."""

    id: int
    kind: str
    author: str
    by_staff: bool
    text: str
    html: str
    channel: str
    created_at: datetime
    attachments: list[Attachment]
    edited_at: datetime | None
    deleted_at: datetime | None


class TicketWithMessages(Ticket):
    place: Place | None
    messages: list[Message]
    fields: list[FieldValue] = Field(description="The vendor's own fields that this person may see.")


class TicketList(Schema):
    """`next`: the cursor of the next page; null on the last one."""

    tickets: list[Ticket]
    next: str | None


class NewMessage(Body):
    """A reply, or with `note` an internal note (staff only). `status`: what an agent leaves the case in."""

    body: Annotated[str, Field(min_length=1, max_length=100_000, pattern=NO_NUL)]
    note: bool = False
    status: (
        Annotated[str, Field(pattern=r"^(open|waiting_customer|waiting_third|on_hold|solved|closed)$")] | None
    ) = None


class StatementLine(Schema):
    """One movement. `cases` carries its sign, null for unlimited; `left_after` is what the grant then had."""

    at: datetime
    kind: str
    cases: int | None
    grant: int
    source: str
    until: datetime
    licence: str | None
    ticket: int | None
    reason: str
    left_after: int | None


class Statement(Schema):
    organization: OrganizationRef
    lines: list[StatementLine]


class RulebookVersion(Schema):
    """Rules with the instant from which they bind (null: from the beginning). `settings`: as in docs/rulebook.md."""

    effective_from: datetime | None
    author: str | None
    note: str
    settings: dict[str, Any]


class Rulebook(Schema):
    """What is in force, and what comes, the nearest first."""

    in_force: RulebookVersion
    scheduled: list[RulebookVersion]
