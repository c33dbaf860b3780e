"""Working hours and the reply promises that count in them."""

from datetime import date, timedelta
from functools import lru_cache

from django.db import models

from vigente.installation.prepared import Param, Prepared, together
from vigente.rules.sla import Policy, Targets
from vigente.rules.worktime import WorkHours


class BusinessHours(models.Model):
    """A week of working hours in a zone. `week`: seven lists (Monday first) of [start, end] minutes of the local
    day. `country`: whose holidays are offered; `holidays_until`: the last year whose days off were chosen.
    """

    name = models.CharField(max_length=80, unique=True)
    time_zone = models.CharField(max_length=64)
    week = models.JSONField()
    is_default = models.BooleanField(default=False)
    country = models.CharField(max_length=2, blank=True)
    holidays_until = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "business hours"
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="business_hours_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def value(self) -> WorkHours:
        """The frozen input of the rules, holidays included."""
        return _value(self.time_zone, self.week, _HOLIDAYS(hours=self.pk))


def work_hours(hours: int) -> WorkHours:
    """The frozen input of the rules for the hours with this id, holidays included."""
    ((zone, week),), days = together(_HOURS.asked(hours=hours), _HOLIDAYS.asked(hours=hours))
    return _value(zone, week, days)


def _value(zone: str, week: list[list[list[int]]], days: list[date]) -> WorkHours:
    shifts = tuple(tuple((start, end) for start, end in day) for day in week)
    return _work_hours(zone, shifts, frozenset(days))


_work_hours = lru_cache(maxsize=64)(WorkHours)  # the same hours are checked once


class Holiday(models.Model):
    """A day on which these hours do not count."""

    hours = models.ForeignKey(BusinessHours, on_delete=models.CASCADE, related_name="holidays")
    day = models.DateField()
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hours", "day"], name="holiday_is_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


_HOURS = Prepared(lambda: BusinessHours.objects.filter(pk=Param("hours")).values_list("time_zone", "week"))
_HOLIDAYS = Prepared(lambda: Holiday.objects.filter(hours=Param("hours")).values_list("day", flat=True))


class SlaPolicy(models.Model):
    """What is promised, in working minutes; empty means no promise. `levels`: by urgency ("1"), what of it is promised
    otherwise ({"first_reply": 60}). Before a deadline a warning is said: `warn_minutes`, or `warn_percent` of the
    promised time; with neither, as `rules.alerts` has it.
    """

    name = models.CharField(max_length=80, unique=True)
    hours = models.ForeignKey(BusinessHours, on_delete=models.PROTECT, related_name="policies")
    first_reply_minutes = models.PositiveIntegerField(null=True, blank=True)
    next_reply_minutes = models.PositiveIntegerField(null=True, blank=True)
    resolution_minutes = models.PositiveIntegerField(null=True, blank=True)
    levels = models.JSONField(default=dict, blank=True)
    warn_minutes = models.PositiveIntegerField(null=True, blank=True)
    warn_percent = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "SLA policies"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(warn_minutes__isnull=True) | models.Q(warn_percent__isnull=True),
                name="sla_policy_one_warning",
            ),
            models.CheckConstraint(
                condition=models.Q(warn_percent__isnull=True) | models.Q(warn_percent__lte=100),
                name="sla_policy_warning_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def value(self) -> Policy:
        """The frozen input of the rules."""
        return Policy(
            first_reply=_span(self.first_reply_minutes),
            next_reply=_span(self.next_reply_minutes),
            resolution=_span(self.resolution_minutes),
            hours=work_hours(self.hours_id),
            levels=tuple(
                (int(level), Targets(**{promise: _span(minutes) for promise, minutes in own.items()}))
                for level, own in sorted(self.levels.items())
            ),
            warn=_span(self.warn_minutes),
            warn_percent=self.warn_percent,
        )


def _span(minutes: int | None) -> timedelta | None:
    return None if minutes is None else timedelta(minutes=minutes)
