"""What the vendor sells: products in editions, plans in versions that never change, kinds of work."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vigente.rules.coverage import Work
from vigente.rules.periods import Interval
from vigente.sla.models import SlaPolicy


class Product(models.Model):
    """What the vendor makes."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class Edition(models.Model):
    """A product as it is delivered: LOCAL or WEB in the founding case."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="editions")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "code"], name="edition_code_is_unique")]

    def __str__(self) -> str:
        return f"{self.product.name} {self.name}"


class WorkType(models.Model):
    """What a customer may ask for. Flags are those of `rules.coverage.Work`."""

    code = models.SlugField(max_length=40, unique=True)
    name_es = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    description_es = models.CharField(max_length=200, blank=True)
    description_en = models.CharField(max_length=200, blank=True)
    units = models.PositiveSmallIntegerField(default=1)
    always = models.BooleanField(default=False)
    development = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    is_offered = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(units__gte=1), name="work_type_weighs_at_least_one")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "es").startswith("en") else self.name_es

    @property
    def description(self) -> str:
        return self.description_en if (get_language() or "es").startswith("en") else self.description_es

    def value(self) -> Work:
        """The frozen input of the rules."""
        return Work(code=self.code, units=self.units, always=self.always, development=self.development)


class Plan(models.Model):
    """A plan as people name it. `family` joins the monthly and the annual form of the same plan."""

    class IntervalChoice(models.TextChoices):
        MONTH = Interval.MONTH.value, _("Mensual")
        YEAR = Interval.YEAR.value, _("Anual")

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    family = models.SlugField(max_length=40)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="plans")
    interval = models.CharField(max_length=5, choices=IntervalChoice.choices)
    is_public = models.BooleanField(default=True)
    tax_category = models.ForeignKey(
        "TaxCategory", null=True, blank=True, on_delete=models.PROTECT, related_name="plans"
    )  # None: the default one

    class Meta:
        ordering = ["edition", "id"]

    def __str__(self) -> str:
        return self.name


class PlanVersion(models.Model):
    """What is sold under a plan's name. Its terms never change once written (a trigger refuses it); an edit is a
    new version.

    Money in minor units of `currency`. `cases`: per period, None for unlimited. `rank`: 1 goes first (R10).
    `allowance_minutes`: the head start of the fair order. `work`: codes of covered kinds of work.
    """

    class OnRenewal(models.TextChoices):
        KEEP = "keep", _("Conserva sus condiciones")
        SUCCESSOR = "successor", _("Pasa a la versión siguiente")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    cases = models.PositiveIntegerField(null=True, blank=True)
    price_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    pack_price_minor = models.PositiveBigIntegerField(null=True, blank=True)
    pack_cases = models.PositiveIntegerField(default=1)
    rank = models.PositiveSmallIntegerField()
    allowance_minutes = models.PositiveIntegerField(default=0)
    work = models.JSONField(default=list)
    sla_policy = models.ForeignKey(
        SlaPolicy, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sold_from = models.DateTimeField()
    sold_until = models.DateTimeField(null=True, blank=True)
    on_renewal = models.CharField(max_length=9, choices=OnRenewal.choices, default=OnRenewal.KEEP)

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_is_unique"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="plan_version_rank_from_one"),
            models.CheckConstraint(
                condition=Q(sold_until__isnull=True) | Q(sold_until__gte=models.F("sold_from")),
                name="plan_version_sold_until_after_from",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan.name} v{self.number}"
