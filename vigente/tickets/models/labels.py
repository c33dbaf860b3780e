"""The owner's words for what the rules only know as levels: severities."""

from django.db import models
from django.db.models import Q

from vigente.accounts.models import User
from vigente.installation.translated import in_language
from vigente.rules.precedence import LEAST_SEVERE, MOST_SEVERE
from vigente.tickets.models.structure import Tag


class LabelQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "LabelQuerySet":
        """Rows that only the staff arranges and chooses from."""
        return self if user.is_authenticated and user.is_active and user.is_staff_member else self.none()

    def offered(self) -> "LabelQuerySet":
        """Those that may be chosen now."""
        return self.filter(retired_at__isnull=True)


class SeverityLevel(models.Model):
    """A level of severity with its name. `level` is what `Ticket.severity` holds and the line sorts by within a rank: 0
    is normal and always there, above it more severe, below it less. So a level never moves; its name may.
    """

    level = models.SmallIntegerField(unique=True)
    names = models.JSONField()
    colour = models.CharField(max_length=9, choices=Tag.Colour.choices, default=Tag.Colour.PLAIN)
    retired_at = models.DateTimeField(null=True, blank=True)
    objects = LabelQuerySet.as_manager()

    class Meta:
        ordering = ["-level"]
        constraints = [
            models.CheckConstraint(condition=~Q(names={}), name="severity_has_a_name"),
            models.CheckConstraint(
                condition=Q(level__gte=LEAST_SEVERE, level__lte=MOST_SEVERE), name="severity_is_a_level"
            ),
            models.CheckConstraint(
                condition=~Q(level=0) | Q(retired_at__isnull=True), name="severity_normal_is_always_there"
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.names)

    @property
    def stays(self) -> bool:
        """Whether it cannot be retired: what is normal is always there."""
        return self.level == 0

    @property
    def meaning(self) -> str:
        """What the badge component calls its colour."""
        return "" if self.colour == Tag.Colour.PLAIN else self.colour
