"""The order people give rows by hand: `position`, an integer column."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet


def put_in_order(rows: QuerySet[Any], keys: Sequence[int]) -> bool:
    """Number these rows 1, 2, 3… as `keys` says. Rows it does not name follow in the order they had; keys of rows
    that are not there are passed over. Whether anything moved.
    """
    with transaction.atomic():
        had = list(rows.select_for_update().order_by("position", "pk"))
        wanted = {key: place for place, key in reversed(list(enumerate(keys)))}
        now = sorted(had, key=lambda row: wanted.get(row.pk, len(wanted)))
        moved = [row for place, row in enumerate(now, 1) if row.position != place]
        for place, row in enumerate(now, 1):
            row.position = place
        rows.model._default_manager.bulk_update(moved, ["position"])
    return now != had


def last_position(rows: QuerySet[Any]) -> int:
    """Where a row that is added goes: after all of these."""
    return int(rows.aggregate(last=Max("position"))["last"] or 0) + 1
