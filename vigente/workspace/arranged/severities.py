"""The levels of severity: their names and colours. Their order is the line's, so nobody moves them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.rules.lifecycle import UNSOLVED
from vigente.tickets.models import SeverityLevel, Tag, Ticket
from vigente.tickets.services import labels
from vigente.workspace.arranged.base import Arranged, Group
from vigente.workspace.forms.structure import NamedForm


class SeverityLevelForm(NamedForm):
    """Its names and colour and, when it is new, at which end it stands."""

    colour = forms.ChoiceField(
        label=_("Color"), choices=Tag.Colour.choices, initial=Tag.Colour.PLAIN, widget=forms.RadioSelect
    )
    place = forms.ChoiceField(
        label=_("Dónde va"),
        choices=[("above", _("Por encima de todas")), ("below", _("Por debajo de todas"))],
        initial="above",
        widget=forms.RadioSelect,
        help_text=_("Un nivel no cambia de lugar: los casos que lo tienen están en la fila por él."),
    )

    def __init__(self, *args: Any, row: SeverityLevel | None = None, **kwargs: Any) -> None:
        if row is not None:
            kwargs |= {"names": row.names, "initial": {"colour": row.colour}}
        super().__init__(*args, **kwargs)
        if row is not None:
            del self.fields["place"]


def _rows(user: User) -> QuerySet[SeverityLevel]:
    open_cases = Ticket.objects.filter(severity=OuterRef("level"), status__in=UNSOLVED).order_by()
    many = open_cases.values("severity").annotate(many=Count("pk")).values("many")
    used = Coalesce(Subquery(many, output_field=IntegerField()), Value(0))
    rows: QuerySet[SeverityLevel] = SeverityLevel.objects.visible_to(user).annotate(used=used)
    return rows


def _groups(rows: Sequence[Any]) -> list[Group]:
    return [Group("all", "", rows)]


def _form(data: QueryDict | None, row: Any) -> SeverityLevelForm:
    return SeverityLevelForm(data, row=row)


def _save(row: Any, data: dict[str, Any], actor: User, now: datetime) -> SeverityLevel:
    if row is None:
        below = data["place"] == "below"
        return labels.add_severity(names=data["names"], colour=data["colour"], below=below)
    return labels.change_severity(severity=row, names=data["names"], colour=data["colour"])


SEVERITIES = Arranged(
    slug="severities",
    title=_("Urgencias"),
    new=_("Urgencia nueva"),
    lead=_(
        "De la que más adelanta a la que menos. Mueven un caso dentro de su plan, nunca antes de uno mejor."
    ),
    retired=_("Los casos que la tienen la conservan."),
    row="workspace/arranged/severity.html",
    rows=_rows,
    groups=_groups,
    form=_form,
    save=_save,
    retire=lambda row, now: labels.retire_severity(severity=row, now=now),
    restore=lambda row: labels.restore_severity(severity=row),
)
