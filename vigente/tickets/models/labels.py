"""The owner's words for what the rules only know as levels and states: severities and statuses."""

from django.db import models
from django.db.models import Q

from vigente.accounts.models import User
from vigente.installation.translated import in_language
from vigente.rules.lifecycle import Status
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


class CaseStatus(models.Model):
    """A status by its name: a label under one of the states of `rules.lifecycle`, which decide everything.

    One of each state is the default, its words for a case without a label; it stays. `public_names`: what the customer
    reads; empty: the words of the state. `auto_close`: whether a solved case that has it is closed by the clock.
    """

    names = models.JSONField()
    public_names = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=16, choices=[(state.value, state.value) for state in Status])
    colour = models.CharField(max_length=9, choices=Tag.Colour.choices, default=Tag.Colour.PLAIN)
    position = models.PositiveIntegerField(default=0)
    is_default = models.BooleanField(default=False)
    auto_close = models.BooleanField(default=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    objects = LabelQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        verbose_name_plural = "case statuses"
        constraints = [
            models.CheckConstraint(condition=~Q(names={}), name="status_has_a_name"),
            models.UniqueConstraint(
                fields=["state"], condition=Q(is_default=True), name="status_one_default_of_a_state"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(retired_at__isnull=True), name="status_default_is_there"
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.names)

    @property
    def stays(self) -> bool:
        """Whether it cannot be retired: each state keeps its default."""
        return self.is_default

    @property
    def meaning(self) -> str:
        """What the badge component calls its colour."""
        return "" if self.colour == Tag.Colour.PLAIN else self.colour
