"""What the search says: what was not understood, and the help about its operators."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from vigente.rules.searching import Kind, Problem, Search
from vigente.tickets.queries.searching import NOT_OF_HELD


@dataclass(frozen=True, slots=True)
class Help:
    """A line of the help: what is typed, and what it finds."""

    typed: str
    finds: str


def problem_texts(search: Search) -> list[str]:
    """What of a search says nothing, and what to write instead."""
    said = [_problem(problem) for problem in search.problems]
    if search.cut:
        said.append(_("Se buscan las primeras doce partes; el resto no se tomó en cuenta."))
    if search.is_held and any(term.kind in NOT_OF_HELD for term in search.terms):
        said.append(
            _(
                "Lo que espera cobertura no tiene número, plan, técnico ni departamento: con eso no hay resultados."
            )
        )
    return said


def _problem(problem: Problem) -> str:
    piece = {"piece": problem.piece}
    if problem.code == "empty":
        return _("A “%(piece)s” le falta lo que busca, por ejemplo org:clavo.") % piece
    if problem.code == "date":
        return _("“%(piece)s” no es una fecha. Escriba 2026-07-31, 31/7/2026 o 7d (hace siete días).") % piece
    return (
        _("No se entiende “%(piece)s”. Puede ser es:abierto, resuelto, mío, sin-asignar, tarde o en-espera.")
        % piece
    )


def help_rows() -> list[Help]:
    """Each operator with an example."""
    return [
        Help(_("org:clavo"), _("casos de una organización")),
        Help(_("plan:empresa"), _("con ese plan vigente")),
        Help(_("es:abierto"), _("sin resolver; también resuelto, mío, sin-asignar, tarde")),
        Help(_("es:en-espera"), _("solicitudes sin cobertura")),
        Help(_("de:alicia"), _("quién lo pidió, por nombre o correo")),
        Help(_("técnico:ana"), _("quién lo atiende; técnico:yo es usted")),
        Help(_("depto:facturación"), _("del departamento")),
        Help(_("desde:31/7/2026"), _("aceptados ese día o después; 7d es hace siete días")),
        Help(_("antes:31/7/2026"), _("aceptados antes de ese día")),
        Help(_("#1234"), _("el caso con ese número")),
        Help(_("“no cuadra”"), _("las palabras juntas, entre comillas")),
        Help(_("-factura"), _("sin esa palabra; vale delante de todo lo anterior")),
    ]


OPERATORS = frozenset(Kind) - {Kind.WORD, Kind.PHRASE}
