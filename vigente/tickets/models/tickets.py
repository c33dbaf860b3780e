"""The case itself: what was asked, the decision that let it in, where it stands and where it is in line."""

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Membership, Organization, User
from vigente.billing.models import Licence, WorkType
from vigente.rules.coverage import Decision
from vigente.rules.lifecycle import DONE, IN_LINE, PAUSED
from vigente.rules.lifecycle import Status as State
from vigente.rules.precedence import LEAST_SEVERE, MOST_SEVERE
from vigente.sla.models import SlaPolicy
from vigente.tickets.labels import severity_meaning, severity_name, status_meaning, status_name
from vigente.tickets.models.departments import Department


class TicketNumber(models.Model):
    """The counter of case numbers: one row, raised by a conditional UPDATE."""

    last = models.PositiveBigIntegerField(default=1000)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="ticket_number_is_one_row")]

    def __str__(self) -> str:
        return str(self.last)


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, user: User) -> "TicketQuerySet":
        """Staff see all. A customer sees the cases they take part in, a manager also every case of the
        organization; whoever
        left an organization sees its cases no more."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_staff_member:
            return self
        seats = Membership.objects.filter(user=user).values("organization")
        belongs = Q(organization__isnull=True) | Q(organization__in=seats)
        takes_part = Q(requester=user) | Exists(Participant.objects.filter(ticket=OuterRef("pk"), user=user))
        managed = seats.filter(role=Membership.Role.MANAGER)
        return self.filter(takes_part & belongs | Q(organization__in=managed))

    def in_line(self) -> "TicketQuerySet":
        """Support cases that wait for an agent, in order of attention (R10); see `rules.precedence`."""
        return self.filter(waits=True).order_by(*ORDER_OF_ATTENTION)


ORDER_OF_ATTENTION = ("place_group", "place_at", "id")


class TicketManager(models.Manager["Ticket"].from_queryset(TicketQuerySet)):  # type: ignore[misc]
    """Every case but those in the trash: no list, search, count or service finds them. `Ticket.everything` does."""

    def get_queryset(self) -> TicketQuerySet:
        found: TicketQuerySet = super().get_queryset()
        return found.filter(in_trash=False)


class Ticket(models.Model):
    """A case. `due_at`, `alert_at`, `place_group`, `place_at` and `rank` are stamps for sorting, never the truth:
    `verify` rebuilds them.

    `draw` numbers the draws of this case in the ledger ("ticket:<number>:<draw>"); 0 means it never drew. `drawn`
    says whether the
    latest one stands. `closed_by_person_at` starts the reopening window (row 9). `decision` is the value that let
    it in.
    """

    class Status(models.TextChoices):
        NEW = State.NEW.value, _("Nuevo")
        OPEN = State.OPEN.value, _("Abierto")
        WAITING_CUSTOMER = State.WAITING_CUSTOMER.value, _("Esperando al cliente")
        WAITING_THIRD = State.WAITING_THIRD.value, _("Esperando a un tercero")
        ON_HOLD = State.ON_HOLD.value, _("En pausa")
        SOLVED = State.SOLVED.value, _("Resuelto")
        CLOSED = State.CLOSED.value, _("Cerrado")

    class Queue(models.TextChoices):
        SUPPORT = "support", _("En la fila")
        QUOTATION = "quotation", _("Por cotizar")

    class Channel(models.TextChoices):
        WEB = "web", _("Portal")
        EMAIL = "email", _("Correo")
        API = "api", _("API")
        PHONE = "phone", _("Teléfono")

    class Severity(models.IntegerChoices):
        NORMAL = 0, _("Normal")
        HIGH = 1, _("Alta")
        CRITICAL = 2, _("Crítica")

    number = models.PositiveBigIntegerField(unique=True)
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="tickets"
    )
    licence = models.ForeignKey(
        Licence, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets"
    )
    requester = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tickets")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="tickets")
    assignee = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="assigned_tickets"
    )
    work_type = models.ForeignKey(WorkType, on_delete=models.PROTECT, related_name="+")
    sla_policy = models.ForeignKey(
        SlaPolicy, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    subject = models.CharField(max_length=200)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.NEW)
    label = models.ForeignKey(
        "tickets.CaseStatus", null=True, blank=True, on_delete=models.PROTECT, related_name="tickets"
    )  # one of its state's; none, or one of another state's: the default of its state
    queue = models.CharField(max_length=9, choices=Queue.choices, default=Queue.SUPPORT)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    severity = models.SmallIntegerField(default=Severity.NORMAL)  # a level: `SeverityLevel` names it
    decision = models.JSONField()
    draw = models.PositiveSmallIntegerField(default=0)
    drawn = models.BooleanField(default=False)
    vendor_fault = models.BooleanField(default=False)
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="follow_ups"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed"
    )
    rank = models.PositiveSmallIntegerField()
    allowance_minutes = models.PositiveIntegerField(default=0)
    place_group = models.IntegerField()
    place_at = models.DateTimeField()
    accepted_at = models.DateTimeField()
    first_reply_due_at = models.DateTimeField(null=True, blank=True)
    first_replied_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    due_of = models.CharField(max_length=11, blank=True)  # which promise `due_at` is of
    alert_at = models.DateTimeField(null=True, blank=True)  # when something is to be said of a promise
    last_activity_at = models.DateTimeField()
    waits = models.GeneratedField(  # in line: SQLite uses a partial index only if its condition takes no parameter
        expression=Case(
            When(status__in=["new", "open"], queue="support", then=Value(True)), default=Value(False)
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    last_reply_by = models.CharField(max_length=8, blank=True)  # customer | agent
    solved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_person_at = models.DateTimeField(null=True, blank=True)
    minutes_spent = models.PositiveIntegerField(default=0)  # the sum of its `TimeSpent`
    locked_at = models.DateTimeField(null=True, blank=True)  # it takes no replies, from nobody and by no road
    in_trash = models.BooleanField(default=False, db_default=False)  # see `TrashedCase`
    objects = TicketManager()
    everything = TicketQuerySet.as_manager()  # with the trash: for the books, and for what brings a case back

    class Meta:
        indexes = [
            models.Index(
                fields=["place_group", "place_at", "id"], name="ticket_line", condition=Q(waits=True)
            ),
            models.Index(
                fields=["department", "place_group", "place_at", "id"],
                name="ticket_line_by_department",
                condition=Q(waits=True),
            ),
            models.Index(
                fields=["department", "place_group", "place_at", "id"],
                name="ticket_line_unassigned",
                condition=Q(waits=True, assignee__isnull=True),
            ),
            models.Index(
                fields=["assignee", "place_group", "place_at", "id"],
                name="ticket_line_by_assignee",
                condition=Q(waits=True),
            ),
            models.Index(fields=["assignee", "status", "place_group", "place_at"], name="ticket_by_assignee"),
            models.Index(fields=["organization", "-accepted_at", "-id"], name="ticket_by_organization"),
            models.Index(fields=["requester", "-accepted_at", "-id"], name="ticket_by_requester"),
            models.Index(fields=["status", "last_activity_at", "id"], name="ticket_by_status"),
            models.Index(fields=["last_activity_at", "id"], name="ticket_by_activity"),
            models.Index(
                fields=["alert_at", "id"], name="ticket_alerts", condition=Q(alert_at__isnull=False)
            ),
            models.Index(
                fields=["queue", "status", "accepted_at"],
                name="ticket_quotations",
                condition=Q(queue="quotation"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(severity__gte=LEAST_SEVERE, severity__lte=MOST_SEVERE),
                name="ticket_severity_is_a_level",
            ),
            models.CheckConstraint(condition=~Q(drawn=True) | Q(draw__gte=1), name="ticket_drawn_has_a_draw"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(status="closed"), name="ticket_merged_is_closed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.subject}"

    @property
    def draw_source(self) -> str:
        """The name of the latest draw in the ledger."""
        return f"ticket:{self.number}:{self.draw}"

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """What the owner calls its status, in the reader's language."""
        return status_name(self.status, self.label_id)

    @property
    def status_meaning(self) -> str:
        """What the badge component calls the colour of its status."""
        return status_meaning(self.status, self.label_id)

    def get_severity_display(self) -> str:
        """What the owner calls its level, in the reader's language."""
        return severity_name(self.severity)

    @property
    def severity_meaning(self) -> str:
        """What the badge component calls the colour of its level."""
        return severity_meaning(self.severity)

    @property
    def event_subject(self) -> str:
        return f"ticket:{self.pk}"

    @property
    def is_done(self) -> bool:
        return self.status in DONE

    @property
    def is_paused(self) -> bool:
        return self.status in PAUSED

    @property
    def in_line(self) -> bool:
        return self.status in IN_LINE and self.queue == self.Queue.SUPPORT

    def decision_value(self) -> Decision:
        return Decision.from_json(self.decision)

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("portal:ticket", args=[self.number])


class Participant(models.Model):
    """Somebody besides the requester who takes part in a case, and so sees it and may reply by mail."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="participations")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="participant_is_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.ticket_id}"


class TicketLink(models.Model):
    """Two cases that belong together: split, same problem, related."""

    class Kind(models.TextChoices):
        FOLLOW_UP = "follow_up", _("Continuación")
        SPLIT = "split", _("Separado de")
        RELATED = "related", _("Relacionado")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="linked_from")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "other"], name="link_is_once"),
            models.CheckConstraint(condition=~Q(ticket=models.F("other")), name="link_joins_two"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.other_id}"
