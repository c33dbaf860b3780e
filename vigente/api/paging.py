"""Pages of rows, newest first: go on with `next` until it is null."""

from collections.abc import Sequence
from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Query

from vigente.tickets.queries.pages import pack, unpack

Cursor = Annotated[
    str | None, Query(pattern=r"^[A-Za-z0-9_-]{0,400}$", description="`next` of the page before.")
]


def page(rows: QuerySet[Any], *, cursor: str | None, limit: int) -> tuple[Sequence[Any], str | None]:
    """Up to `limit` rows by falling id, and the cursor of the next page; None on the last one."""
    start = unpack(cursor, int)
    if start:
        rows = rows.filter(pk__lt=start[0])
    found = list(rows.order_by("-pk")[: limit + 1])
    return found[:limit], pack(found[limit - 1].pk) if len(found) > limit else None
