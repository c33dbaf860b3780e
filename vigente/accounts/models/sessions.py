"""Where a person is signed in."""

from typing import Any

from django.contrib.sessions.models import Session
from django.db import models

from vigente.accounts.models.people import User


class UserSessionQuerySet(models.QuerySet["UserSession"]):
    def visible_to(self, user: User) -> "UserSessionQuerySet":
        """One's own; for owners everybody's."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_owner else self.filter(user=user)

    def live_at(self, now: Any) -> "UserSessionQuerySet":
        """Those that still let somebody in."""
        return self.filter(key__in=Session.objects.filter(expire_date__gt=now).values("session_key"))


class UserSession(models.Model):
    """A sign-in that may still be in use: whose, since when, from where, with what. `key` is the session's."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    key = models.CharField(max_length=40, unique=True)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField()
    objects = UserSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at", "-id"]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.address}"
