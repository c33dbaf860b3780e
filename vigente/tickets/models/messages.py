"""What is said in a case, and the files that come with it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.tickets.models.held import HeldRequest
from vigente.tickets.models.tickets import Ticket


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> "MessageQuerySet":
        """Messages of the cases a person sees; internal notes, and what may still be taken back, for staff only."""
        visible = self.filter(ticket__in=Ticket.objects.visible_to(user).values("pk"))
        return (
            visible
            if user.is_authenticated and user.is_staff_member
            else visible.exclude(kind=Message.Kind.NOTE).filter(visible_at__isnull=True)
        )


class Message(models.Model):
    """A reply or an internal note. `html` is sanitised before it is stored; `quoted_html` is the folded part of a
    mail. A deleted one is an empty row that says so; what it said stays in its `MessageVersion`.
    """

    class Kind(models.TextChoices):
        REPLY = "reply", _("Respuesta")
        NOTE = "note", _("Nota interna")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.REPLY)
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=160, blank=True)  # of a mail from somebody without an account
    by_staff = models.BooleanField(default=False)
    html = models.TextField()
    text = models.TextField()
    quoted_html = models.TextField(blank=True)
    channel = models.CharField(max_length=5, choices=Ticket.Channel.choices)
    key = models.CharField(
        max_length=128, unique=True, null=True
    )  # of the mail or API call it came from: happens once
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    pinned_at = models.DateTimeField(null=True)  # staff keep it in sight on top
    visible_at = models.DateTimeField(
        null=True
    )  # while its author may take it back: nobody outside reads it before
    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["ticket", "created_at", "id"], name="message_by_ticket")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.ticket_id}"


class SendHold(models.Model):
    """A reply that nobody was told of yet. `events`: what waits with it, by id; `before`: the case as it stood."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="hold")
    until = models.DateTimeField()
    events = models.JSONField()
    before = models.JSONField()

    def __str__(self) -> str:
        return f"{self.message_id} until {self.until}"


class MessageVersion(models.Model):
    """What a message said before somebody changed or deleted it. Supervisors read it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="versions")
    html = models.TextField()
    text = models.TextField()
    quoted_html = models.TextField(blank=True)
    deleted = models.BooleanField(default=False)
    replaced_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.message_id} until {self.replaced_at}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> "AttachmentQuerySet":
        """Files of the messages and held requests a person sees; what was deleted, supervisors only."""
        messages = Message.objects.visible_to(user).values("pk")
        held = HeldRequest.objects.visible_to(user).values("pk")
        found = self.filter(Q(message__in=messages) | Q(held__in=held))
        supervises = user.is_authenticated and user.is_supervisor
        return found if supervises else found.filter(deleted_at__isnull=True)


class Attachment(models.Model):
    """A file. Its bytes lie outside the web root under `path`; `content_type` is sniffed, never believed."""

    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="attachments")
    held = models.ForeignKey(HeldRequest, null=True, on_delete=models.CASCADE, related_name="attachments")
    token = models.CharField(max_length=32, unique=True)
    filename = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    cid = models.CharField(max_length=200, blank=True)
    is_inline = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(message__isnull=False, held__isnull=True)
                | Q(message__isnull=True, held__isnull=False),
                name="attachment_has_one_home",
            )
        ]

    def __str__(self) -> str:
        return self.filename
