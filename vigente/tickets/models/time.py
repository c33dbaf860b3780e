"""Working time that agents note on a case."""

from django.db import models
from django.db.models import Q

from vigente.accounts.models import User
from vigente.tickets.models.messages import Message
from vigente.tickets.models.tickets import Ticket

MOST_MINUTES = 1440


class TimeSpentQuerySet(models.QuerySet["TimeSpent"]):
    def visible_to(self, user: User) -> "TimeSpentQuerySet":
        """Staff, of the cases they see; customers never."""
        if not (user.is_authenticated and user.is_staff_member):
            return self.none()
        return self.filter(ticket__in=Ticket.objects.visible_to(user).values("pk"))


class TimeSpent(models.Model):
    """Minutes one agent worked on a case, with a message or apart. A correction changes them; the event keeps what
    they were. `Ticket.minutes_spent` is their sum.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="time_entries")
    message = models.OneToOneField(Message, null=True, on_delete=models.CASCADE, related_name="time")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    objects = TimeSpentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__lte=MOST_MINUTES), name="time_is_within_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.minutes} min in {self.ticket_id}"
