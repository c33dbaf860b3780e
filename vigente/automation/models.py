"""Rules of automation as rows, and what each of them did."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.events.models import Event
from vigente.rules.automation import After, Rule, Unreadable, read_actions, read_trigger
from vigente.rules.conditions import Condition, Invalid, read
from vigente.sla.models import BusinessHours, work_hours
from vigente.tickets.models import Ticket
from vigente.tickets.queries.facts import is_instant, types


class StaffOnly(models.QuerySet):
    def visible_to(self, user: User) -> "StaffOnly":
        """How the team works is the team's business alone."""
        return self if user.is_authenticated and user.is_active and user.is_staff_member else self.none()


class AutomationRule(models.Model):
    """When, if, then. `trigger`, `condition`, `actions`: the JSON of `rules.automation` and `rules.conditions`.

    `since`: when it was switched on, or changed while it was on; moments before it are left alone.
    """

    class On(models.TextChoices):
        EVENT = "event", _("Cuando pasa algo")
        TIME = "time", _("Cuando pasa un tiempo")
        BUTTON = "button", _("Cuando alguien la aplica")

    name = models.CharField(max_length=80, unique=True)
    on = models.CharField(max_length=6, choices=On.choices)
    trigger = models.JSONField()
    condition = models.JSONField()
    actions = models.JSONField()
    stop = models.BooleanField(default=False)
    is_on = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    hours = models.ForeignKey(
        BusinessHours, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # outside of them it does nothing
    since = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField()
    objects = StaffOnly.as_manager()

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name

    def condition_value(self) -> Condition:
        """Raises `rules.conditions.Invalid` when it asks for something that is gone."""
        return read(self.condition, types())

    def value(self) -> Rule | None:
        """The frozen input of the rules; None when it cannot be read any more."""
        try:
            trigger = read_trigger(self.trigger)
            if isinstance(trigger, After) and not is_instant(trigger.fact):
                return None
            return Rule(
                key=self.pk,
                trigger=trigger,
                actions=read_actions(self.actions),
                since=self.since,
                condition=self.condition_value(),
                stop=self.stop,
                hours=work_hours(self.hours_id) if self.hours_id else None,
            )
        except (Invalid, Unreadable):
            return None


class AutomationRun(models.Model):
    """A rule that acted on a case, once: `key` makes it so. `because`: the checks that held; `done`: each action, with
    the code of its refusal if it was refused.
    """

    rule = models.ForeignKey(AutomationRule, on_delete=models.PROTECT, related_name="runs")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="automation_runs")
    event = models.ForeignKey(Event, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    pressed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    key = models.CharField(max_length=80, unique=True)
    because = models.JSONField(default=list)
    done = models.JSONField(default=list)
    at = models.DateTimeField()
    objects = StaffOnly.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["rule", "ticket", "at"], name="automation_run_by_case")]
        constraints = [models.CheckConstraint(condition=~Q(key=""), name="automation_run_has_a_key")]

    def __str__(self) -> str:
        return self.key
