"""The books of cases: grants, and the append-only entries that explain every balance.

Invariant, held by the database: `remaining = granted − drawn + released − expired − revoked`, never below 0; an
unlimited grant has
no remaining and still records its draws. Entries are never changed or deleted (triggers in `guards.py`). Only
`billing.services.ledger` writes here. Other packages name grants by id and read them through `billing.queries`.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Organization, User
from vigente.billing.models.subscriptions import Licence, Subscription
from vigente.rules.quota import GrantFacts
from vigente.rules.quota import Source as GrantSource


class Grant(models.Model):
    """A number of cases usable in `[start, end)`, UTC. `granted` and `remaining` None: unlimited. `key` makes it
    happen once.
    """

    class Source(models.TextChoices):
        PERIOD = GrantSource.PERIOD.value, _("Plan")
        PACK = GrantSource.PACK.value, _("Paquete extra")
        LEGACY = GrantSource.LEGACY.value, _("Plan anterior")
        GOODWILL = GrantSource.GOODWILL.value, _("Cortesía")
        LICENCE = GrantSource.LICENCE.value, _("Incluido con la licencia")

    key = models.CharField(max_length=80, unique=True)  # "period:12:3", "pack:…", "goodwill:ticket:1042"
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="grants")
    licence = models.ForeignKey(Licence, null=True, on_delete=models.PROTECT, related_name="grants")
    subscription = models.ForeignKey(Subscription, null=True, on_delete=models.PROTECT, related_name="grants")
    source = models.CharField(max_length=8, choices=Source.choices)
    period = models.PositiveIntegerField(null=True)
    granted = models.PositiveIntegerField(null=True)
    remaining = models.IntegerField(null=True)
    drawn = models.IntegerField(default=0)  # net of releases; also counts on unlimited grants
    draw_limit = models.PositiveIntegerField(
        null=True
    )  # at most so many drawn while its term is unpaid (row 25)
    start = models.DateTimeField()
    end = models.DateTimeField()
    rank = models.PositiveSmallIntegerField()
    work = models.JSONField(null=True)
    moved_from = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="+"
    )  # row 34
    moved_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)  # when the clock wrote the expiry of what was left
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "end"], name="grant_by_organization"),
            models.Index(fields=["end", "id"], name="grant_to_expire", condition=Q(expired_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining__isnull=True) | Q(remaining__gte=0), name="grant_never_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(remaining__isnull=True) | Q(remaining__lte=F("granted")),
                name="grant_never_above_granted",
            ),
            models.CheckConstraint(
                condition=Q(granted__isnull=True, remaining__isnull=True)
                | Q(granted__isnull=False, remaining__isnull=False),
                name="grant_unlimited_both_ways",
            ),
            models.CheckConstraint(condition=Q(drawn__gte=0), name="grant_drawn_not_negative"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="grant_span_not_empty"),
            models.UniqueConstraint(
                fields=["subscription", "period"],
                condition=Q(period__isnull=False),
                name="grant_one_per_period",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def usable(self) -> int | None:
        """Cases that may be drawn now: what remains or, while its term is unpaid, less. None: unlimited."""
        if self.draw_limit is None:
            return self.remaining
        most = max(self.draw_limit - self.drawn, 0)
        return most if self.remaining is None else min(self.remaining, most)

    def value(self) -> GrantFacts:
        """The frozen input of the rules."""
        return GrantFacts(
            id=self.pk,
            source=GrantSource(self.source),
            licence=self.licence_id,
            remaining=self.usable,
            start=self.start,
            end=self.end,
            created_at=self.created_at,
            rank=self.rank,
            work=None if self.work is None else frozenset(self.work),
            subscription=self.subscription_id,
        )


class LedgerEntry(models.Model):
    """One movement on a grant; `cases` is always positive, `kind` gives the sign. Unique (source, kind): nothing
    happens twice.
    """

    class Kind(models.TextChoices):
        GRANT = "grant", _("Asignación")
        DRAW = "draw", _("Uso")
        RELEASE = "release", _("Devolución")
        EXPIRY = "expiry", _("Vencimiento")
        REVOKE = "revoke", _("Anulación")

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    cases = models.PositiveIntegerField(null=True)  # None only for the grant entry of an unlimited grant
    source = models.CharField(
        max_length=80
    )  # "ticket:1042:1" (the draw's number on that case), "period:12:3"
    reason = models.CharField(max_length=32, blank=True)  # rules.reasons.Release
    is_favour = models.BooleanField(default=False)  # counts against the actor's monthly limit (row 39)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["grant", "at", "id"], name="entry_by_grant"),
            models.Index(fields=["actor", "at"], name="entry_favours", condition=Q(is_favour=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "kind"], name="entry_once_per_source"),
            models.CheckConstraint(
                condition=Q(cases__gte=1) | Q(kind="grant") | Q(kind="expiry", cases__gte=0),
                name="entry_moves_at_least_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cases} {self.source}"
