"""The vendor's own fields in a form: drawn, read, and what is wrong said beside each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from vigente.billing.models import WorkType
from vigente.installation.translated import in_language
from vigente.rules.fields import LONGEST, STARS, Problem, check
from vigente.tickets.models import CustomField, Department
from vigente.tickets.services.answers import first_key

Kind = CustomField.Kind


@dataclass(frozen=True, slots=True)
class Asked:
    """One of them, as the page draws it. `depends` ("field_12:yes"), `works` and `departments` tell the script where to
    show it.
    """

    bound: BoundField
    optional: bool
    depends: str
    works: str
    departments: str


class AsksFields(forms.Form):
    """A form that also asks for the vendor's fields, once `ask` was called. It says everything that is wrong at once;
    the service decides.
    """

    asked: Mapping[str, CustomField] = {}
    had: Mapping[int, Any] = {}
    work: int | None = (
        None  # the kind of work and the department, where the form itself does not ask for them
    )
    department: int | None = None

    def ask(self, rows: Sequence[CustomField], had: Mapping[int, Any], *, intake: bool = False) -> None:
        """Ask for these, with what stands in them already. `intake`: for a case that is not there yet."""
        if intake and any(row.departments.all() for row in rows):
            self.department = first_key()
        self.asked = {f"field_{row.pk}": row for row in rows}
        self.had = had
        for name, row in self.asked.items():
            made = _input(row)
            made.label = str(row)
            made.required = False  # the rules say so, who know where it applies
            made.initial = _shown(had.get(row.pk))
            made.disabled = row.locked and row.pk in had
            made.help_text = _problem(row, Problem.LOCKED) if made.disabled else _when(row)
            self.fields[name] = made

    def answers(self) -> dict[int, Any]:
        """What was sent, by field: dates as text."""
        read = {row.pk: self.cleaned_data.get(name) for name, row in self.asked.items()}
        return {key: value.isoformat() if isinstance(value, date) else value for key, value in read.items()}

    def asked_fields(self) -> Iterator[Asked]:
        """For the page."""
        for name, row in self.asked.items():
            works = " ".join(f"{work.code} {work.pk}" for work in row.work_types.all())
            depends = f"field_{row.depends_on_id}:{row.depends_option}" if row.depends_on_id else ""
            departments = " ".join(str(one.pk) for one in row.departments.all())
            yield Asked(self[name], not row.required, depends, works, departments)

    def clean(self) -> dict[str, Any]:
        work, department = self.cleaned_data.get("work_type"), self.cleaned_data.get("department")
        found = check(
            [row.definition() for row in self.asked.values()],
            self.answers(),
            had=self.had,
            department=department.pk if isinstance(department, Department) else self.department,
            work=work.pk if isinstance(work, WorkType) else self.work,
        )
        broken = {row.pk for name, row in self.asked.items() if name in self.errors}
        self.add_problems({key: problem for key, problem in found.wrong.items() if key not in broken})
        return self.cleaned_data

    def add_problems(self, wrong: Mapping[int, Problem]) -> None:
        """Say beside each field what is wrong with it."""
        for name, row in self.asked.items():
            if row.pk in wrong:
                self.add_error(name, _problem(row, wrong[row.pk]))


class ValuesForm(AsksFields):
    """The fields alone."""

    def __init__(
        self,
        *args: Any,
        asked: Sequence[CustomField],
        had: Mapping[int, Any],
        work: int | None = None,
        department: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.work, self.department = work, department
        self.ask(asked, had)


def typed(rows: Sequence[CustomField], data: "MultiValueDict[str, str]") -> dict[str, Any]:
    """What was typed so far, as the initial values of a form that is not judged yet."""
    several = (Kind.CHECKLIST, Kind.MULTIPLE)
    names = {f"field_{row.pk}": row for row in rows}
    return {
        name: data.getlist(name) if row.kind in several else data.get(name, "")
        for name, row in names.items()
        if name in data
    }


def _shown(value: Any) -> Any:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _input(row: CustomField) -> forms.Field:
    if row.kind in (Kind.CHECKLIST, Kind.MULTIPLE):
        boxes = row.kind == Kind.CHECKLIST
        widget = forms.CheckboxSelectMultiple if boxes else forms.SelectMultiple
        return forms.MultipleChoiceField(choices=row.choices, widget=widget)
    if row.kind in (Kind.OPTIONS, Kind.RADIO, Kind.BOOLEAN, Kind.CHECKBOX, Kind.RATING):
        return forms.ChoiceField(
            choices=[("", "—"), *_choices(row)],
            widget=forms.Select if row.kind in (Kind.OPTIONS, Kind.RATING) else forms.RadioSelect,
        )
    if row.kind == Kind.DATE:
        return forms.DateField(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), input_formats=["%Y-%m-%d"]
        )
    if row.kind == Kind.TEXTAREA:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=LONGEST["textarea"])
    return forms.CharField(max_length=LONGEST["text"])


def _choices(row: CustomField) -> list[tuple[str, str]]:
    if row.kind == Kind.BOOLEAN:
        return [("yes", _("Sí")), ("no", _("No"))]
    if row.kind == Kind.CHECKBOX:
        return [("yes", _("Sí"))]
    if row.kind == Kind.RATING:
        return [(str(n), str(n)) for n in range(1, STARS + 1)]
    return row.choices


def _when(row: CustomField) -> str:
    if row.depends_on is None:
        return ""
    names = {"yes": _("Sí"), "no": _("No")} | dict(row.depends_on.choices)
    option = names.get(row.depends_option, row.depends_option)
    words = {"field": row.depends_on, "option": option}
    if row.required:
        return _("Hay que llenarlo si “%(field)s” es “%(option)s”.") % words
    return _("Solo si “%(field)s” es “%(option)s”.") % words


def _problem(row: CustomField, problem: Problem) -> str:
    texts = {
        Problem.REQUIRED: _("Falta este dato."),
        Problem.NOT_AN_OPTION: _("Elija una de las opciones."),
        Problem.NOT_A_DATE: _("Escriba una fecha que exista."),
        Problem.NOT_A_CHOICE: _("Elija una de las opciones."),
        Problem.TOO_LONG: _("Es demasiado largo."),
        Problem.BAD_CHARACTERS: _("Tiene caracteres que no se pueden guardar. Vuelva a escribirlo."),
        Problem.LOCKED: _("Ya está puesto y no se cambia."),
        Problem.PATTERN: in_language(row.pattern_error) or _("No tiene la forma que se pide."),
    }
    return texts[problem]
