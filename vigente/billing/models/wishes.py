"""What waits for somebody before it is an order: a wish, an unfinished order, the key of a licence that was sold."""

from django.db import models
from django.db.models import Q

from vigente.accounts.models import Organization, User
from vigente.billing.models.catalog import Edition, Plan, PlanVersion
from vigente.billing.models.invoices import Order
from vigente.billing.models.subscriptions import Licence, Subscription


class WishQuerySet(models.QuerySet["Wish"]):
    def visible_to(self, user: User) -> "WishQuerySet":
        """A manager sees those of the organizations they manage, everybody their own."""
        return self.filter(
            Q(user=user) | Q(organization__in=Organization.objects.managed_by(user).values("pk"))
        )


class Wish(models.Model):
    """Somebody asks the managers of their organization to buy something. `key` makes it happen once a day."""

    key = models.CharField(max_length=120, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="wishes")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="wishes")
    kind = models.CharField(max_length=8, choices=Order.Kind.choices)
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    licence = models.ForeignKey(Licence, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        Subscription, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)  # a manager has seen to it, or said no
    objects = WishQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(
                fields=["organization", "-asked_at"], name="wish_open", condition=Q(closed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.key


class SoldKey(models.Model):
    """The key of a licence the vendor sold and nobody has registered. Who holds it registers it (row 31)."""

    key = models.CharField(max_length=64, unique=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    hosting = models.CharField(
        max_length=12, choices=Licence.Hosting.choices, default=Licence.Hosting.CUSTOMER
    )
    included_plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    licence = models.OneToOneField(
        Licence, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # what it became
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.edition} …{self.key[-4:]}"


class OrderDraft(models.Model):
    """What somebody wanted who opened their account to order it: it waits for them, on whatever device (R4)."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    company = models.CharField(max_length=160)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.company} · {self.version}"
