"""Who besides its people is written what we answer in a case: an address, with or without an account."""

from django.db import models

from vigente.accounts.models import User
from vigente.tickets.models.tickets import Ticket


class CopyQuerySet(models.QuerySet["Copy"]):
    def visible_to(self, user: User) -> "CopyQuerySet":
        """Those of the cases a person sees; hidden ones, for staff only."""
        visible = self.filter(ticket__in=Ticket.objects.visible_to(user).values("pk"))
        return visible if user.is_authenticated and user.is_staff_member else visible.filter(hidden=False)


class Copy(models.Model):
    """An address that is written our replies. It opens no page and proves nothing: what it answers is a private note,
    unless whoever writes takes part in the case anyway. `hidden`: nobody outside the desk is told of it.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="copies")
    email = models.EmailField()  # as compared: lower case
    hidden = models.BooleanField(default=False)
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # None: a rule
    added_at = models.DateTimeField()
    objects = CopyQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "copies"
        constraints = [models.UniqueConstraint(fields=["ticket", "email"], name="copy_is_once")]

    def __str__(self) -> str:
        return self.email
