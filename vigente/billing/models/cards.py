"""What happens at the card processor: pages to pay at, charges to kept cards, money sent back, and what it tells us.

Names of the processor only, never anything of a card. Our books are elsewhere (`models.money`): here is what is needed
so that no card is charged twice and nothing the processor did is missed.
"""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Organization, User
from vigente.billing.models.invoices import Invoice, Order
from vigente.billing.models.money import Payment


def new_key(stem: str) -> str:
    """A name at the processor that nobody else uses there, not even another installation with the same account."""
    return f"{stem}:{secrets.token_hex(12)}"


class CardSession(models.Model):
    """A page at the processor on which one amount can be paid. Made for an order or an invoice, never for both.

    `key` goes along as the idempotency key, so that a request repeated after a crash gives the same page.
    `session`: its name there, empty until it answered.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Abierta")
        PAID = "paid", _("Pagada")
        EXPIRED = "expired", _("Vencida")

    key = models.CharField(max_length=120, unique=True)
    session = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.OPEN)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="card_sessions")
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    keep_card = models.BooleanField(default=False)  # the customer agreed to have renewals charged to it
    url = models.TextField(blank=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)  # when the processor was last asked about it
    kept_at = models.DateTimeField(null=True, blank=True)  # when the card it was paid with was written down

    class Meta:
        indexes = [
            models.Index(fields=["created_at", "id"], name="card_session_open", condition=Q(status="open")),
            models.Index(
                fields=["created_at", "id"],
                name="card_session_to_keep",
                condition=Q(status="paid", keep_card=True, kept_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=~Q(session=""), name="card_session_name_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(order__isnull=False, invoice__isnull=True)
                | Q(order__isnull=True, invoice__isnull=False),
                name="card_session_for_one_thing",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="card_session_of_at_least_one"),
        ]

    def __str__(self) -> str:
        return self.session or self.key


class CardCharge(models.Model):
    """One attempt to pay an open invoice from the card its customer keeps. Unique (invoice, attempt).

    `key`: its name at the processor, and its idempotency key.
    """

    class Status(models.TextChoices):
        CLAIMED = "claimed", _("En curso")
        PAID = "paid", _("Cobrado")
        FAILED = "failed", _("Rechazado")

    key = models.CharField(max_length=60, default="")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="card_charges")
    attempt = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.CLAIMED)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    customer = models.CharField(max_length=80)
    method = models.CharField(max_length=80)
    intent = models.CharField(max_length=120, blank=True)
    decline = models.CharField(max_length=80, blank=True)  # the processor's code
    created_at = models.DateTimeField()
    held_until = models.DateTimeField()  # whoever claimed it is at work; after that another may take it over
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["held_until", "id"], name="card_charge_open", condition=Q(status="claimed"))
        ]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "attempt"], name="card_charge_once_per_attempt"),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="card_charge_key_is_unique"),
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="card_charge_of_at_least_one"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.attempt}"


class CardRefund(models.Model):
    """Money to send back to the card it came from: written together with the payment out, sent afterwards."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Por enviar")
        SENT = "sent", _("Enviado")
        FAILED = "failed", _("Falló")
        BY_HAND = "by_hand", _("Devuelto por banco")

    key = models.CharField(max_length=60, default="")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="card_refund")
    of = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="card_refunds"
    )
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.WAITING)
    refund = models.CharField(max_length=120, blank=True)
    problem = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["next_at", "id"], name="card_refund_waiting", condition=Q(status="waiting"))
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} ← {self.of_id}"


class StripeEvent(models.Model):
    """Something the processor told us, kept once by its name there; of its content only what it is about."""

    event = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=80)
    object_id = models.CharField(max_length=120, blank=True)
    detail = models.CharField(max_length=40, blank=True)  # the state of a dispute
    dispute = models.CharField(max_length=80, blank=True)  # its name there
    disputed_minor = models.PositiveBigIntegerField(null=True, blank=True)  # None: all, or not of a dispute
    currency = models.CharField(max_length=3, blank=True)  # of what is disputed
    created_at = models.DateTimeField()  # by the processor's clock
    received_at = models.DateTimeField()
    outcome = models.CharField(
        max_length=40, blank=True
    )  # what was done: recorded, repeated, ignored, unknown …

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["object_id"], name="stripe_event_by_object")]

    def __str__(self) -> str:
        return self.event
