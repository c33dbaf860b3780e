"""The cases of a saved view, in its order, and how many there are."""

from collections.abc import Iterable
from datetime import datetime, tzinfo

from vigente.accounts.models import User
from vigente.rules.conditions import Condition, Invalid
from vigente.rules.conditions import read as read_condition
from vigente.rules.searching import read
from vigente.tickets.models import SavedView
from vigente.tickets.models.tickets import TicketQuerySet
from vigente.tickets.queries.conditions import where
from vigente.tickets.queries.counts import capped
from vigente.tickets.queries.facts import types
from vigente.tickets.queries.queue import VIEWS, View
from vigente.tickets.queries.searching import found

MOST_LISTED = 30  # in the navigation; the page of views has them all
COUNTED = 100  # a count that gets there says "99+"
Order = SavedView.Order

# Every order has an index with its keys, so that a page far down costs what the first does.
ORDERS: dict[str, View] = {
    Order.NEWEST: VIEWS["all"],
    Order.OLDEST: View(lambda cases, user: cases, (("id", int),)),
    Order.ACTIVE: View(lambda cases, user: cases, (("desc_last_activity_at", datetime), ("desc_id", int))),
    Order.QUIET: View(lambda cases, user: cases, (("last_activity_at", datetime), ("id", int))),
    Order.ATTENTION: View(
        lambda cases, user: cases.filter(waits=True),
        (("place_group", int), ("place_at", datetime), ("id", int)),
    ),
}


def views_for(user: User) -> list[SavedView]:
    """Those this person sees, in their order, as many as the navigation lists. One query."""
    return list(SavedView.objects.visible_to(user)[:MOST_LISTED])


def condition_of(view: SavedView) -> Condition | None:
    """What it asks; None when it asks about something there is no more."""
    try:
        return read_condition(view.condition, types())
    except Invalid:
        return None


def cases_of(
    view: SavedView, user: User, *, now: datetime, zone: tzinfo, one_by_one: bool = False
) -> TicketQuerySet:
    """The cases of a view that this person may see; none when its condition cannot be read any more. `one_by_one`: see
    `queries.matching.holds`.
    """
    condition = condition_of(view)
    cases = found(user, read(view.search), now=now, zone=zone, one_by_one=one_by_one)
    return cases.none() if condition is None else cases.filter(where(condition, now=now))


def saved_counts(user: User, views: Iterable[SavedView], *, now: datetime, zone: tzinfo) -> dict[int, int]:
    """Cases for each view, counted to `COUNTED` at most. One query."""
    cases = {view.pk: cases_of(view, user, now=now, zone=zone) for view in views}
    for view in views:
        cases[view.pk] = ORDERS[view.order].cases(cases[view.pk], user)
    some = {pk: rows for pk, rows in cases.items() if not rows.query.is_empty()}
    return dict.fromkeys(cases, 0) | capped(some, most=COUNTED)
