"""Mail as rows: what came in, raw bytes first; what goes out, the outbox."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.tickets.models import HeldRequest, Message, Ticket


class Mailbox(models.Model):
    """An address we read. `password` may be `env:NAME`, read from the environment when used."""

    address = models.EmailField(unique=True)
    host = models.CharField(max_length=200, blank=True)  # empty: only fed by `vigente ingest`
    port = models.PositiveIntegerField(default=993)
    username = models.CharField(max_length=200, blank=True)
    password = models.CharField(max_length=200, blank=True)
    verify_tls = models.BooleanField(default=True)
    folder = models.CharField(max_length=100, default="INBOX")
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
    """A mail as it arrived. The row and its bytes are committed before the mail server is answered; `raw` never changes."""

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
    outcome = models.CharField(max_length=40, blank=True)  # rules.mailthread codes
    error = models.TextField(blank=True)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL, related_name="inbound_mail")
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="inbound_mail")
    held = models.ForeignKey(HeldRequest, null=True, on_delete=models.SET_NULL, related_name="inbound_mail")
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)

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
    """A mail to send: written in the transaction of what it tells, sent by the worker, at least once, with a fixed Message-ID."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Por enviar")
        SENT = "sent", _("Enviado")
        DEAD = "dead", _("No se pudo enviar")

    dedupe_key = models.CharField(max_length=160, unique=True)
    message_id = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=48)
    recipient = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    to = models.EmailField()
    subject = models.CharField(max_length=255)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL, related_name="outbound_mail")
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField()
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], name="outbound_due", condition=Q(status="queued")),
            models.Index(fields=["ticket", "created_at"], name="outbound_by_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
