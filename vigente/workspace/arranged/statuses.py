"""Statuses: labels with names and colours under the states, which decide everything and stay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.rules.lifecycle import UNSOLVED
from vigente.tickets.labels import STATES
from vigente.tickets.models import CaseStatus, Tag
from vigente.tickets.models.structure import LONGEST_NAME
from vigente.tickets.services import labels
from vigente.workspace.arranged.base import Arranged, Group
from vigente.workspace.forms.structure import NamedForm


class CaseStatusForm(NamedForm):
    """Its names for the staff and for the customer, its colour and, when it is new, its state."""

    state = forms.ChoiceField(
        label=_("Qué significa"),
        help_text=_("El estado decide si el caso espera en la fila, y no cambia después."),
        choices=[(str(state), name) for state, (name, _colour) in STATES.items() if state != "new"],
        widget=forms.RadioSelect,
    )
    colour = forms.ChoiceField(
        label=_("Color"), choices=Tag.Colour.choices, initial=Tag.Colour.PLAIN, widget=forms.RadioSelect
    )
    auto_close = forms.BooleanField(
        label=_("Resuelto así, se cierra solo tras unos días de silencio"), required=False, initial=True
    )

    def __init__(self, *args: Any, row: CaseStatus | None = None, **kwargs: Any) -> None:
        if row is not None:
            public = {f"public_{code}": text for code, text in row.public_names.items()}
            kwargs |= {
                "names": row.names,
                "initial": {"colour": row.colour, "auto_close": row.auto_close, **public},
            }
        super().__init__(*args, **kwargs)
        for code, language in settings.LANGUAGES:
            self.fields[f"public_{code}"] = forms.CharField(
                label=_t("Lo que lee el cliente, en %(language)s") % {"language": _t(language).lower()},
                help_text=_t("Vacío: las palabras de siempre."),
                max_length=LONGEST_NAME,
                required=False,
            )
        if row is not None:
            del self.fields["state"]
        if row is not None and (row.is_default or row.state != "solved"):
            del self.fields["auto_close"]
        self.order_fields([*self.name_fields, *(f"public_{code}" for code, _language in settings.LANGUAGES)])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data["public"] = {code: data.get(f"public_{code}", "") for code, _language in settings.LANGUAGES}
        return data


def _rows(user: User) -> QuerySet[CaseStatus]:
    used = Count("tickets", filter=Q(tickets__status__in=UNSOLVED))
    rows: QuerySet[CaseStatus] = CaseStatus.objects.visible_to(user).annotate(used=used)
    return rows


def _groups(rows: Sequence[Any]) -> list[Group]:
    found = []
    for state, (name, _colour) in STATES.items():
        here = [row for row in rows if row.state == state]
        for row in here:
            row.used = None if row.is_default else row.used
        found.append(Group(str(state), str(name), here))
    return [group for group in found if group.rows]


def _form(data: QueryDict | None, row: Any) -> CaseStatusForm:
    return CaseStatusForm(data, row=row)


def _save(row: Any, data: dict[str, Any], actor: User, now: datetime) -> CaseStatus:
    return labels.save_status(
        status=row,
        names=data["names"],
        public_names=data["public"],
        colour=data["colour"],
        state=data.get("state", ""),
        auto_close=data.get("auto_close", True),
    )


STATUSES = Arranged(
    slug="statuses",
    title=_("Estados"),
    new=_("Estado nuevo"),
    lead=_(
        "Cómo se llama cada cosa que le pasa a un caso. Cada nombre es de un estado, que decide lo demás."
    ),
    retired=_("Los casos que lo tienen lo conservan."),
    row="workspace/arranged/status.html",
    rows=_rows,
    groups=_groups,
    form=_form,
    save=_save,
    retire=lambda row, now: labels.retire_status(status=row, now=now),
    restore=lambda row: labels.restore_status(status=row),
    order=labels.order_statuses,
)
