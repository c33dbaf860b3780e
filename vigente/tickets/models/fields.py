"""Fields the vendor invents for cases, and what stands in them."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.billing.models import WorkType
from vigente.installation.translated import in_language
from vigente.rules import fields as rules
from vigente.rules.patterns import Pattern
from vigente.tickets.models.departments import Department
from vigente.tickets.models.tickets import Ticket


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def visible_to(self, user: User) -> "CustomFieldQuerySet":
        """The staff all, customers the public ones."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_staff_member else self.filter(public=True)

    def offered(self) -> "CustomFieldQuerySet":
        """Those that are asked for now."""
        return self.filter(retired_at__isnull=True)


class CustomField(models.Model):
    """One field. `options`: [{"code", "names"}]; a code never changes its meaning. `pattern_error`: by language, what
    is said to an answer that does not fit. `depends_option`: the option of `depends_on` where it is asked. `public`:
    customers are asked for it and see it. Without departments or kinds of work, it is asked in all of them.
    """

    class Kind(models.TextChoices):
        TEXT = rules.Kind.TEXT.value, _("Texto de una línea")
        TEXTAREA = rules.Kind.TEXTAREA.value, _("Texto largo")
        BOOLEAN = rules.Kind.BOOLEAN.value, _("Sí o no")
        CHECKBOX = rules.Kind.CHECKBOX.value, _("Casilla")
        OPTIONS = rules.Kind.OPTIONS.value, _("Una opción, en lista")
        RADIO = rules.Kind.RADIO.value, _("Una opción, en botones")
        MULTIPLE = rules.Kind.MULTIPLE.value, _("Varias opciones, en lista")
        CHECKLIST = rules.Kind.CHECKLIST.value, _("Varias opciones, en casillas")
        DATE = rules.Kind.DATE.value, _("Fecha")
        RATING = rules.Kind.RATING.value, _("De 1 a 5")

    names = models.JSONField()
    kind = models.CharField(max_length=9, choices=Kind.choices)
    options = models.JSONField(default=list, blank=True)
    public = models.BooleanField(default=False)
    required = models.BooleanField(default=False)
    locked = models.BooleanField(default=False)
    pattern = models.CharField(max_length=200, blank=True)
    pattern_error = models.JSONField(default=dict, blank=True)
    depends_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="dependents"
    )
    depends_option = models.CharField(max_length=40, blank=True)
    departments: "models.ManyToManyField[Department, models.Model]" = models.ManyToManyField(
        Department, related_name="+", blank=True
    )
    work_types: "models.ManyToManyField[WorkType, models.Model]" = models.ManyToManyField(
        WorkType, related_name="+", blank=True
    )
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)
    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(names={}), name="custom_field_has_a_name"),
            models.CheckConstraint(
                condition=Q(depends_on__isnull=True, depends_option="")
                | Q(depends_on__isnull=False) & ~Q(depends_option=""),
                name="custom_field_depends_on_an_option",
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.names)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Codes with their names for the reader."""
        return [(option["code"], in_language(option["names"])) for option in self.options]

    def definition(self) -> rules.Field:
        """For the rules. Reads the departments and kinds of work: prefetch them."""
        departments = frozenset(one.pk for one in self.departments.all())
        return rules.Field(
            self.pk,
            rules.Kind(self.kind),
            options=tuple(option["code"] for option in self.options),
            required=self.required,
            locked=self.locked,
            pattern=Pattern(self.pattern) if self.pattern else None,
            depends=(self.depends_on_id, self.depends_option) if self.depends_on_id else None,
            departments=departments or None,
            works=frozenset(one.pk for one in self.work_types.all()) or None,
        )

    def said(self, value: Any) -> str:
        """A value as it is read: options by their names."""
        names = dict(self.choices)
        if isinstance(value, bool):
            return gettext("Sí") if value else gettext("No")
        if isinstance(value, list):
            return ", ".join(names.get(code) or str(code) for code in value)
        if self.kind == self.Kind.DATE:
            return date_format(date.fromisoformat(value))
        return f"{value} / {rules.STARS}" if isinstance(value, int) else names.get(value, value)


class FieldValue(models.Model):
    """What stands in a field of a case."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="field_values")
    field = models.ForeignKey(CustomField, on_delete=models.PROTECT, related_name="values")
    value = models.JSONField()
    set_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "field"], name="field_value_is_once")]

    def __str__(self) -> str:
        return f"{self.field_id} of {self.ticket_id}"

    @property
    def said(self) -> str:
        return self.field.said(self.value)
