"""The workspace's lists of cases: each view with its own order, in keyset pages."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When, prefetch_related_objects
from django.db.models.expressions import RawSQL

from vigente.accounts.models import User
from vigente.billing.models import Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.rules.coverage import IN_FORCE
from vigente.rules.lifecycle import IN_LINE, UNSOLVED
from vigente.rules.rulebook import Rulebook
from vigente.tickets.models import Ticket, Watch
from vigente.tickets.models.tickets import TicketQuerySet
from vigente.tickets.queries.line import line
from vigente.tickets.queries.pages import Page, after, pack, unpack

Status = Ticket.Status
EVERY = Q()
LOOKED_THROUGH = 1_500  # cases at most, one by one: a few milliseconds
Contract = tuple[int | None, int, str]  # licence, rank, name of the plan


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list. `place`: its position, when the list is the line. `plan`: the one it hangs on now."""

    ticket: Ticket
    place: int | None
    plan: str


@dataclass(frozen=True, slots=True)
class View:
    """A list: which cases, and the keys of its order (a `desc_` key falls). `is_line`: rows are numbered."""

    cases: Callable[[TicketQuerySet, User], TicketQuerySet]
    keys: tuple[tuple[str, type], ...]
    is_line: bool = False

    @property
    def order(self) -> list[str]:
        return [name.replace("desc_", "-") for name, _ in self.keys]


_PARKED = Case(When(status__in=IN_LINE, then=Value(0)), default=Value(1), output_field=IntegerField())
_PLACE = (("place_group", int), ("place_at", datetime), ("id", int))
VIEWS: dict[str, View] = {
    "line": View(lambda cases, user: cases.in_line(), _PLACE, is_line=True),
    "mine": View(
        lambda cases, user: cases.filter(assignee=user, status__in=UNSOLVED).annotate(parked=_PARKED),
        (("parked", int), *_PLACE),
    ),
    "waiting": View(
        lambda cases, user: cases.filter(status=Status.WAITING_CUSTOMER),
        (("last_activity_at", datetime), ("id", int)),
    ),
    "quotation": View(
        lambda cases, user: cases.filter(queue=Ticket.Queue.QUOTATION, status__in=UNSOLVED),
        (("accepted_at", datetime), ("id", int)),
    ),
    "solved": View(
        lambda cases, user: cases.filter(status=Status.SOLVED),
        (("desc_last_activity_at", datetime), ("desc_id", int)),
    ),
    "all": View(lambda cases, user: cases, (("desc_id", int),)),
}


def queue_page(
    user: User,
    *,
    view: str | View,
    now: datetime,
    cursor: str | None = None,
    limit: int = 50,
    departments: Collection[int] | None = None,
    among: TicketQuerySet | None = None,
    rulebook: Rulebook | None = None,
    narrowed: Q = EVERY,
    near: TicketQuerySet | None = None,
) -> Page[Row]:
    """One page of a view. `departments` None: all. `among`: of these (visible) cases; `narrowed`: of those only these.
    `near`: the same cases as `among`, asked for one by one: the first of the order are looked at so, and only if too
    few of them are wanted, the index is asked for all. Four queries, any size; with `near` five. Not for the line.
    """
    rulebook = rulebook or rulebook_at(now)
    shown = VIEWS[view] if isinstance(view, str) else view
    cases = _cases(
        user, shown, now=now, rulebook=rulebook, departments=departments, among=among, narrowed=narrowed
    )
    keys = _keys(shown, rulebook)
    start = unpack(cursor, int, *(kind for _, kind in keys))
    first = start[0] if start else 0
    begin = (
        after(**{name: value for (name, _), value in zip(keys, start[1:], strict=True)}) if start else EVERY
    )
    cases = cases.filter(begin)
    if shown.is_line and departments and among is None:
        cases = _among_the_first(cases, departments, limit + 1)
    tickets: list[Ticket] = []
    if near is not None and connection.vendor == "postgresql":
        close = _cases(
            user, shown, now=now, rulebook=rulebook, departments=departments, among=near, narrowed=narrowed
        )
        every = shown.cases(Ticket.objects.all(), user)
        tickets = _looked_through(close.filter(begin), every.filter(begin), limit + 1)
    tickets = tickets or list(cases[: limit + 1])
    more = len(tickets) > limit
    rows = _rows(tickets[:limit], first=first if shown.is_line else None)
    if not more:
        return Page(rows)
    last = tickets[limit - 1]
    values = (getattr(last, name.removeprefix("desc_")) for name, _ in keys)
    return Page(rows, pack(first + limit, *values))


