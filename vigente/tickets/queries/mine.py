"""A person's cases as the portal lists them, and the search."""

from datetime import datetime

from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from vigente.accounts.models import User
from vigente.rules.lifecycle import DONE, UNSOLVED
from vigente.tickets.models import Ticket
from vigente.tickets.models.tickets import TicketQuerySet
from vigente.tickets.queries.matching import matching
from vigente.tickets.queries.pages import Page, after, pack, unpack

FILTERS = ("open", "done", "all")
SHOWN = (
    "organization", "licence__edition__product", "requester", "work_type", "assignee", "department", "quotation",
)  # fmt: skip


def my_cases(
    user: User,
    *,
    now: datetime,
    filter: str = "open",
    cursor: str | None = None,
    limit: int = 30,
    mine: bool = False,
) -> Page[Ticket]:
    """Cases this person sees, newest first. Each has `place`, its place in its department's line, or None.

    `filter`: open (default), done or all; for a manager every case of the organization, unless `mine`.
    """
    cases = Ticket.objects.visible_to(user)
    if mine:
        cases = cases.filter(requester=user)
    if filter in ("open", "done"):
        cases = cases.filter(status__in=UNSOLVED if filter == "open" else DONE)
    start = unpack(cursor, datetime, int)
    if start:
        cases = cases.filter(after(desc_accepted_at=start[0], desc_id=start[1]))
    cases = cases.select_related(*SHOWN)
    rows = list(with_places(cases).order_by("-accepted_at", "-id")[: limit + 1])
    for row in rows:
        row.place = row.ahead + 1 if row.in_line else None  # type: ignore[attr-defined]
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, pack(rows[-1].accepted_at, rows[-1].pk) if more else "")


def with_places(cases: TicketQuerySet) -> TicketQuerySet:
    """Annotate `ahead`: cases before each one in its department's line, by the stamps (not by lateness)."""
    earlier = Q(place_group__lt=OuterRef("place_group")) | Q(place_group=OuterRef("place_group")) & (
        Q(place_at__lt=OuterRef("place_at")) | Q(place_at=OuterRef("place_at"), id__lt=OuterRef("id"))
    )
    ahead = (
        Ticket.objects.in_line()
        .filter(earlier, department=OuterRef("department"), place_group__lte=OuterRef("place_group"))
        .order_by()
        .values(one=Value(1))
        .annotate(cases=Count("pk"))
        .values("cases")
    )
    return cases.annotate(ahead=Coalesce(Subquery(ahead), Value(0)))


def search(user: User, text: str, *, now: datetime, limit: int = 20) -> list[Ticket]:
    """Cases that hold every word of `text`, newest first; only those this person may see, and notes only for staff."""
    cases = matching(user, text).select_related(*SHOWN)
    return list(cases.order_by("-id")[:limit])
