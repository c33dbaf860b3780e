"""How many cases each view of the workspace holds, counted in one query and only as far as people care."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from django.db import connection
from django.db.models import QuerySet

from vigente.accounts.models import User
from vigente.rules.lifecycle import UNSOLVED
from vigente.tickets.models import HeldRequest, Ticket

MOST = 1000  # a view with more says "999+": counting on would cost more than it tells

K = TypeVar("K")
Status = Ticket.Status
OPEN_HELD = (HeldRequest.Status.WAITING, HeldRequest.Status.CHOOSE, HeldRequest.Status.APPROVAL)


def counts(user: User, *, now: datetime) -> dict[str, int]:
    """Cases per view (`line`, `mine`, `waiting`, `held`, `quotation`, `solved`), each at most `MOST`."""
    cases = Ticket.objects.visible_to(user)
    views: dict[str, QuerySet] = {
        "line": cases.in_line().order_by(),
        "mine": cases.filter(assignee=user, status__in=UNSOLVED),
        "waiting": cases.filter(status=Status.WAITING_CUSTOMER),
        "held": HeldRequest.objects.visible_to(user).filter(status__in=OPEN_HELD),
        "quotation": cases.filter(queue=Ticket.Queue.QUOTATION, status__in=UNSOLVED),
        "solved": cases.filter(status=Status.SOLVED),
    }
    return capped(views)


def capped(views: Mapping[K, QuerySet], *, most: int = MOST) -> dict[K, int]:
    """One SELECT of sub-selects, each stopping at `most`: bounded whatever the size of the tables."""
    if not views:
        return {}
    parts: list[str] = []
    params: list[str | int] = []
    for number, rows in enumerate(views.values()):
        sql, values = rows.order_by().values("pk")[:most].query.sql_with_params()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS view_{number})")
        params += values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        row = cursor.fetchone()
    return dict(zip(views, row, strict=True))
