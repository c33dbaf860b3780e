"""One row per thing that happened, written in the transaction in which it happened. History, mail and reports read
it.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models

from vigente.accounts.models import Organization, User
from vigente.events.kinds import Kind
from vigente.installation.origin import origin
from vigente.installation.rows import insert

_BY_A_PERSON = models.Q(actor__isnull=False)


class Event(models.Model):
    """Append-only. `dispatched_at` is set by the worker once every consumer has run (see worker/consumers.py)."""

    kind = models.CharField(max_length=48)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.SET_NULL, related_name="events"
    )
    subject = models.CharField(max_length=48)  # "ticket:12", "subscription:3", "held:7"
    data = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True, default="")  # from where, if in a request
    channel = models.CharField(max_length=12, blank=True, default="")
    occurred_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="event_by_subject"),
            models.Index(
                fields=["id"], name="event_undispatched", condition=models.Q(dispatched_at__isnull=True)
            ),
            # the audit log: what people did
            models.Index(fields=["occurred_at", "id"], name="event_by_people", condition=_BY_A_PERSON),
            models.Index(
                fields=["actor", "occurred_at", "id"], name="event_by_actor", condition=_BY_A_PERSON
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


def record(
    kind: Kind,
    *,
    subject: str,
    now: datetime,
    actor: User | None = None,
    organization: Organization | None = None,
    organization_id: int | None = None,
    **data: Any,
) -> Event:
    """Write that `kind` happened to `subject` at `now`. Call it inside the transaction of the change itself."""
    event = happening(
        kind,
        subject=subject,
        now=now,
        actor=actor,
        organization_id=organization.pk if organization is not None else organization_id,
        **data,
    )
    insert(event)
    return event


def happening(
    kind: Kind, *, subject: str, now: datetime, actor: User | None, organization_id: int | None, **data: Any
) -> Event:
    """The event that `record` writes, unsaved: to be inserted together with other rows."""
    found = origin()
    found.traces += actor is not None
    return Event(
        kind=kind.value,
        subject=subject,
        actor=actor,
        organization_id=organization_id,
        data=data,
        address=found.address,
        channel=found.channel,
        occurred_at=now,
    )
