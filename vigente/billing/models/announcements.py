"""What leads to new rules and what is told of them: drafts, announcements with their copies, imports of customers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from vigente.accounts.models import Organization, User
from vigente.billing.models.rulebooks import RulebookVersion
from vigente.rules.rulebook import Rulebook


class RulebookDraft(models.Model):
    """Rules somebody is working on. Nothing follows from a draft until it is published as a version."""

    name = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    effective_on = models.DateField(null=True, blank=True)  # local day of its own zone; none: when published
    note = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["-updated_at", "-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def book(self) -> Rulebook:
        return Rulebook.from_json(self.data)


class Announcement(models.Model):
    """New rules, told in both languages before they bind. `before` and `after` are kept as they were when it was made,
    so that each customer's letter says the same however late it goes out.
    """

    title_es = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160)
    text_es = models.TextField()
    text_en = models.TextField()
    before = models.JSONField()
    after = models.JSONField()
    effective_from = models.DateTimeField()
    shown_until = models.DateTimeField()  # on the portal's first page
    version = models.ForeignKey(
        RulebookVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)  # since then customers read it

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_en if (get_language() or "es").startswith("en") else self.title_es

    @property
    def text(self) -> str:
        return self.text_en if (get_language() or "es").startswith("en") else self.text_es


class AnnouncementCopy(models.Model):
    """One customer's copy: told once, to all its managers. `told_at` with `readers` 0: it has no manager."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="copies")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)
    readers = models.PositiveIntegerField(default=0)
    reminders = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "organization"], name="announcement_once_per_organization"
            )
        ]
        indexes = [
            models.Index(
                fields=["announcement", "id"],
                name="announcement_copy_waiting",
                condition=Q(told_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id} → {self.organization_id}"


class CustomerImport(models.Model):
    """A table of customers on its way in. `lines`: of its rows that can be used; `done`: how many of them are in."""

    name = models.CharField(max_length=160, blank=True)
    text = models.TextField()
    lines = models.JSONField(default=list)
    done = models.PositiveIntegerField(default=0)
    made = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"