def queue_rows(
    user: User,
    *,
    view: str | View,
    now: datetime,
    most: int = 10_000,
    departments: Collection[int] | None = None,
    among: TicketQuerySet | None = None,
    narrowed: Q = EVERY,
) -> Iterator[Row]:
    """The rows of a view for an export, read in pages so that memory stays small."""
    cursor: str | None = None
    for _ in range(most // 500):
        page = queue_page(
            user,
            view=view,
            now=now,
            cursor=cursor,
            limit=500,
            departments=departments,
            among=among,
            narrowed=narrowed,
        )
        prefetch_related_objects([row.ticket for row in page.rows], "department", "work_type", "field_values")
        yield from page.rows
        cursor = page.next_cursor
        if not cursor:
            return


def _cases(
    user: User,
    shown: View,
    *,
    now: datetime,
    rulebook: Rulebook,
    departments: Collection[int] | None,
    among: TicketQuerySet | None,
    narrowed: Q,
) -> TicketQuerySet:
    visible = Ticket.objects.visible_to(user) if among is None else among
    if departments is not None:
        visible = visible.filter(department__in=departments)
    if narrowed:
        visible = visible.filter(narrowed)
    if shown.is_line:
        cases = line(now=now, rulebook=rulebook, among=visible)
    else:
        cases = shown.cases(visible, user).order_by(*shown.order)
    watches = Watch.objects.filter(ticket=OuterRef("pk"), user=user)
    cases = cases.prefetch_related("tags").annotate(is_watched=Exists(watches))
    return cases.select_related("organization", "assignee", "requester", "quotation").defer(
        "decision",
        "organization__notes",
        "organization__blocked_reason",
        "quotation__scope",
        "quotation__objection",
    )


def _among_the_first(cases: TicketQuerySet, departments: Collection[int], many: int) -> TicketQuerySet:
    """The same page, looked for among the first of each department: an index has those in order, but not several mixed.

    Without this, SQLite would read and sort every waiting case.
    """
    plain = cases.select_related(None)
    parts = [plain.filter(department=pk).values("pk")[:many].query.sql_with_params() for pk in departments]
    each = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS line_{n}" for n, (sql, _) in enumerate(parts))
    return cases.filter(pk__in=RawSQL(each, [value for _, values in parts for value in values]))


def _looked_through(close: TicketQuerySet, every: TicketQuerySet, many: int) -> list[Ticket]:
    """The page, if the first of `every` case in the order hold enough for it; nothing otherwise."""
    tickets = list(
        close.filter(pk__in=every.order_by(*close.query.order_by).values("pk")[:LOOKED_THROUGH])[:many]
    )
    return tickets if len(tickets) == many else []


def _keys(view: View, rulebook: Rulebook) -> tuple[tuple[str, type], ...]:
    return (("late", int), *view.keys) if view.is_line and rulebook.overdue_first else view.keys


def _rows(tickets: list[Ticket], *, first: int | None) -> list[Row]:
    plans = plans_of(tickets)
    return [
        Row(ticket, None if first is None else first + number, plans[ticket.pk])
        for number, ticket in enumerate(tickets, start=1)
    ]


def plans_of(tickets: Iterable[Ticket]) -> dict[int, str]:
    """For each case the name of the plan in force for its licence, of the best rank; empty without. One query."""
    tickets = list(tickets)
    organizations = {ticket.organization_id for ticket in tickets if ticket.organization_id}
    contracts: dict[int, list[Contract]] = {}
    rows = Subscription.objects.filter(organization__in=organizations, status__in=IN_FORCE, asleep=False)
    found = rows.order_by("version__rank", "id").values_list(
        "organization", "licence", "version__rank", "version__plan__name"
    )
    for organization, licence, rank, name in found:
        contracts.setdefault(organization, []).append((licence, rank, name))
    return {ticket.pk: _plan(ticket, contracts.get(ticket.organization_id or 0, [])) for ticket in tickets}


def _plan(ticket: Ticket, contracts: list[Contract]) -> str:
    serving = [found for found in contracts if found[0] in (None, ticket.licence_id)]
    of_its_rank = [found for found in serving if found[1] == ticket.rank]
    chosen = (of_its_rank or serving)[:1]
    return chosen[0][2] if chosen else ""
