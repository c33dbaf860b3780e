"""The form in which the owner describes one of the vendor's own fields."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vigente.billing.models import WorkType
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
    public = forms.BooleanField(
        label=gettext_lazy("Los clientes lo ven y lo llenan"),
        help_text=gettext_lazy("Se les pregunta al pedir ayuda, y lo completan en su caso."),
        required=False,
    )
    departments = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Solo en estos departamentos"),
        help_text=gettext_lazy("Sin marcar ninguno, en todos."),
        queryset=Department.objects.offered(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    work_types = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Solo en estos tipos de trabajo"),
        help_text=gettext_lazy("Sin marcar ninguno, en todos."),
        queryset=WorkType.objects.all(),
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
            work_types=data["work_types"],
            public=data["public"],
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
        "work_types": field.work_types.all(),
        "public": field.public,
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
