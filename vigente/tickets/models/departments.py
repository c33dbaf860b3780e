"""Departments: where cases go, who works there, and what customers read of it."""

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q

from vigente.accounts.models import User
from vigente.installation.translated import in_language


class DepartmentQuerySet(models.QuerySet["Department"]):
    def visible_to(self, user: User) -> "DepartmentQuerySet":
        """Staff see all; customers those that they may choose."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_staff_member else self.filter(is_public=True).offered()

    def offered(self) -> "DepartmentQuerySet":
        """Those that a case may go to now."""
        return self.filter(retired_at__isnull=True)


class Department(models.Model):
    """A team. Agents see every case; "next case" gives them those of their departments.

    `name` is its name in the first language there is, unique; `names` holds all of them (empty: only that one).
    `parent`: the one it is part of, for who reads a list; never itself, never part of its own parts. `assigns`: a new
    case goes at once to one of `default_agents` (`services/departments.agent_for`). `registered_only`: a mail from
    nobody we know is refused. One that is retired keeps its cases and gets no more.
    """

    name = models.CharField(max_length=80, unique=True)
    names = models.JSONField(default=dict, blank=True)
    descriptions = models.JSONField(default=dict, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField(default=0)
    is_default = models.BooleanField(default=False)
    is_public = models.BooleanField(default=False)
    registered_only = models.BooleanField(default=False)
    assigns = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True, blank=True)
    agents: "models.ManyToManyField[User, models.Model]" = models.ManyToManyField(
        User, related_name="departments", blank=True
    )
    default_agents: "models.ManyToManyField[User, models.Model]" = models.ManyToManyField(
        User, related_name="default_departments", blank=True
    )
    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="department_one_default"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(retired_at__isnull=True), name="department_default_is_there"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="department_is_no_part_of_itself"
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.names) or self.name

    @property
    def description(self) -> str:
        return in_language(self.descriptions)

    @property
    def stays(self) -> bool:
        """Whether it cannot be retired: new cases go there."""
        return self.is_default


def in_tree(rows: Iterable[Department]) -> list[tuple[Department, int]]:
    """Each with how deep it stands: parts right after what they are part of, in the order of their positions. Those of
    which the whole is not among them stand at the top.
    """
    rows = list(rows)
    known = {row.pk for row in rows}
    parts: dict[int | None, list[Department]] = {}
    for row in rows:
        parts.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    found: list[tuple[Department, int]] = []
    waiting = [(row, 0) for row in reversed(parts.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        found.append((row, depth))
        waiting += [(part, depth + 1) for part in reversed(parts.pop(row.pk, []))]
    return found
