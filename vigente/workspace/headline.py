"""The few numbers of the first page, each a sentence and a way to what is behind it. Money for the owner alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.reports.cases import cases
from vigente.reports.contracts import PlanFlow, flows
from vigente.reports.costs import costs
from vigente.reports.fairness import Fairness, at_once, fairness
from vigente.reports.held import held
from vigente.reports.money import overdue
from vigente.reports.periods import Choice, Period, period_of
from vigente.reports.promises import promises
from vigente.reports.recurring import Recurring, recurring
from vigente.reports.renewals import renewals, windows
from vigente.rules.money import divide
from vigente.rules.periods import Span
from vigente.rules.recurring import Movement
from vigente.ui import formats
from vigente.workspace import finance, support
from vigente.workspace.tables import per_cent, scale_of


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in words with its sentence. `trend`: months for a little line. `bad`: it wants attention.

    `later`: the number takes long to count, and is filled in from this address.
    """

    title: str
    value: str
    says: str
    href: str
    trend: tuple[int, ...] = ()
    bad: bool = False
    later: str = ""


def money_figures(*, now: datetime, zone: str) -> list[Figure]:
    """What comes in, what a case costs, what is owed, what renews."""
    year, month = (period_of(choice, now=now, zone=zone) for choice in (Choice.YEAR, Choice.MONTH))
    known = flows(since=year.start, until=now)
    found = recurring(year, now=now, known=known)
    figures = [_recurring(found, currency) for currency in found.currencies] or [
        Figure(
            _("Ingreso recurrente"), "—", _("Todavía no corre ningún plan contratado."), _finance("revenue")
        )
    ]
    return [*figures, _cost(month, known, now=now, zone=zone), *_overdue(now=now), _renewals(now=now)]


def support_figures(*, now: datetime, zone: str) -> list[Figure]:
    """Cases used, first replies on time, the order kept, what was held."""
    month, quarter = (period_of(choice, now=now, zone=zone) for choice in (Choice.MONTH, Choice.QUARTER))
    return [
        _used(period_of(Choice.YEAR, now=now, zone=zone), now=now),
        _promises(quarter, now=now),
        _order(month, now=now),
        _held(quarter),
    ]


def round_money(minor: int, currency: str) -> str:
    """Whole units: cents say nothing at a glance."""
    scale = scale_of(currency)
    return formats.money(divide(minor, scale) * scale, currency, whole=True)


def _finance(name: str) -> str:
    return reverse("workspace:finance", args=[name])


def _report(name: str) -> str:
    return reverse("workspace:report", args=[name])


def _recurring(found: Recurring, currency: str) -> Figure:
    rows = found.of(currency)
    names = finance.movement_names()
    moved = [
        f"{names[one].lower()} {round_money(abs(minor), currency)}"
        for one in Movement
        if (minor := rows[-1].moved.get(one, 0))
    ]
    return Figure(
        _("Ingreso recurrente"),
        round_money(rows[-1].closing, currency),
        _("al mes. Este mes: %(moved)s.") % {"moved": ", ".join(moved) or _("sin cambios")},
        _finance("revenue") + "?period=year",
        tuple(row.closing for row in rows),
        bad=rows[-1].net < 0,
    )


def _cost(month: Period, known: Sequence[PlanFlow], *, now: datetime, zone: str) -> Figure:
    found = costs(month, now=now, zone=zone, known=known)
    if found.rate is None:
        says = _("Diga cuánto cuesta una hora y verá qué cuesta un caso.")
        return Figure(_("Costo por caso"), "—", says, reverse("workspace:section", args=["cost"]))
    losing = [plan for plan in found.plans if plan.revenue_minor and (plan.margin_minor or 0) < 0]
    says = (
        ngettext(
            "%(n)s plan cuesta más de lo que deja.", "%(n)s planes cuestan más de lo que dejan.", len(losing)
        )
        % {"n": len(losing)}
        if losing
        else _("Ningún plan con ingreso cuesta más de lo que deja.")
    )
    value = "—" if found.per_case is None else formats.money(found.per_case, found.currency)
    return Figure(_("Costo por caso"), value, says, _finance("cost"), bad=bool(losing))


