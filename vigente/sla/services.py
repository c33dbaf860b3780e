"""How working hours change: the days off of a year."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from vigente.accounts.models import User
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.sla.models import BusinessHours, Holiday


@transaction.atomic
def keep_holidays(
    *,
    hours: BusinessHours,
    year: int,
    days: Mapping[date, str],
    country: str,
    actor: User | None,
    now: datetime,
) -> None:
    """Make `days` the days off of these hours in `year`, and no others. Open cases are counted anew (row 43)."""
    if any(day.year != year for day in days):
        raise ValueError(f"only days of {year} are kept here")
    hours.holidays.filter(day__year=year).delete()
    Holiday.objects.bulk_create(Holiday(hours=hours, day=day, name=name) for day, name in days.items())
    hours.country = country
    hours.holidays_until = max(year, hours.holidays_until or 0)
    hours.save(update_fields=["country", "holidays_until"])
    record(Kind.PLANS_IMPORTED, subject="settings", actor=actor, now=now, changes=[], promises_changed=True)
