"""The owner's reports of money: recurring revenue, cost per case, renewals, what was billed, collected, is overdue."""

from collections.abc import Callable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.reports.costs import DEFAULT_MINUTES, Costs, costs
from vigente.reports.money import Age, MoneyRow, Part, money, overdue
from vigente.reports.recurring import MonthRow, Recurring, recurring
from vigente.reports.renewals import renewals, windows
from vigente.rules.recurring import Movement
from vigente.ui import formats
from vigente.workspace.tables import (
    Asked,
    Cell,
    Column,
    Report,
    Table,
    amount,
    count,
    month_label,
    scale_of,
    share,
    words,
)


def rows_url(report: str, which: str, part: str, query: str = "") -> str:
    """The rows behind a number."""
    url = reverse("workspace:finance_rows", args=[report, which, part])
    return f"{url}?{query}" if query else url


def movement_names() -> dict[Movement, str]:
    return {
        Movement.NEW: _("Nuevos"),
        Movement.REACTIVATION: _("Vuelven"),
        Movement.EXPANSION: _("Suben"),
        Movement.CONTRACTION: _("Bajan"),
        Movement.CHURN: _("Se van"),
    }


def revenue(asked: Asked) -> Report:
    """Recurring revenue and its movement."""
    found = recurring(asked.period, now=asked.now)
    tables = [
        table
        for currency in found.currencies
        for table in (_closing(found, currency, asked), _movement(found, currency, asked))
    ]
    return Report(
        title=_("Ingreso recurrente"),
        says=[_revenue_says(found, currency) for currency in found.currencies],
        tables=tables,
        how=[
            _("Es lo que suman al mes los planes contratados que corren: un plan anual cuenta por la doceava parte, "
              "con su descuento y sin impuestos."),
            _("Cada cliente cuenta una vez por mes: lo que sube y baja a la vez se compensa. "
              "Los planes incluidos con la licencia y los anteriores no son ingreso recurrente."),
        ],
    )  # fmt: skip


def _revenue_says(found: Recurring, currency: str) -> str:
    rows = found.of(currency)
    text = _("%(now)s al mes, de %(customers)s.") if rows[-1].customers else _("%(now)s al mes.")
    change = rows[-1].closing - rows[0].opening
    customers = ngettext("%(n)s cliente", "%(n)s clientes", rows[-1].customers) % {
        "n": formats.number(rows[-1].customers)
    }
    said = text % {"now": formats.money(rows[-1].closing, currency), "customers": customers}
    if not change:
        return said + " " + _("Lo mismo que al comenzar.")
    more = _("%(change)s más que al comenzar.") if change > 0 else _("%(change)s menos que al comenzar.")
    return said + " " + more % {"change": formats.money(abs(change), currency)}


