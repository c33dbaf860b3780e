"""Where a new case is filed: its number and its department, both taken in one trip when one of them is first needed.

A request that is not covered takes no number, so numbers have no gaps.
"""

from functools import cached_property
from typing import Any

from vigente.installation.prepared import Asked, Prepared, ask, together
from vigente.tickets.models import Department, TicketNumber


class Filing:
    """The number and the department of one new case: the `wanted` one, or else the default. Inside the caller's
    transaction.
    """

    def __init__(self, wanted: Department | None = None) -> None:
        self.wanted = wanted if wanted is not None and wanted.retired_at is None else None

    @property
    def number(self) -> int:
        return self._taken[0]

    @property
    def department(self) -> Department:
        return self._taken[1]

    def source(self) -> str:
        """The name of the case's first draw in the ledger."""
        return f"ticket:{self.number}:1"

    @cached_property
    def _taken(self) -> tuple[int, Department]:
        number, *found = together(_RAISE, *([] if self.wanted else [_DEFAULT.asked()]))
        if number is None:
            TicketNumber.objects.get_or_create(pk=1)
            number = ask(_RAISE)
        assert number is not None
        department = self.wanted or (found[0][0] if found[0] else None)
        return number, department or Department.objects.create(name="Soporte", is_default=True)


def _first(cursor: Any) -> int | None:
    row = cursor.fetchone()
    return int(row[0]) if row else None


def first_department() -> Department | None:
    """Where the next new case begins; None as long as there is no department at all."""
    return _DEFAULT.first()


# The UPDATE holds the counter until the transaction ends.
_RAISE = Asked("UPDATE tickets_ticketnumber SET last = last + 1 WHERE id = 1 RETURNING last", (), _first)
_DEFAULT = Prepared(
    lambda: Department.objects.filter(retired_at__isnull=True).order_by("-is_default", "position", "name")[:1]
)
