"""Who may be given what from the line: skills, how much an agent takes at once, until when somebody is away."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from vigente.accounts.models import User
from vigente.billing.models import WorkType
from vigente.tickets.models.departments import Department
from vigente.tickets.models.structure import Tag


class Skill(models.Model):
    """Something not every agent knows. A case needs it by its department, its kind of work or a tag: then "next case"
    gives it only to `agents`.
    """

    name = models.CharField(max_length=80, unique=True)
    agents: "models.ManyToManyField[User, models.Model]" = models.ManyToManyField(
        User, related_name="skills", blank=True
    )
    departments: "models.ManyToManyField[Department, models.Model]" = models.ManyToManyField(
        Department, related_name="skills", blank=True
    )
    work_types: "models.ManyToManyField[WorkType, models.Model]" = models.ManyToManyField(
        WorkType, related_name="skills", blank=True
    )
    tags: "models.ManyToManyField[Tag, models.Model]" = models.ManyToManyField(
        Tag, related_name="skills", blank=True
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Capacity(models.Model):
    """How an agent takes part in the line. `most`: cases in hand that wait for them, at once; empty: any number.
    `away_until`: when somebody who is away (`User.away`) is back by themselves; empty: when they say so.
    """

    agent = models.OneToOneField(User, on_delete=models.CASCADE, related_name="capacity")
    most = models.PositiveSmallIntegerField(null=True, blank=True)
    away_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "capacities"
        constraints = [
            models.CheckConstraint(
                condition=Q(most__isnull=True) | Q(most__gte=1), name="capacity_takes_some"
            )
        ]

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.most or 'any'}"


def is_away(agent: User, *, now: datetime) -> bool:
    """Whether the agent is away at `now`. Needs `capacity` loaded for many."""
    until = agent.capacity.away_until if hasattr(agent, "capacity") else None
    return agent.away and (until is None or until > now)
