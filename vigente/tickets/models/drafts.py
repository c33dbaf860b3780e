"""What is being written in a case and not sent yet, who has it open, and who keeps an eye on it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.tickets.models.messages import Message
from vigente.tickets.models.tickets import Ticket


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: User) -> "DraftQuerySet":
        """One's own text. That others have drafts is told by `queries/company`, without their text."""
        return self.filter(author=user) if user.is_authenticated and user.is_staff_member else self.none()


class Draft(models.Model):
    """What one agent is writing in one case; saved as it is typed, gone once it was sent."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=5, choices=Message.Kind.choices, default=Message.Kind.REPLY)
    body = models.TextField()
    updated_at = models.DateTimeField()
    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "author"], name="draft_is_one_per_person")]

    def __str__(self) -> str:
        return f"draft of {self.author_id} in {self.ticket_id}"


class Presence(models.Model):
    """That somebody of the desk has a case open. Written seldom: it is good for `drafts.PRESENT`."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="presence_is_one_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.ticket_id}"


class Watch(models.Model):
    """That somebody of the desk is written what happens in a case, whoever works on it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="watches")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="watches")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="watch_is_one_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.ticket_id}"


class ComposerHabit(models.Model):
    """Where an agent goes after a reply, as they chose it last. What becomes of the case is chosen for each anew."""

    class Go(models.TextChoices):
        STAY = "stay", _("y seguir aquí")
        NEXT = "next", _("y tomar el siguiente")
        LIST = "list", _("y volver a mi lista")

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="composer_habit")
    go = models.CharField(max_length=4, choices=Go.choices, default=Go.STAY)

    def __str__(self) -> str:
        return f"{self.user_id} goes {self.go}"
