"""Rules being tried out on what happened: a trial, its progress, and the rows behind each of its numbers.

Nothing else is written by a trial. A result is kept for `KEPT` and then goes.
"""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Organization, User
from vigente.rules.simulate_compare import Listed

KEPT = timedelta(days=30)
MOST_MONTHS = 24


class TrialQuerySet(models.QuerySet["Trial"]):
    def visible_to(self, user: User) -> "TrialQuerySet":
        """Supervisors and owners see all trials; nobody else any."""
        if not user.is_authenticated or not user.is_active or not user.is_supervisor:
            return self.none()
        return self


class Trial(models.Model):
    """A draft of the rules on the last months, or on the next as if they were like the last (`direction`).

    `draft` is a rulebook's JSON. `attempt` and `claimed_until`: whose turn it is to run it; a worker that was killed is
    followed by another, which starts over. `result` is what `vigente.trials.results.Result` reads.
    """

    class Direction(models.TextChoices):
        BACK = "back", _("Los meses pasados")
        AHEAD = "ahead", _("Los meses por venir")

    class Status(models.TextChoices):
        WAITING = "waiting", _("En espera")
        RUNNING = "running", _("En curso")
        DONE = "done", _("Lista")
        CANCELLED = "cancelled", _("Cancelada")
        FAILED = "failed", _("Fallida")

    class Phase(models.TextChoices):
        WAITING = "waiting", _("Esperando su turno")
        REPLAYING = "replaying", _("Repasando lo que pasó en cada organización")
        LINE = "line", _("Ordenando la fila")
        WRITING = "writing", _("Escribiendo las listas")
        DONE = "done", _("Lista")

    draft = models.JSONField()
    months = models.PositiveSmallIntegerField()
    direction = models.CharField(max_length=5, choices=Direction.choices, default=Direction.BACK)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.WAITING)
    phase = models.CharField(max_length=9, choices=Phase.choices, default=Phase.WAITING)
    progress = models.FloatField(default=0.0)  # 0 to 1
    attempt = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["created_at", "id"],
                name="trial_to_run",
                condition=Q(status__in=["waiting", "running"]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=1), name="trial_progress_is_a_part"
            ),
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=MOST_MONTHS), name="trial_months_are_few"
            ),
        ]

    def __str__(self) -> str:
        return f"trial {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.status in (self.Status.DONE, self.Status.CANCELLED, self.Status.FAILED)


class TrialRow(models.Model):
    """A line behind a number: `ref` of `organization`, as it is `before` and `after`, in `position` of its list."""

    class List(models.TextChoices):
        REFUSED = Listed.REFUSED.value, _("Ya no entrarían")
        ACCEPTED = Listed.ACCEPTED.value, _("Ahora entrarían")
        DELAYED = Listed.DELAYED.value, _("Entrarían más tarde")
        SOONER = Listed.SOONER.value, _("Entrarían antes")
        OTHERWISE = Listed.OTHERWISE.value, _("Se pagarían de otra forma")
        UNHELD = Listed.UNHELD.value, _("Esperarían en vano")
        EXPIRED = Listed.EXPIRED.value, _("Casos vencidos")
        MONEY = Listed.MONEY.value, _("Dinero")
        MOVED = Listed.MOVED.value, _("Cambian de lugar en la fila")
        FAVOURS = Listed.FAVOURS.value, _("Favores fuera del límite")
        REALITY = Listed.REALITY.value, _("Lo que pasó de otra forma")
        CUSTOMERS = "customers", _("Quién gana y quién pierde")

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="rows")
    listed = models.CharField(max_length=9, choices=List.choices)
    position = models.PositiveIntegerField()
    organization = models.ForeignKey(Organization, null=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(null=True)
    ref = models.CharField(max_length=48)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["trial", "listed", "position"]
        constraints = [
            models.UniqueConstraint(fields=["trial", "listed", "position"], name="trial_row_has_its_place")
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} {self.listed} {self.position}"
