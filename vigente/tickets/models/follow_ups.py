"""What the desk comes back to: a case at an instant."""

from django.db import models
from django.db.models import Q

from vigente.accounts.models import User
from vigente.tickets.models.tickets import Ticket


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, user: User) -> "FollowUpQuerySet":
        """How the team works is the team's business alone."""
        return self if user.is_authenticated and user.is_active and user.is_staff_member else self.none()

    def open(self) -> "FollowUpQuerySet":
        """Those that are still to come."""
        return self.filter(done_at__isnull=True, cancelled_at__isnull=True)


class FollowUp(models.Model):
    """Come back to a case at `due_at` (UTC). `status`: in which it rests until then, "" where it stays as it is;
    `before`: the one it had. `actions`: what is done then besides (`rules.automation.read_actions`), [] for nothing.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="follow_ups_due")
    due_at = models.DateTimeField()
    note = models.TextField(blank=True)
    status = models.CharField(max_length=16, choices=Ticket.Status.choices, blank=True)
    before = models.CharField(max_length=16, choices=Ticket.Status.choices, blank=True)
    cancel_on_reply = models.BooleanField(default=False)
    actions = models.JSONField(default=list, blank=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="follow_up_due",
                condition=Q(done_at__isnull=True, cancelled_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="follow_up_ends_one_way",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} at {self.due_at}"