def _overdue(*, now: datetime) -> list[Figure]:
    ages = overdue(now=now)
    found = []
    for currency in sorted({age.currency for age in ages}):
        mine = [age for age in ages if age.currency == currency]
        many = sum(age.invoices for age in mine)
        says = ngettext("en %(n)s factura", "en %(n)s facturas", many) % {"n": formats.number(many)}
        says = _("%(invoices)s; lo más viejo: %(age)s.") % {
            "invoices": says, "age": finance.age_label(mine[-1]).lower(),
        }  # fmt: skip
        value = round_money(sum(age.minor for age in mine), currency)
        found.append(Figure(_("Vencido por cobrar"), value, says, _finance("money"), bad=True))
    return found or [Figure(_("Vencido por cobrar"), "0", _("Nadie debe nada vencido."), _finance("money"))]


def _renewals(*, now: datetime) -> Figure:
    soon = windows(renewals(now=now), now=now)[0]
    total = " · ".join(round_money(minor, code) for code, minor in soon.amounts.items())
    parts = [total] if total else []
    if soon.at_risk:
        parts.append(ngettext("%(n)s en riesgo", "%(n)s en riesgo", soon.at_risk) % {"n": soon.at_risk})
    if soon.leaving:
        parts.append(ngettext("%(n)s dio aviso", "%(n)s dieron aviso", soon.leaving) % {"n": soon.leaving})
    says = ", ".join(parts) or _("No se renueva ningún plan.")
    return Figure(_("Renovaciones en 30 días"), formats.number(len(soon.rows)), says, _finance("renewals"))


def _used(year: Period, *, now: datetime) -> Figure:
    rows = cases(year, now=now)
    says = _("este mes; hay %(left)s por usar.") % {"left": formats.number(rows[-1].closing)}
    trend = tuple(row.used for row in rows)
    return Figure(
        _("Casos usados"), formats.number(rows[-1].used), says, _report("cases"), trend if any(trend) else ()
    )


def _promises(quarter: Period, *, now: datetime) -> Figure:
    found = promises(Span(quarter.start, quarter.end), now=now)
    value = "—" if found.reply_kept is None else per_cent(found.reply_kept)
    order = {
        True: _("en 3 meses. Los planes con más prioridad esperan menos."),
        False: _("en 3 meses. Un plan con más prioridad espera más que otro con menos."),
        None: _("de las primeras respuestas de 3 meses."),
    }[found.in_order]
    return Figure(
        _("Primera respuesta a tiempo"), value, order, _report("waiting"), bad=found.in_order is False
    )


def order_figure(*, now: datetime, zone: str) -> Figure:
    """The order kept this month, counted however long it takes."""
    month = period_of(Choice.MONTH, now=now, zone=zone)
    return _in_order(fairness(month.months[-1], now=now))


def _order(month: Period, *, now: datetime) -> Figure:
    """The same if it is to be had at once; of many cases it comes later."""
    found = at_once(month.months[-1], now=now)
    if found is not None:
        return _in_order(found)
    says = _("Se está contando: son muchos casos.")
    return Figure(
        _("Tomados en su orden"), "…", says, _report("order"), later=reverse("workspace:overview_order")
    )


def _in_order(found: Fairness) -> Figure:
    value = per_cent(found.in_order) if found.taken else "—"
    return Figure(
        _("Tomados en su orden"),
        value,
        support.order_says([found]),
        _report("order"),
        bad=bool(found.passed_over),
    )


def _held(quarter: Period) -> Figure:
    found = held(Span(quarter.start, quarter.end))
    says = support.holding_says(found)
    return Figure(_("Llegaron sin cobertura"), formats.number(found.total), says, _report("held"))
