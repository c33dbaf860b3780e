"""Departments: who works there, what customers read of it, and what it is part of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import STAFF_ROLES, User
from vigente.tickets.models import Department
from vigente.tickets.models.departments import in_tree
from vigente.tickets.services import departments
from vigente.workspace.arranged.base import Arranged, Group
from vigente.workspace.forms.structure import NamedForm


class PartField(forms.ModelChoiceField):
    """Departments, each as deep as it stands."""

    def label_from_instance(self, obj: Department) -> str:
        return f"{obj.parent} › {obj}" if obj.parent else str(obj)


class DepartmentForm(NamedForm):
    """A department as the owner describes it."""

    longest = departments.LONGEST_NAME
    parent = PartField(
        label=_("Es parte de"), queryset=Department.objects.none(), required=False, empty_label=_("Ninguno")
    )
    is_default = forms.BooleanField(label=_("Recibe los casos nuevos"), required=False)
    is_public = forms.BooleanField(
        label=_("Los clientes lo eligen al pedir ayuda"),
        help_text=_("Se les pregunta cuando hay más de uno que pueden elegir."),
        required=False,
    )
    registered_only = forms.BooleanField(
        label=_("Solo para quien tiene cuenta"),
        help_text=_("Un correo de alguien sin cuenta a una dirección de este departamento se rechaza."),
        required=False,
    )
    agents = forms.ModelMultipleChoiceField(
        label=_("Técnicos"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    default_agents = forms.ModelMultipleChoiceField(
        label=_("Encargados de los casos nuevos"),
        help_text=_(
            "Cada caso nuevo va al que está presente y tiene menos. Sin marcar a nadie, esperan en la fila."
        ),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, row: Department | None = None, **kwargs: Any) -> None:
        if row is not None:
            kwargs |= {"names": row.names or {settings.LANGUAGE_CODE: row.name}, "initial": _initial(row)}
        super().__init__(*args, **kwargs)
        for code, language in settings.LANGUAGES:
            self.fields[f"description_{code}"] = forms.CharField(
                label=_t("Qué atiende, en %(language)s") % {"language": _t(language).lower()},
                max_length=departments.LONGEST_DESCRIPTION,
                required=False,
            )
        described = [f"description_{code}" for code, _language in settings.LANGUAGES]
        self.order_fields([*self.name_fields, *described])
        team = User.objects.filter(role__in=STAFF_ROLES, is_active=True).order_by("name", "email")
        others = Department.objects.offered().exclude(pk=row.pk if row else 0).select_related("parent")
        for name, rows in (("agents", team), ("default_agents", team), ("parent", others)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        codes = [code for code, _language in settings.LANGUAGES]
        data["descriptions"] = {code: data.get(f"description_{code}", "") for code in codes}
        return data


def _initial(row: Department) -> dict[str, Any]:
    names = ("parent", "is_default", "is_public", "registered_only")
    found = {name: getattr(row, f"{name}_id" if name == "parent" else name) for name in names}
    described = {f"description_{code}": text for code, text in row.descriptions.items()}
    return found | described | {"agents": row.agents.all(), "default_agents": row.default_agents.all()}


def _rows(user: User) -> QuerySet[Department]:
    used = Count("tickets", filter=Q(tickets__waits=True), distinct=True)
    return (
        Department.objects.visible_to(user)
        .annotate(used=used)
        .select_related("parent")
        .prefetch_related("agents", "default_agents")
    )


def _groups(rows: Sequence[Any]) -> list[Group]:
    """Those at the top, then the parts of each that has some."""
    tree = in_tree(rows)
    top = [row for row, depth in tree if depth == 0]
    parts: dict[Any, list[Any]] = {}
    for row, depth in tree:
        if depth:
            parts.setdefault(row.parent, []).append(row)
    inside = [
        Group(f"in-{whole.pk}", _t("En %(name)s") % {"name": whole}, some) for whole, some in parts.items()
    ]
    return [Group("top", "", top), *inside]


def _form(data: QueryDict | None, row: Any) -> DepartmentForm:
    return DepartmentForm(data, row=row)


def _save(row: Any, data: dict[str, Any], actor: User, now: datetime) -> Department:
    wanted = departments.Wanted(
        names=data["names"],
        descriptions=data["descriptions"],
        parent=data["parent"],
        is_default=data["is_default"],
        is_public=data["is_public"],
        registered_only=data["registered_only"],
        agents=data["agents"],
        default_agents=data["default_agents"],
    )
    return departments.save_department(department=row, wanted=wanted)


DEPARTMENTS = Arranged(
    slug="departments",
    title=_("Departamentos"),
    new=_("Departamento nuevo"),
    lead=_("Equipos. “Siguiente caso” da a cada técnico los de sus departamentos."),
    retired=_("Sus casos siguen ahí, y no les llega ninguno más."),
    row="workspace/arranged/department.html",
    rows=_rows,
    groups=_groups,
    form=_form,
    save=_save,
    retire=lambda row, now: departments.retire_department(department=row, now=now),
    restore=lambda row: departments.restore_department(department=row),
    order=departments.order_departments,
)
