"""The supervisors' reports of support: cases used, waiting by plan, held requests, the order of attention (R10)."""

from collections.abc import Callable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.reports.cases import CasesRow, Part, cases
from vigente.reports.fairness import Fairness, fairness
from vigente.reports.held import Held, Outcome, held
from vigente.reports.promises import Promises, promises
from vigente.rules.fairness import Verdict
from vigente.rules.periods import Span
from vigente.ui import formats
from vigente.workspace.tables import (
    Asked,
    Column,
    Report,
    Table,
    count,
    duration,
    month_label,
    per_cent,
    share,
    words,
)


def rows_url(report: str, which: str, part: str) -> str:
    """The rows behind a number."""
    return reverse("workspace:report_rows", args=[report, which, part])


def part_names() -> dict[Part, str]:
    return {
        Part.INCLUDED: _("Incluidos"),
        Part.BOUGHT: _("Extras"),
        Part.GIVEN: _("Cortesía"),
        Part.USED: _("Usados"),
        Part.RETURNED: _("Devueltos"),
        Part.EXPIRED: _("Vencidos"),
        Part.REVOKED: _("Anulados"),
        Part.UNLIMITED: _("Usados sin límite"),
    }


def used(asked: Asked) -> Report:
    """Cases included, used, given back and expired."""
    found = cases(asked.period, now=asked.now)
    names = part_names()
    series = {
        Part.INCLUDED: ("line", "ink-faint"),
        Part.USED: ("line", "brand"),
        Part.EXPIRED: ("line", "danger"),
    }
    columns = [Column(_("Mes")), Column(_("Había"), True)]
    columns += [Column(names[part], True, *series.get(part, ("", ""))) for part in Part]
    columns.append(Column(_("Quedan"), True))
    rows = [
        [
            month_label(row.month, now=asked.now),
            count(row.opening),
            *(count(row.parts[part], rows_url("cases", row.month.name, part.value)) for part in Part),
            count(row.closing),
        ]
        for row in found
    ]
    return Report(
        title=_("Casos incluidos y usados"),
        says=[used_says(found)],
        tables=[Table("cases", _("Movimiento de casos"), columns, rows)] if _moved(found) else [],
        how=[
            _("Sale del libro de casos: lo que había, más lo que se dio y se devolvió, menos lo usado, vencido y "
              "anulado, es lo que queda. Los planes sin límite se cuentan aparte, porque de ellos nada queda."),
            _("Se usaron: los usados menos los devueltos, más los de planes sin límite."),
        ],
    )  # fmt: skip


def _moved(rows: list[CasesRow]) -> bool:
    return any(row.opening or any(row.parts.values()) for row in rows)


def used_says(rows: list[CasesRow]) -> str:
    """Used of included, over all months."""
    if not _moved(rows):
        return _("Todavía no se ha dado ni usado ningún caso.")
    given = sum(row.parts[Part.INCLUDED] + row.parts[Part.BOUGHT] + row.parts[Part.GIVEN] for row in rows)
    expired = sum(row.parts[Part.EXPIRED] for row in rows)
    text = _("Se usaron %(used)s casos; se dieron %(given)s y vencieron %(expired)s sin usarse.")
    used_cases = sum(row.used for row in rows)
    return text % {
        "used": formats.number(used_cases),
        "given": formats.number(given),
        "expired": formats.number(expired),
    }


def waiting(asked: Asked) -> Report:
    """First reply and solution by plan: is R10 true?"""
    found = promises(Span(asked.period.start, asked.period.end), now=asked.now)
    columns = [
        Column(_("Prioridad")),
        Column(_("Casos"), True),
        Column(_("Respuesta, mediana"), True, "bar"),
        Column(_("9 de cada 10"), True),
        Column(_("A tiempo"), True),
        Column(_("Resueltos"), True),
        Column(_("Solución, mediana"), True),
        Column(_("9 de cada 10"), True),
        Column(_("A tiempo"), True),
    ]
    rows = [
        [
            words(f"{row.rank} · {row.plan}" if row.has_plan else _("Sin plan")),
            count(row.cases, rows_url("waiting", asked.which, str(row.rank))),
            duration(row.reply_median),
            duration(row.reply_p90),
            share(row.reply_kept),
            count(row.solved),
            duration(row.solution_median),
            duration(row.solution_p90),
            share(row.solution_kept),
        ]
        for row in found.rows
    ]
    return Report(
        title=_("Espera por plan"),
        says=[waiting_says(found)],
        tables=[Table("waiting", _("Primera respuesta y solución por prioridad"), columns, rows, scale=60, unit="h")]
        if rows
        else [],
        how=[
            _("Tiempo hábil del horario de cada plazo, de los casos que entraron en este tiempo. Mediana: la mitad "
              "esperó eso o menos. A tiempo: de los que ya vencieron o se contestaron, cuántos dentro de lo prometido.")
        ],
    )  # fmt: skip


def waiting_says(found: Promises) -> str:
    """Whether better plans wait less, and how often the promise was kept."""
    if not found.rows:
        return _("En este tiempo no entró ningún caso.")
    kept = ""
    if found.reply_kept is not None:
        kept = _("%(share)s de las primeras respuestas llegó a tiempo.") % {
            "share": per_cent(found.reply_kept)
        }
    order = {
        True: _("Los planes con más prioridad esperan menos."),
        False: _("Un plan con más prioridad espera más que otro con menos."),
        None: "",
    }[found.in_order]
    return f"{kept} {order}".strip() or _("Todavía no hay respuestas que medir.")


