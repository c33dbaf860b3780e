"""Lists of cases that people put together and keep."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.tickets.models.departments import Department


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> "SavedViewQuerySet":
        """Staff only: those of all, of one's departments (a supervisor's are all departments), and one's own."""
        if not user.is_authenticated or not user.is_active or not user.is_staff_member:
            return self.none()
        teams = Q(department__isnull=False)
        if not user.is_supervisor:
            teams = Q(department__in=user.departments.values("pk"))
        shared = Q(sharing=SavedView.Sharing.ALL) | teams & Q(sharing=SavedView.Sharing.DEPARTMENT)
        return self.filter(shared | Q(owner=user))


class SavedView(models.Model):
    """Cases that `search` (rules.searching) finds and of which `condition` (rules.conditions, JSON) holds, in `order`.

    It shows nobody a case they could not see without it. `is_default`: its owner's workspace begins there.
    """

    class Sharing(models.TextChoices):
        PRIVATE = "private", _("Solo yo")
        DEPARTMENT = "department", _("Un departamento")
        ALL = "all", _("Todo el equipo")

    class Order(models.TextChoices):
        NEWEST = "newest", _("Los más nuevos primero")
        OLDEST = "oldest", _("Los más antiguos primero")
        ACTIVE = "active", _("Los últimos con actividad primero")
        QUIET = "quiet", _("Los de más silencio primero")
        ATTENTION = "attention", _("En orden de atención: solo los que están en la fila")

    name = models.CharField(max_length=60)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_views")
    sharing = models.CharField(max_length=10, choices=Sharing.choices, default=Sharing.PRIVATE)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE, related_name="saved_views"
    )
    search = models.CharField(max_length=200, blank=True)
    condition = models.JSONField()
    order = models.CharField(max_length=9, choices=Order.choices, default=Order.NEWEST)
    position = models.PositiveIntegerField(default=0)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sharing="department", department__isnull=False)
                | ~Q(sharing="department") & Q(department__isnull=True),
                name="saved_view_department_if_shared_there",
            ),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_default=True), name="saved_view_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name
