"""Lists of invoices, payments, orders and credits: narrowed by the address, newest first, a page at a time."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from vigente.accounts.models import User
from vigente.billing.models import CustomerAccount, Invoice, Order, Payment
from vigente.tickets.folding import Folded
from vigente.tickets.queries.matching import words_of
from vigente.tickets.queries.pages import Page, pack, unpack

# Days past due: open for how long. The first is what is not due yet.
AGES: Mapping[str, tuple[int | None, int | None]] = {
    "soon": (None, 0),
    "week": (0, 7),
    "month": (7, 30),
    "older": (30, None),
}
NOT_PAID = Q(balance_minor__gt=0)
INVOICE_VIEWS: Mapping[str, Callable[[datetime], Q]] = {
    "open": lambda now: NOT_PAID,
    "overdue": lambda now: NOT_PAID & Q(due_at__lt=now),
    "paid": lambda now: Q(balance_minor=0, corrects__isnull=True),
    "notes": lambda now: Q(corrects__isnull=False),
    "fiscal": lambda now: Q(fiscal_status=Invoice.Fiscal.PENDING),
    "all": lambda now: Q(),
}
PAYMENT_VIEWS: Mapping[str, Q] = {
    "in": Q(direction="in", status="confirmed"),
    "review": Q(status="review"),
    "failed": Q(status__in=["failed", "rejected", "disputed", "reversed"]) | Q(card_refund__status="failed"),
    "out": Q(direction="out"),
    "all": Q(),
}
ORDER_VIEWS: Mapping[str, Q] = {
    "waiting": Q(status__in=["prepared", "open"]),
    "done": Q(status="done"),
    "closed": Q(status__in=["cancelled", "expired"]),
    "all": Q(),
}


IN_REVIEW = Exists(Payment.objects.filter(order=OuterRef("pk"), status=Payment.Status.REVIEW))


def of_age(name: str, *, now: datetime) -> Q:
    """Open invoices of this age, counted from the day they were due."""
    least, most = AGES[name]
    found = NOT_PAID
    if least is not None:
        found &= Q(due_at__lt=now - timedelta(days=least))
    if most is not None:
        found &= Q(due_at__gte=now - timedelta(days=most))
    return found


def invoices(
    user: User,
    *,
    view: str,
    now: datetime,
    text: str = "",
    age: str = "",
    currency: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Invoice]:
    """Invoices and credit notes, by whom they are to or their number."""
    review = Payment.objects.filter(invoice=OuterRef("pk"), status=Payment.Status.REVIEW)
    rows = Invoice.objects.visible_to(user).filter(INVOICE_VIEWS[view](now))
    rows = rows.annotate(in_review=Exists(review))
    if age in AGES:
        rows = rows.filter(of_age(age, now=now))
    if currency:
        rows = rows.filter(currency=currency)
    return _page(_matching(rows, text, "code"), ("organization", "corrects"), cursor, limit)


def payments(
    user: User, *, view: str, text: str = "", cursor: str | None = None, limit: int = 50
) -> Page[Payment]:
    """Payments, by who made them or their reference."""
    rows = Payment.objects.visible_to(user).filter(PAYMENT_VIEWS[view])
    return _page(
        _matching(rows, text, "reference"),
        ("organization", "invoice", "order__version__plan", "card_refund"),
        cursor,
        limit,
    )


def orders_of(user: User) -> QuerySet[Order]:
    """Orders, each with whether a transfer for it is looked at (`in_review`)."""
    return Order.objects.visible_to(user).annotate(in_review=IN_REVIEW)


def orders(
    user: User, *, view: str, text: str = "", cursor: str | None = None, limit: int = 50
) -> Page[Order]:
    """Orders, by whose they are."""
    rows = orders_of(user).filter(ORDER_VIEWS[view])
    related = ("organization", "version__plan", "created_by", "invoice")
    return _page(_matching(rows, text, ""), related, cursor, limit)


def credits(*, text: str = "", limit: int = 200) -> list[CustomerAccount]:
    """Who has money in hand, the most first."""
    rows = CustomerAccount.objects.filter(credit_minor__gt=0).select_related("organization")
    return list(_matching(rows, text, "").order_by("currency", "-credit_minor", "id")[:limit])


def _matching(rows: QuerySet[Any], text: str, field: str) -> QuerySet[Any]:
    found = rows.alias(plain=Folded("organization__name"))
    for word in words_of(text):
        named = Q(plain__contains=word)
        found = found.filter(named | Q(**{f"{field}__icontains": word}) if field else named)
    return found


def _page(rows: QuerySet[Any], related: tuple[str, ...], cursor: str | None, limit: int) -> Page[Any]:
    """Newest first by id, which is the order in which they were written."""
    start = unpack(cursor, int)
    if start:
        rows = rows.filter(pk__lt=start[0])
    found = list(rows.select_related(*related).order_by("-id")[: limit + 1])
    return Page(found[:limit], pack(found[limit - 1].pk) if len(found) > limit else "")