def outcome_names() -> dict[Outcome, str]:
    return {
        Outcome.PLAN: _("Contrató un plan"),
        Outcome.PACK: _("Compró casos extra"),
        Outcome.RENEWAL: _("Esperó a los casos del mes siguiente"),
        Outcome.GOODWILL: _("Se aceptó por cortesía"),
        Outcome.APPROVED: _("La aprobó su responsable"),
        Outcome.OTHER: _("Entró por otra razón"),
        Outcome.WAITING: _("Sigue en espera"),
        Outcome.EXPIRED: _("Venció"),
        Outcome.WITHDRAWN: _("Se retiró"),
    }


def holding(asked: Asked) -> Report:
    """Held requests and what became of them."""
    found = held(Span(asked.period.start, asked.period.end))
    names = outcome_names()
    columns = [
        Column(_("Qué pasó")), Column(_("Solicitudes"), True, "bar"), Column(_("Parte"), True), Column(_("Tras"), True),
    ]  # fmt: skip
    rows = [
        [
            words(names[outcome]),
            count(many, rows_url("held", asked.which, outcome.value)),
            share(10_000 * many // found.total),
            duration(after),
        ]
        for outcome, many, after in found.outcomes
        if many
    ]
    return Report(
        title=_("Sin cobertura: qué pasó"),
        says=[holding_says(found)],
        tables=[Table("held", _("Solicitudes en espera por lo que pasó con ellas"), columns, rows)]
        if rows
        else [],
        how=[
            _("De las solicitudes que llegaron en este tiempo. Tras: el tiempo, a la mitad, hasta que pasó.")
        ],
    )


def holding_says(found: Held) -> str:
    """How many, how many were let in, and how many made somebody buy."""
    if not found.total:
        return _("Ninguna solicitud quedó en espera.")
    text = ngettext("%(n)s solicitud quedó en espera.", "%(n)s solicitudes quedaron en espera.", found.total)
    said = text % {"n": formats.number(found.total)}
    if found.let_in:
        text = ngettext("Entró %(n)s.", "Entraron %(n)s.", found.let_in)
        said += " " + text % {"n": formats.number(found.let_in)}
    if found.bought:
        text = ngettext("En %(n)s el cliente compró.", "En %(n)s los clientes compraron.", found.bought)
        said += " " + text % {"n": formats.number(found.bought)}
    if found.answered:
        said += " " + ngettext("A %(n)s se le contestó.", "A %(n)s se les contestó.", found.answered) % {
            "n": formats.number(found.answered)
        }
    return said


def verdict_names() -> dict[Verdict, str]:
    return {
        Verdict.IN_ORDER: _("En orden"),
        Verdict.SUPERVISOR: _("Lo decidió un supervisor"),
        Verdict.DEPARTMENT: _("El mejor era de otro departamento"),
        Verdict.PASSED_OVER: _("Pasó por encima de otro"),
    }


def order(asked: Asked) -> Report:
    """The fairness report: was a case with a better right waiting?"""
    names = verdict_names()
    months = [(month, fairness(month, now=asked.now)) for month in asked.period.months]
    columns = [Column(_("Mes")), Column(_("Tomados"), True)]
    columns += [
        Column(name, True, *(("bar", "danger") if verdict is Verdict.PASSED_OVER else ()))
        for verdict, name in names.items()
    ]
    columns.append(Column(_("Bien"), True))
    rows = [
        [
            month_label(month, now=asked.now),
            count(found.taken),
            *(
                count(
                    found.counts.get(verdict, 0),
                    "" if verdict is Verdict.IN_ORDER else rows_url("order", month.name, verdict.value),
                )
                for verdict in names
            ),
            share(found.in_order if found.taken else None),
        ]
        for month, found in months
    ]
    taken = any(found.taken for _month, found in months)
    return Report(
        title=_("Orden de atención"),
        says=[order_says([found for _month, found in months])],
        tables=[Table("order", _("Casos tomados y si había otro con mejor derecho"), columns, rows)] if taken else [],
        how=[
            _("Por cada caso que alguien tomó o contestó primero se reconstruye la fila de ese instante: si esperaba "
              "otro con mejor lugar que esa persona podía tomar, libre en sus departamentos o ya suyo, se cuenta que "
              "pasó por encima."),
            _("Los departamentos de cada técnico y los horarios son los de hoy. Lo que llegó en los dos segundos "
              "anteriores no se cuenta: nadie pudo verlo."),
        ],
    )  # fmt: skip


def order_says(months: list[Fairness]) -> str:
    """How many of the takings were right."""
    taken = sum(found.taken for found in months)
    passed = sum(found.passed_over for found in months)
    if not taken:
        return _("En este tiempo nadie tomó casos de la fila.")
    if not passed:
        text = ngettext("Se tomó %(n)s caso, en orden.", "Se tomaron %(n)s casos, todos en orden.", taken)
        return text % {"n": formats.number(taken)}
    text = ngettext(
        "De %(n)s casos tomados, %(passed)s pasó por encima de otro con mejor derecho.",
        "De %(n)s casos tomados, %(passed)s pasaron por encima de otro con mejor derecho.",
        passed,
    )
    return text % {"n": formats.number(taken), "passed": formats.number(passed)}


REPORTS: Mapping[str, Callable[[Asked], Report]] = {
    "cases": used,
    "waiting": waiting,
    "held": holding,
    "order": order,
}
