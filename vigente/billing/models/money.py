"""Payments, and the ledger of money (row 25, 32, 33).

Double entry by construction: one `MoneyEntry` moves one amount from the account it credits to the account it debits,
so all accounts together balance to zero at any instant. Append-only (triggers in `billing.guards`); only
`billing.services.money` writes here. What invoices and customers have open are stamps that `verify` recomputes.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Organization, User
from vigente.billing.models.invoices import Invoice, Order


class CustomerAccount(models.Model):
    """Money of a customer that no invoice has used yet, per currency. A stamp; never below zero."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="money")
    currency = models.CharField(max_length=3)
    credit_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "currency"], name="customer_account_one_per_currency"
            ),
            models.CheckConstraint(
                condition=Q(credit_minor__gte=0), name="customer_account_never_below_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.currency} {self.credit_minor}"


class PaymentQuerySet(models.QuerySet["Payment"]):
    def visible_to(self, user: User) -> "PaymentQuerySet":
        """Supervisors see all; a customer those of the organizations they manage."""
        return self.filter(organization__in=Organization.objects.managed_by(user).values("pk"))


class Payment(models.Model):
    """Money that came in, or with `direction` out went back. A transfer waits in `review` until staff confirm it.

    `key` makes it happen once: "transfer:…", "card:pi_…", "manual:…". Minor units of `currency`, always positive.
    """

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("Transferencia")
        CARD = "card", _("Tarjeta")
        MANUAL = "manual", _("Otro medio")

    class Status(models.TextChoices):
        REVIEW = "review", _("En revisión")
        CONFIRMED = "confirmed", _("Confirmado")
        REJECTED = "rejected", _("Rechazado")
        FAILED = "failed", _("Fallido")
        DISPUTED = "disputed", _("En disputa")
        REVERSED = "reversed", _("Revertido")

    class Direction(models.TextChoices):
        IN = "in", _("Recibido")
        OUT = "out", _("Devuelto")

    key = models.CharField(max_length=120, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="payments")
    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.IN)
    method = models.CharField(max_length=8, choices=Method.choices)
    status = models.CharField(max_length=9, choices=Status.choices)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.PROTECT, related_name="payments")
    invoice = models.ForeignKey(
        Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    reference = models.CharField(max_length=120, blank=True)  # the bank's, or the card processor's
    proof = models.CharField(max_length=200, blank=True)  # the stored file's path
    proof_name = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=300, blank=True)  # why it was rejected; what staff say of it
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="payment_by_organization"),
            models.Index(fields=["created_at", "id"], name="payment_review", condition=Q(status="review")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="payment_of_at_least_one")
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def reversed_minor(self) -> int:
        """How much of it lost disputes took back, by the books."""
        lost = self.entries.filter(source__startswith="reverse:", credit__in=["bank", "card", "cash"])
        return int(lost.aggregate(lost=models.Sum("amount_minor", default=0))["lost"])


class MoneyEntry(models.Model):
    """`amount_minor` moves: `debit` gains it, `credit` gives it. Unique (source, debit, credit): nothing happens twice.

    `invoice`: whose receivable it is, when one of the accounts is that.
    """

    class Account(models.TextChoices):
        RECEIVABLE = "receivable", _("Por cobrar")
        REVENUE = "revenue", _("Ingresos")
        TAX = "tax", _("Impuestos")
        BANK = "bank", _("Banco")
        CARD = "card", _("Tarjetas")
        CASH = "cash", _("Otros medios")
        CREDIT = "credit", _("Saldo de clientes")

    debit = models.CharField(max_length=10, choices=Account.choices)
    credit = models.CharField(max_length=10, choices=Account.choices)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(
        Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    source = models.CharField(max_length=120)  # "invoice:31", "payment:7", "settle:31:1"
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        verbose_name_plural = "money entries"
        indexes = [
            models.Index(fields=["organization", "at", "id"], name="money_by_organization"),
            models.Index(fields=["at", "id"], name="money_by_time"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "debit", "credit"], name="money_once_per_source"),
            models.CheckConstraint(condition=Q(amount_minor__gte=1), name="money_moves_at_least_one"),
            models.CheckConstraint(condition=~Q(debit=models.F("credit")), name="money_moves_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.debit} ← {self.credit} {self.amount_minor} {self.currency}"
