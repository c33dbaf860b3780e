"""The vendor's clock. Read in three places only: request middleware, worker loop, commands."""

from datetime import UTC, datetime, timedelta

from vigente.installation.models import Installation


def vendor_now() -> datetime:
    """The present instant in UTC; on a demonstration database, moved by the offset `vigente clock` has set."""
    offset = (
        Installation.objects.filter(id=1, is_demo=True).values_list("clock_offset_seconds", flat=True).first() or 0
    )
    return datetime.now(UTC) + timedelta(seconds=offset)
