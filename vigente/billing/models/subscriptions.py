"""Installations at a customer, and the contracts that cover them."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Organization, User
from vigente.billing.models.catalog import Edition, Plan, PlanVersion
from vigente.rules.coverage import NO_RANK, Contract
from vigente.rules.coverage import Status as State
from vigente.rules.periods import Interval, Months
from vigente.rules.subscriptions import Running


class LicenceQuerySet(models.QuerySet["Licence"]):
    def visible_to(self, user: User) -> "LicenceQuerySet":
        """Staff see all; a customer sees those of their organizations."""
        return self.filter(organization__in=Organization.objects.visible_to(user).values("pk"))


PROVISIONAL = "sin-clave-"  # how the key of an installation begins whose real one is not known yet


class Licence(models.Model):
    """One installation of an edition at an organization. Hosting is set by staff or an integrator, never by the
    customer (row 27).
    """

    class Hosting(models.TextChoices):
        CUSTOMER = "customer", _("en su servidor")
        VENDOR_CLOUD = "vendor_cloud", _("en nuestra nube")

    key = models.CharField(max_length=64, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="licences")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="licences")
    label = models.CharField(max_length=80, blank=True)
    hosting = models.CharField(max_length=12, choices=Hosting.choices, default=Hosting.CUSTOMER)
    included_plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    registered_at = models.DateTimeField()
    objects = LicenceQuerySet.as_manager()

    class Meta:
        ordering = ["organization", "id"]

    def __str__(self) -> str:
        return str(self.edition) if self.is_provisional else f"{self.edition} …{self.key[-4:]}"

    @property
    def is_provisional(self) -> bool:
        """Its real key is still to be told; the one it has means nothing to anybody."""
        return self.key.startswith(PROVISIONAL)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def visible_to(self, user: User) -> "SubscriptionQuerySet":
        """Staff see all; a customer sees those of their organizations."""
        return self.filter(organization__in=Organization.objects.visible_to(user).values("pk"))


class Subscription(models.Model):
    """A contract to a plan version. Instants UTC; periods are counted from `anchor` by the local calendar of
    `time_zone`.

    A billed one is in `grace` and then `suspended` while the invoice of its running term is open.
    `periods_opened` and `ends_at` are what `rules.subscriptions.advance` needs; `next_due_at` is a stamp for the clock,
    rebuilt by `verify`. `months` is the rulebook's setting at the start, kept for the life of the contract (row 43).
    """

    class Status(models.TextChoices):
        SCHEDULED = State.SCHEDULED.value, _("Programada")
        AWAITING_PAYMENT = State.AWAITING_PAYMENT.value, _("Por confirmar")
        ACTIVE = State.ACTIVE.value, _("Vigente")
        GRACE = State.GRACE.value, _("En gracia")
        SUSPENDED = State.SUSPENDED.value, _("Suspendida")
        ENDED = State.ENDED.value, _("Terminada")
        REPLACED = State.REPLACED.value, _("Reemplazada")
        CANCELLED = State.CANCELLED.value, _("Anulada")

    class Source(models.TextChoices):
        BOUGHT = "bought", _("Contratada")
        INCLUDED = "included", _("Incluida con la licencia")
        LEGACY = "legacy", _("Plan anterior")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="subscriptions")
    licence = models.ForeignKey(
        Licence, null=True, blank=True, on_delete=models.PROTECT, related_name="subscriptions"
    )
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="subscriptions")
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.BOUGHT)
    status = models.CharField(max_length=16, choices=Status.choices)
    anchor = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    months = models.CharField(max_length=12, default=Months.ANNIVERSARY.value)
    auto_renew = models.BooleanField(default=True)
    periods_opened = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(null=True, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)
    notice_given_at = models.DateTimeField(null=True, blank=True)
    notice_bounced_at = models.DateTimeField(null=True, blank=True)  # the warning reached nobody (row 21)
    change_to = models.ForeignKey(
        PlanVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    replaced_by = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )
    asleep = models.BooleanField(default=False)  # an included plan while a bought one runs (row 31)
    is_billed = models.BooleanField(default=False)  # its renewals are invoiced here (row 20)
    unpaid_until = models.DateTimeField(
        null=True, blank=True
    )  # end of the running term while it is unpaid (row 25)
    coupon = models.CharField(max_length=40, blank=True)
    announced_version = models.ForeignKey(
        PlanVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    announced_at = models.DateTimeField(null=True, blank=True)  # when its new terms were announced (row 38)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "status"], name="subscription_by_organization"),
            models.Index(
                fields=["next_due_at", "id"],
                name="subscription_due",
                condition=Q(status__in=["scheduled", "active", "grace", "suspended"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["licence", "source"],
                condition=Q(status__in=["awaiting_payment", "active", "grace", "suspended"])
                & ~Q(source="legacy"),
                name="subscription_one_per_licence_and_source",
            ),
            models.UniqueConstraint(
                fields=["organization", "source"],
                condition=Q(
                    licence__isnull=True, status__in=["awaiting_payment", "active", "grace", "suspended"]
                )
                & ~Q(source="legacy"),
                name="subscription_one_for_the_organization",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("anchor")),
                name="subscription_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(status="replaced") | Q(replaced_by__isnull=False),
                name="subscription_replaced_by_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version.plan.name} · {self.organization.name}"

    def running(self) -> Running:
        """The frozen input of `rules.subscriptions`. Needs `version__plan` loaded. An unpaid term is the last."""
        return Running(
            anchor=self.anchor,
            zone=self.time_zone,
            interval=Interval(self.version.plan.interval),
            months=Months(self.months),
            periods_opened=self.periods_opened,
            ends_at=self.last_instant,
        )

    @property
    def last_instant(self) -> datetime | None:
        """Where it stops as things stand: by notice, by its nature, or because its running term is unpaid."""
        return min((at for at in (self.ends_at, self.unpaid_until) if at is not None), default=None)

    def contract(self) -> Contract:
        """The frozen input of `rules.coverage`. Needs `version` loaded."""
        return Contract(
            id=self.pk,
            licence=self.licence_id,
            status=State(self.status),
            rank=NO_RANK if self.asleep else self.version.rank,
            starts=self.anchor,
            ends=self.ended_at or self.last_instant,
            next_period=None if self.next_due_at == self.last_instant else self.next_due_at,
        )


class MissedTerm(models.Model):
    """A term that was over before anybody billed it: for a person to decide (row 20)."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="missed_terms")
    number = models.PositiveIntegerField()
    start = models.DateTimeField()
    end = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "number"], name="missed_term_is_once")]

    def __str__(self) -> str:
        return f"{self.subscription_id}#{self.number}"
