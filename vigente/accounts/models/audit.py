"""What a person did that no event tells: settings, people, tokens, sign-ins, exports.

Rows are added and never changed. Together with the events they are the audit log (`vigente/events/trail.py`).
"""

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from vigente.accounts.models.people import User


class Deed(StrEnum):
    """The kinds of entries, `noun.verb`. A value never changes its meaning. What `data` holds stands beside each."""

    PAGE_SENT = "page.sent"  # a form or button of the workspace of which no service told more
    PAGE_EXPORTED = "page.exported"  # asked: what the list was narrowed to
    SIGNED_IN = "sign_in.succeeded"  # ways, agent
    SIGN_IN_FAILED = "sign_in.failed"  # why: password, inactive, second_factor, too_many; agent
    SESSION_ENDED = "sign_in.ended"  # began, of: the address it was begun from
    PASSWORD_CHANGED = "person.password_changed"
    SECOND_FACTOR_ADDED = "person.second_factor_added"  # type
    SECOND_FACTOR_REMOVED = "person.second_factor_removed"  # type
    SECOND_FACTOR_REQUIRED = "security.second_factor"
    PERSON_CHANGED = "person.changed"
    DRAW_POLICY_CHANGED = "organization.draw_policy_changed"
    MEMBERSHIP_CHANGED = "membership.changed"  # organization
    MEMBERSHIP_ENDED = "membership.ended"  # organization
    INVITATION_SENT = "invitation.sent"  # organization
    INVITATION_REVOKED = "invitation.revoked"  # organization
    INVITATION_ACCEPTED = "invitation.accepted"  # organization
    SPAM_RULE_ADDED = "spam.added"
    SPAM_RULE_CHANGED = "spam.changed"
    SPAM_RULE_REMOVED = "spam.removed"
    TOKEN_ISSUED = "token.issued"  # scopes, expires
    TOKEN_REVOKED = "token.revoked"
    WEBHOOK_ADDED = "webhook.added"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_SECRET_CHANGED = "webhook.secret_changed"
    WEBHOOK_REMOVED = "webhook.removed"


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: "User") -> "AuditEntryQuerySet":
        """For owners."""
        return self if user.is_authenticated and user.is_active and user.is_owner else self.none()


class AuditEntry(models.Model):
    """`subject`: as of an event, "token:3". `label`: its name at that moment. `before` and `after`: what changed."""

    kind = models.CharField(max_length=48)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    subject = models.CharField(max_length=64)
    label = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    data = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)
    channel = models.CharField(max_length=12, blank=True)
    occurred_at = models.DateTimeField()
    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["occurred_at", "id"], name="audit_by_time"),
            models.Index(fields=["actor", "occurred_at", "id"], name="audit_by_actor"),
            models.Index(fields=["subject", "id"], name="audit_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("an entry of the audit log does not change")
        super().save(*args, **kwargs)
