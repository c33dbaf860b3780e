"""What the API says of plans and money. Money is in integer minor units of `currency`; `cases` null: without limit."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from vigente.api import schemas

OrderKind = Literal["plan", "pack", "upgrade"]
Method = Literal["transfer", "card", "manual"]
Amount = Annotated[int, Field(ge=1, le=10**15), schemas.DIGITS]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["NIO"])]
Line120 = Annotated[str, Field(max_length=120, pattern=schemas.NO_NUL)]
Note = Annotated[str, Field(max_length=300, pattern=schemas.NO_NUL)]


class Amounts(Schema):
    """list − discount = net (+ tax) = total, or with `includes_tax` = total. `discount_code` null: no discount."""

    currency: str
    list_minor: int
    discount_minor: int
    discount_code: str | None
    net_minor: int
    tax_minor: int
    total_minor: int
    includes_tax: bool


class PlanPack(Schema):
    """What an extra pack of this plan costs, and how many cases it has (R6)."""

    cases: int
    price: Amounts


class Plan(Schema):
    """A version on sale. `rank`: 1 goes first. `first_reply_minutes`: of working time, null without a promise."""

    plan: str
    name: str
    edition: str
    interval: str
    version: int
    cases: int | None
    rank: int
    work: list[str]
    first_reply_minutes: int | None
    price: Amounts
    pack: PlanPack | None


class PlanList(Schema):
    plans: list[Plan]


class Subscription(Schema):
    """`ends_at`: where it stops as things stand. `changes_to`: the plan that follows then. `billed`: invoiced here."""

    id: int
    organization: schemas.OrganizationRef
    licence: str | None
    plan: str
    name: str
    version: int
    interval: str
    cases: int | None
    source: str
    status: str
    anchor: datetime
    time_zone: str
    renews: bool
    next_due_at: datetime | None
    ends_at: datetime | None
    notice_given_at: datetime | None
    changes_to: str | None
    billed: bool


class SubscriptionList(Schema):
    """`next`: the cursor of the next page; null on the last one."""

    subscriptions: list[Subscription]
    next: str | None


class Notice(Schema):
    """`effective`: when it ends. `cut_off`: until when (exclusive) a notice counts for the running term."""

    effective: datetime
    cut_off: datetime
    on_time: bool


class NewPlan(schemas.Body):
    """The code of a plan on sale, of the same edition."""

    plan: schemas.Code


class Change(Schema):
    """What changing would do. `immediate`: order it (`kind` upgrade), pay `today`, and it binds at once; else it binds
    at `effective`. Each term costs `next` from `next_at` on.
    """

    immediate: bool
    effective: datetime
    today: Amounts | None
    cases_today: int | None
    next: Amounts
    next_at: datetime
    cases_next: int | None


class NewOrder(schemas.Body):
    """`plan` with a licence or, for all of an organization, its id; `pack` and `upgrade` with the `subscription`."""

    kind: OrderKind
    plan: schemas.Code
    licence: schemas.Key | None = None
    organization: schemas.Number | None = None
    subscription: schemas.Number | None = None
    quantity: Annotated[int, Field(ge=1, le=1000), schemas.DIGITS] = 1
    coupon: Annotated[str, Field(max_length=40, pattern=schemas.NO_NUL)] = ""


class Order(Schema):
    """`missing_minor`: what is still to be paid, after the money in hand. `pack`: the extra cases it became."""

    id: int
    kind: str
    status: str
    organization: schemas.OrganizationRef
    licence: str | None
    plan: str
    version: int
    subscription: int | None
    quantity: int
    coupon: str
    price: Amounts
    missing_minor: int
    invoice: int | None
    pack: int | None
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None


class OrderList(Schema):
    orders: list[Order]
    next: str | None


class InvoiceLine(Schema):
    """`label`: a code and its parameters; `text`: worded in the invoice's language."""

    label: dict[str, Any]
    text: str
    quantity: int
    unit_minor: int
    discount_minor: int
    discount_code: str | None
    tax_basis_points: int
    net_minor: int
    tax_minor: int
    total_minor: int


class Invoice(Schema):
    """An invoice, or with `corrects` a credit note. `open_minor`: what of it is still to be paid."""

    id: int
    code: str
    organization: schemas.OrganizationRef
    subscription: int | None
    term: int | None
    purpose: str
    corrects: int | None
    reason: str | None
    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int
    open_minor: int
    issued_at: datetime
    due_at: datetime
    settled_at: datetime | None
    fiscal_status: str
    fiscal_number: str | None


class InvoiceWithLines(Invoice):
    lines: list[InvoiceLine]


class InvoiceList(Schema):
    invoices: list[Invoice]
    next: str | None


class Payment(Schema):
    """`direction` in or out; `status` review, confirmed, rejected, failed, disputed or reversed."""

    id: int
    organization: schemas.OrganizationRef
    direction: str
    method: str
    status: str
    amount_minor: int
    currency: str
    order: int | None
    invoice: int | None
    reference: str
    created_at: datetime
    decided_at: datetime | None


class PaymentList(Schema):
    payments: list[Payment]
    next: str | None


class NewPayment(schemas.Body):
    """Money that came in: it pays its order or invoice, then what is due longest; the rest stays in hand."""

    organization: schemas.Number
    method: Method
    amount_minor: Amount
    currency: Currency
    order: schemas.Number | None = None
    invoice: schemas.Number | None = None
    reference: Line120 = ""
    note: Note = ""


class AccountLine(Schema):
    """Positive is charged, negative paid; `owed_after` negative is money in hand."""

    at: datetime
    amount_minor: int
    owed_after_minor: int
    invoice: int | None
    payment: int | None


class Account(Schema):
    """What an organization was charged and paid in one currency, from `owed_before_minor` on."""

    organization: schemas.OrganizationRef
    currency: str
    owed_before_minor: int
    lines: list[AccountLine]
