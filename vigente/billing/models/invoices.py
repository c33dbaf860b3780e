"""Orders, invoices and credit notes (rows 25, 32, 33, 52).

An invoice's number is the next of its series, taken in the transaction that issues it: no gaps. What was issued never
changes and is never deleted (triggers in `billing.guards`); a credit note corrects it. Only what happens to it
afterwards is written on it: its open balance, its fiscal number. Money in minor units of `currency`.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Organization, User
from vigente.billing.models.catalog import PlanVersion
from vigente.billing.models.subscriptions import Licence, Subscription


class InvoiceSeries(models.Model):
    """Invoices or credit notes numbered one after another: `prefix` and a number of at least `digits` digits."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Factura")
        CREDIT_NOTE = "credit_note", _("Nota de crédito")

    code = models.SlugField(max_length=20, unique=True)
    kind = models.CharField(max_length=11, choices=Kind.choices)
    prefix = models.CharField(max_length=20, blank=True)
    digits = models.PositiveSmallIntegerField(default=6)
    next_number = models.PositiveIntegerField(default=1)
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["kind", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(is_default=True), name="invoice_series_one_default_per_kind"
            ),
            models.CheckConstraint(condition=Q(next_number__gte=1), name="invoice_series_counts_from_one"),
        ]

    def __str__(self) -> str:
        return self.code


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, user: User) -> "InvoiceQuerySet":
        """Supervisors see all; a customer those of the organizations they manage."""
        return self.filter(organization__in=Organization.objects.managed_by(user).values("pk"))


class Invoice(models.Model):
    """An invoice, or with `corrects` a credit note (its amounts are positive and count against what it corrects).

    `key` makes it happen once: "term:12:3", "order:81", "void:…". `balance_minor`: what of an invoice is still open.
    """

    class Purpose(models.TextChoices):
        TERM = "term", _("Plan")
        PACK = "pack", _("Casos extra")
        UPGRADE = "upgrade", _("Cambio de plan")
        WORK = "work", _("Desarrollo a medida")
        OTHER = "other", _("Otro")

    class Fiscal(models.TextChoices):
        NONE = "none", _("No hace falta")
        PENDING = "pending", _("Pendiente")
        DONE = "done", _("Emitida")

    key = models.CharField(max_length=80, unique=True)
    series = models.ForeignKey(InvoiceSeries, on_delete=models.PROTECT, related_name="invoices")
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=40, unique=True)  # prefix and number, as printed
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="invoices")
    subscription = models.ForeignKey(
        Subscription, null=True, blank=True, on_delete=models.PROTECT, related_name="invoices"
    )
    term = models.PositiveIntegerField(null=True, blank=True)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="credit_notes"
    )
    reason = models.CharField(max_length=32, blank=True)  # of a credit note: rules.reasons.Credit
    note = models.CharField(max_length=300, blank=True)
    currency = models.CharField(max_length=3)
    net_minor = models.PositiveBigIntegerField()
    tax_minor = models.PositiveBigIntegerField()
    total_minor = models.PositiveBigIntegerField()
    buyer = models.JSONField(default=dict)  # as it was on the day: name, tax_id, address, country
    seller = models.JSONField(default=dict)
    language = models.CharField(max_length=2, default="es")
    issued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # What happens to it afterwards
    balance_minor = models.PositiveBigIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, blank=True)
    fiscal_status = models.CharField(max_length=7, choices=Fiscal.choices, default=Fiscal.NONE)
    fiscal_number = models.CharField(max_length=60, blank=True)
    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-id"]
        indexes = [
            models.Index(fields=["organization", "-issued_at", "-id"], name="invoice_by_organization"),
            models.Index(fields=["due_at", "id"], name="invoice_open", condition=Q(balance_minor__gt=0)),
            models.Index(fields=["subscription", "term"], name="invoice_by_term"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="invoice_number_is_unique"),
            models.UniqueConstraint(
                fields=["subscription", "term"],
                condition=Q(purpose="term", corrects__isnull=True, term__isnull=False),
                name="invoice_one_per_term",
            ),
            models.CheckConstraint(
                condition=Q(total_minor=F("net_minor") + F("tax_minor")), name="invoice_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(balance_minor__gte=0, balance_minor__lte=F("total_minor")),
                name="invoice_balance_within_total",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | Q(balance_minor=0), name="credit_note_is_never_open"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class InvoiceLine(models.Model):
    """A line as issued. `label`: a code and its parameters, worded in the invoice's language (`rules.invoicing`)."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    label = models.JSONField(default=dict)
    quantity = models.PositiveIntegerField(default=1)
    unit_minor = models.PositiveBigIntegerField()
    discount_minor = models.PositiveBigIntegerField(default=0)
    discount_code = models.CharField(max_length=40, blank=True)
    discount_basis_points = models.PositiveIntegerField(default=0)
    tax_basis_points = models.PositiveIntegerField(default=0)
    includes_tax = models.BooleanField(default=False)
    net_minor = models.PositiveBigIntegerField()
    tax_minor = models.PositiveBigIntegerField()
    total_minor = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position_is_unique"),
            models.CheckConstraint(
                condition=Q(total_minor=F("net_minor") + F("tax_minor")), name="invoice_line_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}#{self.position}"


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: User) -> "OrderQuerySet":
        """Supervisors see all; a customer those of the organizations they manage."""
        return self.filter(organization__in=Organization.objects.managed_by(user).values("pk"))


class Order(models.Model):
    """What a customer is about to buy, priced and waiting: to be accepted (`prepared`), then to be paid (`open`).

    `lines` is what was priced, as JSON of `rules.invoicing.Line`; the invoice is issued from it. `token` opens it by
    link, `key` makes it happen once.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", _("Plan")
        PACK = "pack", _("Casos extra")
        UPGRADE = "upgrade", _("Cambio de plan")

    class Status(models.TextChoices):
        PREPARED = "prepared", _("Por aceptar")
        OPEN = "open", _("Por pagar")
        DONE = "done", _("Hecha")
        CANCELLED = "cancelled", _("Cancelada")
        EXPIRED = "expired", _("Vencida")

    key = models.CharField(max_length=80, unique=True)
    token = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    status = models.CharField(max_length=9, choices=Status.choices)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="orders")
    licence = models.ForeignKey(
        Licence, null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="orders")
    subscription = models.ForeignKey(
        Subscription, null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    invoice = models.ForeignKey(
        Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    grant_id_given = models.PositiveBigIntegerField(null=True, blank=True)  # the pack it became
    quantity = models.PositiveIntegerField(default=1)
    coupon = models.CharField(max_length=40, blank=True)
    lines = models.JSONField(default=list)
    currency = models.CharField(max_length=3)
    net_minor = models.PositiveBigIntegerField()
    tax_minor = models.PositiveBigIntegerField()
    total_minor = models.PositiveBigIntegerField()
    note = models.CharField(max_length=300, blank=True)  # from the seller to the customer
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="order_by_organization"),
            models.Index(
                fields=["expires_at", "id"],
                name="order_to_expire",
                condition=Q(status__in=["prepared", "open"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_of_at_least_one"),
            models.CheckConstraint(
                condition=Q(total_minor=F("net_minor") + F("tax_minor")), name="order_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
