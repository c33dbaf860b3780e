"""Cases that were thrown away: out of every list, whole until they are emptied."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.tickets.models.tickets import Ticket

KEPT = timedelta(days=30)  # in the trash, before the worker empties it


class TrashedCaseQuerySet(models.QuerySet["TrashedCase"]):
    def visible_to(self, user: User) -> "TrashedCaseQuerySet":
        """Staff see what lies in the trash; what was emptied, nobody."""
        allowed = user.is_authenticated and user.is_active and user.is_staff_member
        return self.filter(emptied_at__isnull=True) if allowed else self.none()


class TrashedCase(models.Model):
    """Why and by whom a case was thrown away. While this row is there, `Ticket.in_trash` is set.

    `released`: its draw was given back for it. `along_with`: the case it had been merged into, which took it along.
    `emptied_at`: what it said is gone for good; the case's number, its draws and its events stay.
    """

    class Why(models.TextChoices):
        SPAM = "spam", _("Es spam")
        MISTAKE = "mistake", _("Se abrió por error")
        OTHER = "other", _("Otro motivo")

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="trashed")
    why = models.CharField(max_length=7, choices=Why.choices)
    note = models.CharField(max_length=200, blank=True)
    released = models.BooleanField(default=False)
    along_with = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="took_along")
    trashed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    trashed_at = models.DateTimeField()
    emptied_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    emptied_at = models.DateTimeField(null=True)
    objects = TrashedCaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["-trashed_at", "-id"],
                name="trash_by_time",
                condition=models.Q(emptied_at__isnull=True, along_with__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} since {self.trashed_at}"

    @property
    def emptied_from(self) -> datetime:
        """When the worker may empty it."""
        return self.trashed_at + KEPT
