"""Forms of the vendor's own fields: the owner describes them, the staff fills them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vigente.installation.translated import in_language
from vigente.rules.fields import LONGEST, STARS, Problem
from vigente.rules.folding import fold
from vigente.tickets.models import CustomField, Department
from vigente.tickets.services.fields import LONGEST_NAME, Wanted
from vigente.workspace.forms.structure import NamedForm

Kind = CustomField.Kind


class FieldForm(NamedForm):
    """One field as the owner describes it."""

    longest = LONGEST_NAME
    kind = forms.ChoiceField(label=gettext_lazy("Qué se contesta"), choices=Kind.choices)
    options = forms.CharField(
        label=gettext_lazy("Opciones"),
        help_text=gettext_lazy(
            "Una por línea, en español y en inglés: Contado | Cash. Solo si se elige entre opciones."
        ),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    required = forms.BooleanField(label=gettext_lazy("Hay que llenarlo"), required=False)
    locked = forms.BooleanField(label=gettext_lazy("Una vez lleno, no se cambia"), required=False)
    pattern = forms.CharField(
        label=gettext_lazy("Forma que debe tener el texto"),
        help_text=gettext_lazy(
            "Una expresión regular para textos de una línea. Por ejemplo, C y después cifras: C\\d+"
        ),
        required=False,
        max_length=200,
    )
    error_es = forms.CharField(
        label=gettext_lazy("Si no la tiene, se dice en español"), required=False, max_length=200
    )
    error_en = forms.CharField(
        label=gettext_lazy("Si no la tiene, se dice en inglés"), required=False, max_length=200
    )
    depends = forms.ChoiceField(label=gettext_lazy("Se pregunta"), required=False)
    departments = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Solo en estos departamentos"),
        help_text=gettext_lazy("Sin marcar ninguno, en todos."),
        queryset=Department.objects.offered(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, field: CustomField | None = None, **kwargs: Any) -> None:
        self.field = field
        if field is not None:
            kwargs |= {"names": field.names, "initial": _initial(field)}
        super().__init__(*args, **kwargs)
        self.fields["kind"].disabled = field is not None
        self.fields["depends"].choices = _dependable(field)  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """What the owner wants, for the service."""
        data = self.cleaned_data
        key, _colon, option = data["depends"].partition(":")
        return Wanted(
            names=data["names"],
            kind=data["kind"],
            options=_read_options(data["options"], self.field),
            required=data["required"],
            locked=data["locked"],
            pattern=data["pattern"],
            pattern_error={"es": data["error_es"], "en": data["error_en"]},
            depends=(int(key), option) if key else None,
            departments=data["departments"],
        )


def _initial(field: CustomField) -> dict[str, Any]:
    lines = (
        " | ".join(dict.fromkeys((one["names"].get("es", ""), one["names"].get("en", ""))))
        for one in field.options
    )
    return {
        "kind": field.kind,
        "options": "\n".join(lines),
        "required": field.required,
        "locked": field.locked,
        "pattern": field.pattern,
        "error_es": field.pattern_error.get("es", ""),
        "error_en": field.pattern_error.get("en", ""),
        "depends": f"{field.depends_on_id}:{field.depends_option}" if field.depends_on_id else "",
        "departments": field.departments.all(),
    }


def _dependable(field: CustomField | None) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [("", _("Siempre"))]
    for other in CustomField.objects.offered().exclude(pk=field.pk if field else 0):
        options = other.choices
        if other.kind == Kind.BOOLEAN:
            options = [("yes", _("Sí")), ("no", _("No"))]
        for code, name in options:
            text = _("si “%(field)s” es “%(option)s”") % {"field": other, "option": name}
            found.append((f"{other.pk}:{code}", text))
    return found


def _read_options(text: str, field: CustomField | None) -> list[tuple[str, dict[str, str]]]:
    """Lines to options. One whose Spanish name, English name or place is known keeps its code."""
    lines = [[part.strip() for part in line.split("|", 1)] for line in text.splitlines() if line.strip(" |")]
    names = [{"es": line[0], "en": line[1] if len(line) > 1 else ""} for line in lines]
    known = field.options if field else []
    codes: list[str] = [_known(one, known) for one in names]
    left = [one["code"] for one in known if one["code"] not in codes]
    for place, code in enumerate(codes):
        if not code and len(names) == len(known) and known[place]["code"] in left:
            codes[place] = known[place]["code"]  # the same line under another name
    taken = {code for code in codes if code} | {one["code"] for one in known}
    for place, code in enumerate(codes):
        if not code:
            codes[place] = _new_code(names[place], taken)
    return list(zip(codes, names, strict=True))


def _known(names: Mapping[str, str], known: Sequence[Mapping[str, Any]]) -> str:
    for one in known:
        if any(names[language] and names[language] == one["names"].get(language) for language in names):
            return str(one["code"])
    return ""


def _new_code(names: Mapping[str, str], taken: set[str]) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", fold(names["es"] or names["en"])).strip("-")[:32] or "o"
    code, n = stem, 1
    while code in taken:
        n += 1
        code = f"{stem}-{n}"
    taken.add(code)
    return code


class ValuesForm(forms.Form):
    """The fields of a case. It reads only what was sent; whether that will do, the rules say."""

    def __init__(
        self, *args: Any, asked: Sequence[CustomField], had: Mapping[int, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked = {f"field_{row.pk}": row for row in asked}
        for name, row in self.asked.items():
            made = _input(row)
            made.label = str(row)
            made.required = row.required and row.depends_on is None
            made.error_messages["required"] = _problem(row, Problem.REQUIRED)
            made.initial = _shown(had.get(row.pk))
            made.disabled = row.locked and row.pk in had
            made.help_text = _problem(row, Problem.LOCKED) if made.disabled else _when(row)
            self.fields[name] = made

    def sent(self) -> dict[int, Any]:
        return {row.pk: self.cleaned_data[name] for name, row in self.asked.items()}

    def add_problems(self, wrong: Mapping[int, Problem]) -> None:
        """Say beside each field what is wrong with it."""
        for name, row in self.asked.items():
            if row.pk in wrong:
                self.add_error(name, _problem(row, wrong[row.pk]))


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
