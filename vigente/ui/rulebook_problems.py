"""What is wrong with a rulebook's file, in the reader's language: what stands there and what is allowed."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from vigente.billing.rulebook_toml import Fault, Problem

_WORDS: Mapping[Fault, Callable[[], str]] = {
    Fault.NOT_TOML: lambda: _("El archivo no es TOML: %(detail)s"),
    Fault.UNKNOWN: lambda: _("no es una regla. Las que hay: %(known)s"),
    Fault.MISSING: lambda: _("falta"),
    Fault.WHOLE: lambda: _("va un número entero de %(least)s a %(most)s, no %(given)s"),
    Fault.FLAG: lambda: _("va true o false, no %(given)s"),
    Fault.CHOICE: lambda: _("va uno de estos: %(allowed)s; no %(given)s"),
    Fault.TEXT: lambda: _("va un texto entre comillas, no %(given)s"),
    Fault.ZONE: lambda: _('va una zona horaria, por ejemplo "America/Managua", no %(given)s'),
    Fault.INSTANT: lambda: _(
        'va un instante con su zona, por ejemplo 2026-07-01T00:00:00-06:00, o "always"; no %(given)s'
    ),
    Fault.DAY: lambda: _("va un día, por ejemplo 2026-07-01, no %(given)s"),
    Fault.DAYS: lambda: _("va una lista de enteros de -90 a 90, por ejemplo [-7, 0, 3], no %(given)s"),
    Fault.TABLE: lambda: _("va una tabla con sus valores"),
    Fault.LIMIT: lambda: _('va un número entero de 0 o más, o "unlimited"; no %(given)s'),
    Fault.CURRENCY: lambda: _('va una moneda, por ejemplo "USD", no %(given)s'),
    Fault.TWICE: lambda: _("dos descuentos tienen el código %(given)s"),
    Fault.AMOUNT: lambda: _("un monto necesita su moneda, sin basis_points al lado"),
    Fault.ORDER: lambda: _("termina antes de empezar"),
    Fault.OTHER: lambda: _("Estas reglas no se pueden usar juntas: %(detail)s"),
}


def problem_text(problem: Problem) -> str:
    """One problem as a sentence that begins with the setting it is about."""
    text = _WORDS[problem.fault]() % problem.params
    if problem.params.get("meant"):
        text = _("¿quiso escribir %(meant)s? %(text)s") % {"meant": problem.params["meant"], "text": text}
    return f"{problem.where}: {text}" if problem.where else text
