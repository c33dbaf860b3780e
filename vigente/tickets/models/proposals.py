"""Questions put to a customer about a case: a quotation, a split, a draw they may dispute."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.tickets.models.messages import Message
from vigente.tickets.models.tickets import Ticket


class Quotation(models.Model):
    """Work the plan does not cover (R9, row 11): asked for, quoted by the owner, accepted or declined, objected to
    once.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested", _("Por cotizar")
        QUOTED = "quoted", _("Cotizada")
        ACCEPTED = "accepted", _("Aceptada")
        DECLINED = "declined", _("Rechazada")
        OBJECTED = "objected", _("Objetada")
        COVERED = "covered", _("Cubierta")  # the objection was upheld

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="quotation")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.REQUESTED)
    reclassified_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.PositiveBigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    scope = models.TextField(blank=True)
    objection = models.TextField(blank=True)
    objected_at = models.DateTimeField(null=True)
    objection_decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    quoted_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"quotation of {self.ticket_id}"


class SplitProposal(models.Model):
    """A new problem inside a case (row 14): the customer is told first; silence until `answer_until` is a no."""

    class Status(models.TextChoices):
        ASKED = "asked", _("Preguntado")
        ACCEPTED = "accepted", _("Aceptado")
        DECLINED = "declined", _("Rechazado")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="split_proposals")
    messages: "models.ManyToManyField[Message, models.Model]" = models.ManyToManyField(
        Message, related_name="+"
    )
    subject = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ASKED)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    child = models.OneToOneField(Ticket, null=True, on_delete=models.PROTECT, related_name="split_from")
    asked_at = models.DateTimeField()
    answer_until = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"split of {self.ticket_id}"


class DrawDispute(models.Model):
    """A case opened for the customer (row 15): they may dispute its draw until `until`; a second person decides."""

    class Status(models.TextChoices):
        POSSIBLE = "possible", _("Se puede objetar")
        OPEN = "open", _("Objetada")
        UPHELD = "upheld", _("Dada la razón")
        REFUSED = "refused", _("Rechazada")

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="dispute")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.POSSIBLE)
    text = models.TextField(blank=True)
    until = models.DateTimeField()
    disputed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"dispute of {self.ticket_id}"
