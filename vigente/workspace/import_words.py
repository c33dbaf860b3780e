"""What is wrong with a row of the customers' table, and what an import made, in words."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from vigente.billing.services.csv_import_reading import ENGLISH, SPANISH, Fault, Problem
from vigente.rules.refusal import RefusalCode, Refused
from vigente.ui import formats
from vigente.ui.wording import refusal_text

_WORDS: Mapping[Fault, Callable[[], str]] = {
    Fault.EMPTY: lambda: _("El archivo está vacío."),
    Fault.TOO_LARGE: lambda: _("El archivo pasa de %(most)s MB. Divídalo en varios."),
    Fault.TOO_MANY: lambda: _("El archivo pasa de %(most)s filas. Divídalo en varios."),
    Fault.NOT_TEXT: lambda: _("El archivo no es una tabla de texto. Guárdelo como CSV desde su hoja de cálculo."),
    Fault.NO_HEADING: lambda: _("Falta la columna “%(first)s” en la primera fila. Las que hay: %(known)s."),
    Fault.HEADING_UNKNOWN: lambda: _("“%(given)s” no es una columna. Las que hay: %(known)s."),
    Fault.HEADING_TWICE: lambda: _("La columna “%(given)s” está dos veces."),
    Fault.CELLS: lambda: _("Hay más celdas que columnas. Revise comillas y separadores."),
    Fault.MISSING: lambda: _("Falta."),
    Fault.TOO_LONG: lambda: _("Pasa de %(most)s caracteres."),
    Fault.UNPRINTABLE: lambda: _("Tiene saltos de línea o caracteres que no se ven."),
    Fault.NOT_ONE_OF: lambda: _("“%(given)s” no se conoce. Puede ser: %(allowed)s."),
    Fault.NOT_HOSTING: lambda: _("“%(given)s” no se conoce. Puede ser: nube o propio."),
    Fault.NOT_A_DAY: lambda: _("“%(given)s” no es un día. Escríbalo como 31/12/2026 o 2026-12-31."),
    Fault.NOT_A_MAIL: lambda: _("“%(given)s” no es una dirección de correo."),
    Fault.NO_SUCH_PLAN: lambda: _("No hay un plan con el código “%(given)s”. Hay, por ejemplo: %(allowed)s."),
    Fault.OTHER_EDITION: lambda: _("“%(given)s” es de otra edición, no de %(edition)s."),
    Fault.NEEDS: lambda: _("Hace falta también la columna “%(other)s”."),
    Fault.TWICE: lambda: _("La licencia %(given)s ya está en la línea %(line)s."),
    Fault.OF_ANOTHER: lambda: _("La licencia %(given)s ya es de %(organization)s."),
    Fault.SEVERAL: lambda: _("Hay varias organizaciones con ese nombre. Distíngalas por su referencia."),
    Fault.PAST: lambda: _("“%(given)s” ya pasó: un plan vencido no se asigna."),
    Fault.REFUSED: lambda: _("No se pudo: %(why)s"),
}  # fmt: skip


def headings() -> Mapping[str, str]:
    """The columns' headings in the reader's language; files in the other one are read too."""
    return ENGLISH if (get_language() or "es").startswith("en") else SPANISH


def problem_text(problem: Problem) -> str:
    """What is wrong, without the place."""
    names = headings()
    params: dict[str, Any] = {"known": ", ".join(names.values()), "first": names["organization"]}
    params |= problem.params
    if "other" in params:
        params["other"] = names.get(params["other"], params["other"])
    if problem.fault is Fault.REFUSED:
        params["why"] = refusal_text(Refused(RefusalCode(params.pop("code")), **params))
    return _WORDS[problem.fault]() % params


def column_text(problem: Problem) -> str:
    """The column as the template heads it."""
    return headings().get(problem.column, problem.column)


def made_text(made: Mapping[str, int]) -> str:
    """`12 organizaciones nuevas, 15 licencias nuevas`."""
    words: Mapping[str, Callable[[int], str]] = {
        "organization": lambda n: ngettext("%(n)s organización nueva", "%(n)s organizaciones nuevas", n),
        "licence": lambda n: ngettext("%(n)s licencia nueva", "%(n)s licencias nuevas", n),
        "legacy": lambda n: ngettext("%(n)s plan anterior", "%(n)s planes anteriores", n),
        "hosting": lambda n: ngettext("%(n)s cambio de lugar", "%(n)s cambios de lugar", n),
        "label": lambda n: ngettext("%(n)s nombre de licencia", "%(n)s nombres de licencia", n),
        "reference": lambda n: ngettext("%(n)s referencia", "%(n)s referencias", n),
    }
    parts = [words[what](made[what]) % {"n": formats.number(made[what])} for what in words if made.get(what)]
    return ", ".join(parts) or _("nada nuevo")


def does_text(does: tuple[str, ...]) -> str:
    """What a row brings."""
    return made_text(dict.fromkeys(does, 1)) if does else _("ya está")
