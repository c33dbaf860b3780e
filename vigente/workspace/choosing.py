"""Which cases were chosen in a list: their numbers, or all that the list holds, also beyond the page.

A list says what it is in a text that goes back to the server (`of`): its kind and its filters, never rows. What it
holds is asked again when something is done, and only of what the person may see.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from django.utils import timezone

from vigente.accounts.models import User
from vigente.rules.searching import read
from vigente.tickets.models import SavedView, Ticket
from vigente.tickets.models.tickets import TicketQuerySet
from vigente.tickets.queries import VIEWS
from vigente.tickets.queries.saved import ORDERS, cases_of
from vigente.tickets.queries.searching import found
from vigente.workspace.narrowing import department_of, narrowed_by

MOST_NUMBERS = 1_000
LONGEST = 600


def chosen(given: Mapping[str, str], numbers: list[str], user: User, *, now: datetime) -> TicketQuerySet:
    """The cases a request names: by `of`, or else by their numbers, also several in one text. May be none."""
    of = given.get("of", "")[:LONGEST]
    if of:
        return cases_in(of, user, now=now)
    texts = ",".join(numbers).split(",")[:MOST_NUMBERS]
    wanted = {int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 16}
    return Ticket.objects.visible_to(user).filter(number__in=wanted)


def cases_in(of: str, user: User, *, now: datetime) -> TicketQuerySet:
    """What a list holds, in no order; none for one that is not there."""
    said = dict(parse_qsl(of, keep_blank_values=True))
    kind, cases = said.get("list", ""), Ticket.objects.visible_to(user)
    if kind in VIEWS:
        departments = department_of(said.get("department", ""), user, view=kind)[1]
        if departments is not None:
            cases = cases.filter(department__in=departments)
        return VIEWS[kind].cases(cases.filter(narrowed_by(said, now=now)[0]), user)
    if kind == "saved":
        pk = said.get("pk", "")
        known = SavedView.objects.visible_to(user)
        row = known.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 16 else None
        if row is not None:
            mine = cases_of(row, user, now=now, zone=timezone.get_current_timezone())
            return ORDERS[row.order].cases(mine, user)
    if kind == "search":
        wanted = read(said.get("q", ""))
        if wanted and not wanted.is_held:
            return found(user, wanted, now=now, zone=timezone.get_current_timezone())
    return cases.none()
