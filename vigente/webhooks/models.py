"""Webhooks as rows: where to, what is to be sent or was, and every try."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Role, User
from vigente.events.models import Event


class OwnersOnly(models.QuerySet):
    def visible_to(self, user: User) -> "OwnersOnly":
        """What leaves for other programs is the owner's business alone."""
        allowed = user.is_authenticated and user.is_active and user.role == Role.OWNER
        return self if allowed else self.none()


class Endpoint(models.Model):
    """An address of another program that is told what happens. `kinds` empty: everything.

    `old_secret` signs beside `secret` until `old_secret_until`, so that a receiver can change over. `failing_since`:
    nothing was taken since. `rest_until`: nobody answered there; it is left alone until then.
    """

    class Reason(models.TextChoices):
        """Why it is off."""

        OWNER = "owner", _("La apagó una persona")
        GONE = "gone", _("El receptor pidió que no se le escriba más (410)")
        FAILING = "failing", _("No aceptó nada durante días")

    url = models.CharField(max_length=500)
    description = models.CharField(max_length=120, blank=True)
    kinds = models.JSONField(default=list, blank=True)
    secret = models.CharField(max_length=120)
    old_secret = models.CharField(max_length=120, blank=True)
    old_secret_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=8, choices=Reason.choices, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    rest_until = models.DateTimeField(null=True, blank=True)
    rests = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    objects = OwnersOnly.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(disabled_at__isnull=True, disabled_reason=""),
                name="webhook_on_or_off_with_a_reason",
            )
        ]

    def __str__(self) -> str:
        return self.description or urlsplit(self.url).hostname or self.url


class Delivery(models.Model):
    """One message for one endpoint: its id and its bytes never change, however often it is sent.

    `attempts` counts the tries since it was written or last replayed; `claimed_until` is a sender's lease.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Por entregar")
        DELIVERED = "delivered", _("Entregado")
        FAILED = "failed", _("No se pudo entregar")

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, null=True, on_delete=models.SET_NULL, related_name="+")  # None: a test
    message_id = models.CharField(max_length=48, unique=True)
    kind = models.CharField(max_length=48)
    body = models.TextField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    last_code = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=40, blank=True)
    last_response = models.TextField(blank=True)
    objects = OwnersOnly.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_tells_an_event_once")
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_attempt_at"],
                name="webhook_due",
                condition=Q(status="pending"),
            ),
            models.Index(fields=["endpoint", "-id"], name="webhook_log"),
            models.Index(fields=["finished_at"], name="webhook_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class Attempt(models.Model):
    """One try. `code`: the answer's status, None when there was none; `error`: why it does not count (`client`)."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField(default=0)
    code = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=40, blank=True)
    response = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.code or self.error} at {self.at}"
