"""Who sells and where money is sent, and the templates that documents are printed from."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.installation.models import Installation


class SellerProfile(models.Model):
    """Singleton (id 1): the vendor as its invoices name it. An invoice keeps what was here on the day it was issued."""

    class Paper(models.TextChoices):
        LETTER = "us-letter", _("Carta")
        A4 = "a4", _("A4")

    legal_name = models.CharField(max_length=160, blank=True)
    tax_id = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    website = models.CharField(max_length=120, blank=True)
    footer = models.CharField(max_length=300, blank=True)  # printed under every document
    paper = models.CharField(max_length=9, choices=Paper.choices, default=Paper.LETTER)
    logo = models.CharField(max_length=200, blank=True)  # the stored file's path
    logo_type = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="seller_profile_is_one_row")]

    def __str__(self) -> str:
        return self.legal_name

    @classmethod
    def current(cls) -> "SellerProfile":
        """The row; an unsaved default when none was made yet."""
        return cls.objects.filter(id=1).first() or cls(id=1)

    def to_json(self) -> dict[str, str]:
        """What an invoice keeps of it. What was never said is the installation's."""
        vendor = Installation.current()
        return {
            "name": self.legal_name or vendor.vendor_name,
            "tax_id": self.tax_id,
            "address": self.address,
            "phone": self.phone,
            "email": self.email or vendor.support_email,
            "website": self.website,
        }


class BankAccount(models.Model):
    """Where a customer may send a transfer. `currency`: what arrives there."""

    bank = models.CharField(max_length=80)
    number = models.CharField(max_length=60)
    holder = models.CharField(max_length=160)
    currency = models.CharField(max_length=3)
    instructions = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "bank", "id"]

    def __str__(self) -> str:
        return f"{self.bank} {self.number} ({self.currency})"


class DocumentTemplate(models.Model):
    """A template as somebody saved it; the newest of a kind is in force, an empty one is the default again.

    `problem`: how it failed the last time a document had to be printed from the default instead.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Factura")
        CREDIT_NOTE = "credit_note", _("Nota de crédito")
        STATEMENT = "statement", _("Estado de cuenta")
        QUOTATION = "quotation", _("Cotización")

    kind = models.CharField(max_length=11, choices=Kind.choices)
    source = models.TextField(blank=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    problem = models.CharField(max_length=300, blank=True)
    problem_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "-id"]
        indexes = [models.Index(fields=["kind", "-id"], name="document_template_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @classmethod
    def in_force(cls, kind: str) -> "DocumentTemplate | None":
        """The newest of a kind; None or an empty source: the default."""
        return cls.objects.filter(kind=kind).order_by("-id").first()
