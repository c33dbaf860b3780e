"""Words that the owner gives to what cases are sorted by, at hand for every page without a query.

Their truth is rows of the bands above; whoever changes those keeps a copy here. It comes with the clock's row (see
`clock.vendor_standing`), once a request and once a turn of the worker.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from django.db import transaction

from vigente.installation.models import Installation

Labels = Mapping[str, Mapping[str, Any]]
_at_hand: ContextVar[Labels | None] = ContextVar("labels", default=None)


def labels(part: str) -> Mapping[str, Any]:
    """What was kept of this part, by key; empty when nothing ever was."""
    found = _at_hand.get()
    if found is None:
        found = Installation.current().labels
        _at_hand.set(found)
    return found.get(part, {})


def take(found: Labels | None) -> None:
    """From now on these are at hand; None: to be read when somebody asks."""
    _at_hand.set(found)


@transaction.atomic
def keep(part: str, rows: Mapping[str, Any]) -> None:
    """Write the copy of one part, in the transaction of what it copies."""
    Installation.objects.get_or_create(id=1)
    found = Installation.objects.select_for_update().get(id=1)
    found.labels = {**found.labels, part: dict(rows)}
    found.save(update_fields=["labels"])
    take(found.labels)
