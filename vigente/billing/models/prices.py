"""Price lists and taxes (row 32), and who an invoice is made out to.

A version carries its price in the base list; other lists carry theirs beside it. Once written a price never changes
(a trigger in `billing.guards`): another price is another plan version.
"""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Organization, User
from vigente.billing.models.catalog import PlanVersion
from vigente.rules.money import WHOLE


class TaxCategory(models.Model):
    """What is taxed alike. The default one is for everything that names none."""

    code = models.SlugField(max_length=40, unique=True)
    name_es = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="tax_category_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "es").startswith("en") else self.name_es


class TaxRate(models.Model):
    """What a category pays from a local day on, in hundredths of a per cent."""

    category = models.ForeignKey(TaxCategory, on_delete=models.PROTECT, related_name="rates")
    basis_points = models.PositiveIntegerField()
    valid_from = models.DateField(default=date.min)

    class Meta:
        ordering = ["category", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["category", "valid_from"], name="tax_rate_one_per_day"),
            models.CheckConstraint(condition=Q(basis_points__lte=WHOLE), name="tax_rate_at_most_all"),
        ]

    def __str__(self) -> str:
        return f"{self.category.code} {self.basis_points / 100:g} %"


class PriceList(models.Model):
    """Prices in one currency, with or without tax. The base list is what the plan versions themselves say."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    includes_tax = models.BooleanField(default=False)
    is_base = models.BooleanField(default=False)
    is_offered = models.BooleanField(default=True)  # a new customer may choose it

    class Meta:
        ordering = ["-is_base", "code"]
        constraints = [
            models.UniqueConstraint(fields=["is_base"], condition=Q(is_base=True), name="price_list_one_base")
        ]

    def __str__(self) -> str:
        return self.name


class ListPrice(models.Model):
    """What a version costs in a list that is not the base. Minor units of the list's currency."""

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="prices")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="list_prices")
    price_minor = models.PositiveBigIntegerField()
    pack_price_minor = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["price_list", "version"], name="list_price_once_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.price_list.code}"


class BillingProfileQuerySet(models.QuerySet["BillingProfile"]):
    def visible_to(self, user: User) -> "BillingProfileQuerySet":
        """Supervisors see all; a customer those of the organizations they manage."""
        return self.filter(organization__in=Organization.objects.managed_by(user).values("pk"))


class BillingProfile(models.Model):
    """Who an organization's invoices are made out to, in which list it buys, and the card kept for renewals."""

    class Language(models.TextChoices):
        ES = "es", _("Español")
        EN = "en", _("Inglés")

    organization = models.OneToOneField(
        Organization, on_delete=models.PROTECT, related_name="billing_profile"
    )
    legal_name = models.CharField(max_length=160, blank=True)
    tax_id = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=2, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.ES)
    price_list = models.ForeignKey(
        PriceList, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    tax_exempt = models.BooleanField(default=False)
    exempt_reason = models.CharField(max_length=160, blank=True)
    card_customer = models.CharField(
        max_length=80, blank=True
    )  # the card processor's names, never card numbers
    card_method = models.CharField(max_length=80, blank=True)
    card_label = models.CharField(max_length=40, blank=True)  # "Visa ···· 4242"
    objects = BillingProfileQuerySet.as_manager()

    def __str__(self) -> str:
        return self.legal_name or self.organization.name
