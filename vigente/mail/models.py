"""Mail as rows: what came in, raw bytes first; what goes out, the outbox."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.tickets.models import Department, HeldRequest, Message, Ticket


class StaffOnly(models.QuerySet):
    def visible_to(self, user: User) -> "StaffOnly":
        """The mail log is the staff's: it shows what people wrote to anybody."""
        allowed = user.is_authenticated and user.is_active and user.is_staff_member
        return self if allowed else self.none()


class InboundQuerySet(StaffOnly):
    def visible_to(self, user: User) -> "InboundQuerySet":
        """As `StaffOnly`, without the raw bytes: a list does not read megabytes."""
        return super().visible_to(user).defer("raw")  # type: ignore[return-value]


class Mailbox(models.Model):
    """An address we read. `password` may be `env:NAME`, read from the environment when used.

    `auth_host`: the server of ours whose Authentication-Results are believed; empty: nobody's are.
    `department`: where new cases that come to it go; what is written about that department's cases goes out from it.
    `done_folder`: where a mail is moved once it is kept; empty: it is marked as seen and stays.
    """

    address = models.EmailField(unique=True)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.SET_NULL, related_name="mailboxes"
    )
    host = models.CharField(max_length=200, blank=True)  # empty: only fed by `vigente ingest`
    port = models.PositiveIntegerField(default=993)
    username = models.CharField(max_length=200, blank=True)
    password = models.CharField(max_length=200, blank=True)
    verify_tls = models.BooleanField(default=True)
    folder = models.CharField(max_length=100, default="INBOX")
    done_folder = models.CharField(max_length=100, blank=True)
    auth_host = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    uid_validity = models.PositiveBigIntegerField(null=True, blank=True)
    last_uid = models.PositiveBigIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True, blank=True)
    last_checked_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return self.address


class InboundMessage(models.Model):
    """A mail as it arrived: committed, bytes and all, before the mail server is answered. `raw` never changes.

    `outcome` is one of `rules.mailthread.Outcome`, or "refused"; `facts` holds why, and what was left unread or out.
    `silent`: nothing answers it by itself. `bounce_of`: the mail of ours that it reports as not delivered.
    """

    class Status(models.TextChoices):
        RECEIVED = "received", _("Recibido")
        PROCESSED = "processed", _("Procesado")
        IGNORED = "ignored", _("Automático")
        QUARANTINED = "quarantined", _("En cuarentena")

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="inbound")
    raw = models.BinaryField()
    size = models.PositiveBigIntegerField()
    header_id = models.CharField(max_length=255, blank=True)
    digest = models.CharField(max_length=64)  # SHA-256 of the content with line endings normalised
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.RECEIVED)
    outcome = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=dict)
    silent = models.BooleanField(default=False)
    error = models.TextField(blank=True)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL, related_name="inbound_mail")
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="inbound_mail")
    held = models.ForeignKey(HeldRequest, null=True, on_delete=models.SET_NULL, related_name="inbound_mail")
    bounce_of = models.ForeignKey(
        "OutboundMessage", null=True, on_delete=models.SET_NULL, related_name="bounces"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)
    objects = InboundQuerySet.as_manager()
    duplicate = False  # set by `inbound.receive`: this mail had arrived before

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="inbound_to_process", condition=Q(status="received")),
            models.Index(fields=["header_id"], name="inbound_by_header_id"),
            models.Index(fields=["status", "-received_at"], name="inbound_by_status"),
        ]
        constraints = [models.UniqueConstraint(fields=["mailbox", "digest"], name="inbound_is_once")]

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"


class OutboundMessage(models.Model):
    """A mail to send: written in the transaction of what it tells, sent at least once, always with the same Message-ID.

    `automatic`: no person wrote it; such mails are counted, and beyond the cap muted instead of sent.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("Por enviar")
        SENT = "sent", _("Enviado")
        DEAD = "dead", _("No se pudo enviar")
        MUTED = "muted", _("Silenciado")

    dedupe_key = models.CharField(max_length=160, unique=True)
    message_id = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=48)
    recipient = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    to = models.EmailField()
    subject = models.CharField(max_length=255)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    automatic = models.BooleanField(default=True)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL, related_name="outbound_mail")
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField()
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    objects = StaffOnly.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], name="outbound_due", condition=Q(status="queued")),
            models.Index(fields=["ticket", "created_at"], name="outbound_by_ticket"),
            models.Index(fields=["to", "created_at"], name="outbound_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