def _closing(found: Recurring, currency: str, asked: Asked) -> Table:
    rows = [
        [
            month_label(row.month, now=asked.now),
            amount(row.closing, currency),
            count(row.customers),
            amount(row.closing // row.customers if row.customers else None, currency),
        ]
        for row in found.of(currency)
    ]
    columns = [
        Column(_("Mes")),
        Column(_("Al cerrar"), True, "line"),
        Column(_("Clientes"), True),
        Column(_("Por cliente"), True),
    ]
    caption = _("Ingreso recurrente en %(currency)s") % {"currency": currency}
    return Table(f"closing-{currency}", caption, columns, rows, scale_of(currency))


def _movement(found: Recurring, currency: str, asked: Asked) -> Table:
    names = movement_names()
    tones = {Movement.NEW: ("bar", "brand"), Movement.CHURN: ("bar", "danger")}
    columns = [Column(_("Mes")), Column(_("Al abrir"), True)]
    columns += [Column(names[one], True, *tones.get(one, ("", ""))) for one in Movement]
    columns.append(Column(_("Al cerrar"), True))

    def moved(row: MonthRow, movement: Movement) -> Cell:
        href = rows_url("revenue", row.month.name, movement.value, f"currency={currency}")
        return amount(row.moved.get(movement, 0), currency, href, signed=True)

    rows = [
        [
            month_label(row.month, now=asked.now),
            amount(row.opening, currency),
            *(moved(row, movement) for movement in Movement),
            amount(row.closing, currency),
        ]
        for row in found.of(currency)
    ]
    caption = _("Cómo cambió, en %(currency)s") % {"currency": currency}
    return Table(f"movement-{currency}", caption, columns, rows, scale_of(currency))


def cost(asked: Asked) -> Report:
    """Cost per case against revenue per plan."""
    found = costs(asked.period, now=asked.now, zone=asked.zone)
    rows = [
        [
            words(plan.plan if plan.family else _("Sin plan")),
            count(plan.cases, rows_url("cost", asked.which, plan.family or "-")),
            Cell(formats.span(plan.minutes), raw=round(plan.minutes / 60, 2)),
            amount(plan.cost_minor, plan.currency),
            amount(plan.per_case, plan.currency),
            words(" · ".join(formats.money(minor, code) for code, minor in plan.revenue.items()) or "—"),
            amount(plan.margin_minor, plan.currency),
            share(plan.margin),
        ]
        for plan in found.plans
    ]
    columns = [
        Column(_("Plan")),
        Column(_("Casos"), True),
        Column(_("Tiempo"), True),
        Column(_("Costo"), True),
        Column(_("Por caso"), True),
        Column(_("Ingreso"), True),
        Column(_("Queda"), True, "bar"),
        Column(_("Margen"), True),
    ]
    table = Table("plans", _("Costo e ingreso por plan"), columns, rows, scale_of(found.currency or "USD"))
    return Report(
        title=_("Costo por caso"),
        says=_cost_says(found),
        tables=[table] if rows else [],
        how=_cost_how(found),
        links=[
            (_("Costo por hora"), reverse("workspace:section", args=["cost"])),
            (_("Minutos por caso"), reverse("workspace:section", args=["minutes"])),
        ],
    )


def _cost_says(found: Costs) -> list[str]:
    if found.rate is None:
        return [
            _(
                "Diga cuánto cuesta una hora de un técnico y aquí verá qué cuesta cada caso y qué deja cada plan."
            )
        ]
    if found.per_case is None:
        return [_("En este tiempo no hubo casos a los que se pueda poner costo.")]
    said = [
        _("Un caso cuesta en promedio %(cost)s.") % {"cost": formats.money(found.per_case, found.currency)}
    ]
    losing = [plan.plan for plan in found.plans if plan.revenue_minor and (plan.margin_minor or 0) < 0]
    if losing:
        said.append(_("Cuestan más de lo que dejan: %(plans)s.") % {"plans": ", ".join(losing)})
    return said


def _cost_how(found: Costs) -> list[str]:
    how = [
        _("Nadie anota su tiempo todavía: un caso cuenta los minutos que usted puso para su tipo de trabajo, "
          "al costo por hora del día en que entró."),
        _("El ingreso es el recurrente: de cada mes, lo que corre al cerrar; del mes en curso, la parte que va."),
    ]  # fmt: skip
    if any(len(plan.revenue) > 1 or set(plan.revenue) - {found.currency} for plan in found.plans):
        how.append(
            _("Lo que ingresa en otra moneda no se resta del costo: en esos planes no se dice qué queda.")
        )
    if found.assumed:
        text = ngettext(
            "%(n)s caso es de un tipo sin minutos: se contó con %(minutes)s.",
            "%(n)s casos son de un tipo sin minutos: se contaron con %(minutes)s.",
            found.assumed,
        )
        how.append(text % {"n": formats.number(found.assumed), "minutes": DEFAULT_MINUTES})
    return how


def renewing(asked: Asked) -> Report:
    """Renewals due in the next 30, 60 and 90 days."""
    found = windows(renewals(now=asked.now), now=asked.now)
    rows = [
        [
            words(_("%(days)s días") % {"days": one.days}),
            count(len(one.rows), rows_url("renewals", asked.which, str(one.days))),
            words(" · ".join(formats.money(minor, code) for code, minor in one.amounts.items()) or "—"),
            count(one.leaving, rows_url("renewals", asked.which, f"{one.days}-leaving")),
            count(one.at_risk, rows_url("renewals", asked.which, f"{one.days}-risk")),
        ]
        for one in found
    ]
    columns = [
        Column(_("Próximos")),
        Column(_("Renovaciones"), True),
        Column(_("Por renovar"), True),
        Column(_("Dieron aviso"), True),
        Column(_("En riesgo"), True),
    ]
    return Report(
        title=_("Renovaciones"),
        says=[_renewing_says(found[0].amounts, found[0].at_risk)],
        tables=[Table("renewals", _("Renovaciones que vienen"), columns, rows)],
        how=[
            _("Cada contrato cuenta una vez, en su próxima renovación, al precio y descuento de hoy, sin impuestos. "
              "En riesgo: debe algo vencido, ya usó todos sus casos del mes, o pasó medio mes y no "
              "ha usado ninguno.")
        ],
        has_period=False,
    )  # fmt: skip


def _renewing_says(amounts: Mapping[str, int], at_risk: int) -> str:
    if not amounts:
        return _("En 30 días no se renueva ningún plan.")
    total = " · ".join(formats.money(minor, currency) for currency, minor in amounts.items())
    said = _("En 30 días se renuevan %(total)s.") % {"total": total}
    if at_risk:
        said += " " + ngettext("%(n)s contrato en riesgo.", "%(n)s contratos en riesgo.", at_risk) % {
            "n": formats.number(at_risk)
        }
    return said


def billed(asked: Asked) -> Report:
    """Billed and collected by month; overdue by age."""
    found, owed = money(asked.period), overdue(now=asked.now)
    currencies = sorted({row.currency for row in found})
    tables = [_billed_table([r for r in found if r.currency == code], code, asked) for code in currencies]
    if owed:
        tables.append(_overdue_table(owed))
    return Report(
        title=_("Facturado y cobrado"),
        says=overdue_says(owed),
        tables=tables,
        how=[
            _(
                "Facturado: sin impuestos y menos las notas de crédito. "
                "Cobrado: lo que entró menos lo que se devolvió."
            )
        ],
    )


def overdue_says(owed: list[Age]) -> list[str]:
    """What is overdue, in a sentence for each currency."""
    if not owed:
        return [_("Nadie debe nada vencido.")]
    said = []
    for currency in sorted({age.currency for age in owed}):
        ages = [age for age in owed if age.currency == currency]
        many = sum(age.invoices for age in ages)
        text = ngettext("Vencido: %(total)s en %(n)s factura.", "Vencido: %(total)s en %(n)s facturas.", many)
        total = formats.money(sum(age.minor for age in ages), currency)
        said.append(text % {"total": total, "n": formats.number(many)})
    return said


def _billed_table(rows: list[MoneyRow], currency: str, asked: Asked) -> Table:
    columns = [
        Column(_("Mes")),
        Column(_("Facturado"), True, "line"),
        Column(_("Impuestos"), True),
        Column(_("Cobrado"), True, "line", "info"),
    ]

    def part(row: MoneyRow, one: Part) -> Cell:
        href = rows_url("money", row.month.name, one.value, f"currency={currency}")
        return amount(row.sums[one], currency, href)

    cells = [
        [
            month_label(row.month, now=asked.now),
            *(part(row, one) for one in (Part.BILLED, Part.TAX, Part.COLLECTED)),
        ]
        for row in rows
    ]
    caption = _("Facturado y cobrado en %(currency)s") % {"currency": currency}
    return Table(f"money-{currency}", caption, columns, cells, scale_of(currency))


def age_label(age: Age) -> str:
    if age.most is None:
        return _("Más de %(days)s días") % {"days": age.over}
    if not age.over:
        return _("Hasta %(days)s días") % {"days": age.most}
    return _("De %(over)s a %(most)s días") % {"over": age.over + 1, "most": age.most}


def _overdue_table(owed: list[Age]) -> Table:
    columns = [Column(_("Vencido hace")), Column(_("Facturas"), True), Column(_("Por cobrar"), True)]
    href = rows_url("money", "month", "overdue")
    rows = [
        [words(age_label(age)), count(age.invoices, href), amount(age.minor, age.currency, href)]
        for age in owed
    ]
    return Table("overdue", _("Vencido, por antigüedad"), columns, rows)


REPORTS: Mapping[str, Callable[[Asked], Report]] = {
    "revenue": revenue,
    "cost": cost,
    "renewals": renewing,
    "money": billed,
}
