"""One thing done to many cases: what, by whom, and how it went with each."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.tickets.models import Ticket

UNDO = timedelta(minutes=10)  # after its end
KEPT = timedelta(days=30)  # then its rows go; what happened to the cases stays in their history


class BulkActionQuerySet(models.QuerySet["BulkAction"]):
    def visible_to(self, user: User) -> "BulkActionQuerySet":
        """One's own; supervisors those of all."""
        if not user.is_authenticated or not user.is_active or not user.is_staff_member:
            return self.none()
        return self if user.is_supervisor else self.filter(actor=user)


class BulkAction(models.Model):
    """`act` with `value` (JSON) for `total` cases. `key`: the same click sent twice is one. The counts are of its items
    and written with them.
    """

    class Act(models.TextChoices):
        ASSIGN = "assign", _("Asignar")
        UNASSIGN = "unassign", _("Devolver a la fila")
        DEPARTMENT = "department", _("Pasar a otro departamento")
        STATUS = "status", _("Cambiar el estado")
        SEVERITY = "severity", _("Cambiar la urgencia")
        TAG = "tag", _("Poner una etiqueta")
        UNTAG = "untag", _("Quitar una etiqueta")
        RULE = "rule", _("Aplicar una regla")
        MERGE = "merge", _("Unir en un caso")
        REPLY = "reply", _("Responder")

    class Status(models.TextChoices):
        RUNNING = "running", _("En curso")
        DONE = "done", _("Hecha")
        UNDOING = "undoing", _("Deshaciéndose")
        UNDONE = "undone", _("Deshecha")

    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="bulk_actions")
    act = models.CharField(max_length=10, choices=Act.choices)
    value = models.JSONField(default=dict)
    key = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.RUNNING)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    undone = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    can_undo = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    objects = BulkActionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], name="bulk_to_do", condition=Q(status__in=["running", "undoing"])),
            models.Index(fields=["actor", "-id"], name="bulk_of_somebody"),
        ]

    def __str__(self) -> str:
        return f"bulk action {self.pk}"

    @property
    def is_running(self) -> bool:
        return self.status in (self.Status.RUNNING, self.Status.UNDOING)

    @property
    def progress(self) -> int:
        """How many cases this pass has seen."""
        if self.status == self.Status.RUNNING:
            return self.done + self.same + self.refused
        return self.total - self.done


class BulkItem(models.Model):
    """One case of it. `before` and `after`: what may be put back (`bulk/state`); `event`: the latest thing that had
    happened to the case then; `reason`: why it was refused, or why it could not be undone.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("En espera")
        DONE = "done", _("Hecho")
        SAME = "same", _("Sin cambios")
        REFUSED = "refused", _("No se pudo")
        UNDONE = "undone", _("Deshecho")
        KEPT = "kept", _("No se deshizo")

    action = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="items")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    event = models.BigIntegerField(default=0)
    reason = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["action", "state", "id"], name="bulk_item_by_state")]
        constraints = [models.UniqueConstraint(fields=["action", "ticket"], name="bulk_item_once")]

    def __str__(self) -> str:
        return f"{self.action_id} {self.ticket_id} {self.state}"
