"""Requests that arrived without coverage: kept whole, counted nowhere, let in the moment coverage appears."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Membership, Organization, User
from vigente.billing.models import Licence, WorkType
from vigente.rules.coverage import Decision
from vigente.tickets.models.departments import Department
from vigente.tickets.models.spam import SpamRule
from vigente.tickets.models.tickets import Ticket


class HeldRequestQuerySet(models.QuerySet["HeldRequest"]):
    def visible_to(self, user: User) -> "HeldRequestQuerySet":
        """Staff see all; a customer their own, while they belong to its organization; a manager those of the
        organization. What became a case in the trash lies there with it.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        rows = self.filter(Q(ticket__isnull=True) | Q(ticket__in_trash=False))
        if user.is_staff_member:
            return rows
        seats = Membership.objects.filter(user=user).values("organization")
        belongs = Q(organization__isnull=True) | Q(organization__in=seats)
        managed = seats.filter(role=Membership.Role.MANAGER)
        return rows.filter(Q(requester=user) & belongs | Q(organization__in=managed))


class HeldRequest(models.Model):
    """A held request. `hold_until` moves when the clock stops for it; after `erase_at` the text is gone, the row
    stays.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("En espera")
        CHOOSE = "choose", _("Por elegir")  # renewed while waiting (row 45)
        APPROVAL = "approval", _("Por aprobar")  # a manager decides (row 46)
        RELEASED = "released", _("Aceptada")
        EXPIRED = "expired", _("Vencida")
        WITHDRAWN = "withdrawn", _("Retirada")
        SPAM = "spam", _("Spam")  # caught by a rule: answered to nobody, out of every list but its own

    token = models.CharField(max_length=32, unique=True)
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="held_requests"
    )
    licence = models.ForeignKey(Licence, null=True, on_delete=models.PROTECT, related_name="held_requests")
    requester = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="held_requests")
    email = models.EmailField()
    sender_name = models.CharField(max_length=160, blank=True)
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    work_type = models.ForeignKey(WorkType, null=True, on_delete=models.PROTECT, related_name="+")
    follows = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="held_follow_ups")
    subject = models.CharField(max_length=200)
    html = models.TextField()
    text = models.TextField()
    fields = models.JSONField(default=dict, blank=True)  # answers to the vendor's own fields, by key
    channel = models.CharField(max_length=5, choices=Ticket.Channel.choices)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.WAITING)
    decision = models.JSONField()
    caught_by = models.ForeignKey(SpamRule, null=True, on_delete=models.SET_NULL, related_name="requests")
    answer = models.TextField(blank=True)  # staff: a link to an article or a request for data (row 50)
    ticket = models.OneToOneField(Ticket, null=True, on_delete=models.PROTECT, related_name="held_request")
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    hold_until = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    erase_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    objects = HeldRequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "received_at", "id"], name="held_by_status"),
            models.Index(fields=["organization", "status", "received_at"], name="held_by_organization"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="released") | Q(ticket__isnull=False), name="held_released_has_a_ticket"
            )
        ]

    def __str__(self) -> str:
        return f"held {self.pk} · {self.subject}"

    @property
    def event_subject(self) -> str:
        return f"held:{self.pk}"

    def decision_value(self) -> Decision:
        return Decision.from_json(self.decision)


class Submission(models.Model):
    """The same submission sent twice is one case and one draw (row 6): the key is unique, the answer is the first
    one's.
    """

    key = models.CharField(max_length=160, unique=True)
    digest = models.CharField(max_length=64)  # of the content: the same key with another content is an error
    ticket = models.OneToOneField(Ticket, null=True, on_delete=models.CASCADE, related_name="submission")
    held = models.OneToOneField(HeldRequest, null=True, on_delete=models.CASCADE, related_name="submission")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
