"""How cases are sorted by people: tags."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.installation.translated import in_language
from vigente.tickets.models.tickets import Ticket

LONGEST_NAME = 40


class TagQuerySet(models.QuerySet["Tag"]):
    def visible_to(self, user: User) -> "TagQuerySet":
        """Tags are the staff's own words: no customer sees them."""
        return self if user.is_authenticated and user.is_active and user.is_staff_member else self.none()

    def offered(self) -> "TagQuerySet":
        """Those that may be put on a case now."""
        return self.filter(retired_at__isnull=True)


class Tag(models.Model):
    """A word the staff puts on cases. `names`: by language. Retired ones stay where they are, but on no new case."""

    class Colour(models.TextChoices):
        PLAIN = "plain", _("Gris")
        BRAND = "brand", _("Verde de la marca")
        OK = "ok", _("Verde")
        INFO = "info", _("Azul")
        ATTENTION = "attention", _("Ámbar")
        DANGER = "danger", _("Rojo")

    names = models.JSONField()
    colour = models.CharField(max_length=9, choices=Colour.choices, default=Colour.PLAIN)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)
    tickets: "models.ManyToManyField[Ticket, TicketTag]" = models.ManyToManyField(
        Ticket, through="TicketTag", related_name="tags"
    )
    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.CheckConstraint(condition=~Q(names={}), name="tag_has_a_name")]

    def __str__(self) -> str:
        return in_language(self.names)

    @property
    def meaning(self) -> str:
        """What the badge component calls its colour."""
        return "" if self.colour == self.Colour.PLAIN else self.colour


class TicketTag(models.Model):
    """A tag on a case, since when and by whom; nobody: a rule."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="taggings")
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "tag"], name="tag_is_once_on_a_case")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.ticket_id}"
