"""People and the organizations they act for; tokens for programs.

What is here: User, Organization, Membership, ApiToken. What is not: what an organization bought (billing), cases
(tickets).
"""

import hashlib
import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is to the vendor. A manager of an organization is a customer with a membership that says so."""

    CUSTOMER = "customer", _("Cliente")
    AGENT = "agent", _("Técnico")
    SUPERVISOR = "supervisor", _("Supervisor")
    OWNER = "owner", _("Propietario")


STAFF_ROLES = (Role.AGENT, Role.SUPERVISOR, Role.OWNER)
SUPERVISING_ROLES = (Role.SUPERVISOR, Role.OWNER)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "User") -> "UserQuerySet":
        """Staff see everybody; a customer sees the people of their organizations."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_staff_member:
            return self
        own = Membership.objects.filter(user=user).values("organization")
        return self.filter(
            Q(pk=user.pk) | Q(pk__in=Membership.objects.filter(organization__in=own).values("user"))
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user: User = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=email.lower())


class User(AbstractBaseUser):
    """A person. Signs in by e-mail address, kept in lower case."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.CUSTOMER)
    language = models.CharField(max_length=5, default="es")
    time_zone = models.CharField(max_length=64, default="America/Managua")
    is_active = models.BooleanField(default=True)
    away = models.BooleanField(default=False)
    date_joined = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_is_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        if self.date_joined is None:
            from django.utils import timezone  # allauth creates users without an instant

            self.date_joined = timezone.now()
        super().save(*args, **kwargs)

    @property
    def is_staff_member(self) -> bool:
        return self.role in STAFF_ROLES

    @property
    def is_supervisor(self) -> bool:
        return self.role in SUPERVISING_ROLES

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def visible_to(self, user: User) -> "OrganizationQuerySet":
        """Staff see all; a customer sees the organizations they belong to."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_staff_member:
            return self
        return self.filter(memberships__user=user)

    def managed_by(self, user: User) -> "OrganizationQuerySet":
        """The organizations this person manages; for supervisors and owners, all."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_supervisor:
            return self
        return self.filter(memberships__user=user, memberships__role=Membership.Role.MANAGER)


class Organization(models.Model):
    """A company that uses the vendor's product."""

    class DrawBy(models.TextChoices):
        """Who may spend the last cases (row 46); empty means as the rulebook says."""

        ANYONE = "anyone", _("Cualquier persona")
        NAMED = "named", _("Personas autorizadas")
        APPROVE = "approve", _("Con aprobación del responsable")

    name = models.CharField(max_length=160)
    external_ref = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=5, default="es")
    notes = models.TextField(blank=True)
    draw_by = models.CharField(max_length=8, choices=DrawBy.choices, blank=True)
    approve_beyond = models.PositiveIntegerField(default=0)
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_reason = models.TextField(blank=True)
    created_at = models.DateTimeField()
    members: "models.ManyToManyField[User, Membership]" = models.ManyToManyField(
        User, through="Membership", related_name="organizations"
    )
    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["name", "id"], name="organization_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_blocked(self) -> bool:
        return self.blocked_at is not None


class Membership(models.Model):
    """A person acting for an organization."""

    class Role(models.TextChoices):
        MANAGER = "manager", _("Responsable")
        MEMBER = "member", _("Persona")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.MEMBER)
    may_draw = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organization"], name="membership_is_once")]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.organization_id}"


SCOPES = (
    "coverage", "tickets:read", "tickets:write", "queue", "statement", "coverage:any", "rulebook", "simulations",
    "webhooks", "billing:read", "billing:write",
)  # fmt: skip


class ApiToken(models.Model):
    """A bearer token. Only its SHA-256 is kept. With a user it may do what that user may; without, it is the
    product's.
    """

    name = models.CharField(max_length=120)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @staticmethod
    def new_secret() -> str:
        return "vig_" + secrets.token_urlsafe(32)

    def is_usable(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open_at(self, now: datetime) -> "InvitationQuerySet":
        """Those that can still be accepted."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)


class Invitation(models.Model):
    """A seat offered to an address. Nothing comes of it until somebody who reads that mailbox takes it, in time."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=8, choices=Membership.Role.choices, default=Membership.Role.MEMBER)
    may_draw = models.BooleanField(default=True)
    language = models.CharField(max_length=5, default="es")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} → {self.organization_id}"

    def is_open(self, now: datetime) -> bool:
        return self.accepted_at is None and self.revoked_at is None and now < self.expires_at
