"""Texts that are sent often, written once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.tickets.models.departments import Department


class CannedResponseQuerySet(models.QuerySet["CannedResponse"]):
    def visible_to(self, user: User) -> "CannedResponseQuerySet":
        """Staff only: those of all, of one's departments (a supervisor's are all departments), and one's own."""
        if not user.is_authenticated or not user.is_active or not user.is_staff_member:
            return self.none()
        teams = Q(department__isnull=False)
        if not user.is_supervisor:
            teams = Q(department__in=user.departments.values("pk"))
        shared = Q(sharing=CannedResponse.Sharing.ALL) | teams & Q(sharing=CannedResponse.Sharing.DEPARTMENT)
        return self.filter(shared | Q(owner=user))


class CannedResponse(models.Model):
    """A saved reply with merge fields (`rules/merge`), in one or several languages.

    `texts`: {"es": "…", "en": "…"}, at least one. `tags`: plain words. `uses` and `last_used_at` follow each message
    that was sent with it.
    """

    class Sharing(models.TextChoices):
        PRIVATE = "private", _("Solo yo")
        DEPARTMENT = "department", _("Un departamento")
        ALL = "all", _("Todo el equipo")

    title = models.CharField(max_length=120)
    texts = models.JSONField()
    tags = models.JSONField(default=list, blank=True)
    sharing = models.CharField(max_length=10, choices=Sharing.choices, default=Sharing.PRIVATE)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE, related_name="canned_responses"
    )
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="canned_responses")
    uses = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    objects = CannedResponseQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sharing="department", department__isnull=False)
                | ~Q(sharing="department") & Q(department__isnull=True),
                name="canned_response_department_if_shared_there",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def text_in(self, language: str) -> str:
        """The text in this language, else in the first there is."""
        texts: dict[str, str] = self.texts
        return texts.get(language) or next((text for text in texts.values() if text), "")
