"""What was answered to the vendor's own fields in a request that waits."""

from vigente.accounts.models import User
from vigente.tickets.models import CustomField, HeldRequest


def said_of(held: HeldRequest, reader: User) -> list[tuple[CustomField, str]]:
    """The fields this person may see, in order, each with its answer as it is read. No query when there is none."""
    if not held.fields:
        return []
    rows = CustomField.objects.visible_to(reader).filter(pk__in=[int(key) for key in held.fields])
    return [(row, row.said(held.fields[str(row.pk)])) for row in rows]
