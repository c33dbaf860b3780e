"""The rows behind each number of the reports, a page at a time."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from vigente.accounts.models import Organization, User
from vigente.reports import cases as case_book
from vigente.reports import money as money_book
from vigente.reports.costs import costs
from vigente.reports.fairness import recount_of
from vigente.reports.held import Outcome, held
from vigente.reports.periods import Period
from vigente.reports.promises import waited_page
from vigente.reports.recurring import recurring
from vigente.reports.renewals import WINDOWS, Renewal, Risk, Says, renewals
from vigente.rules.fairness import How, Judged, Verdict
from vigente.rules.periods import Span
from vigente.rules.recurring import Movement
from vigente.tickets.models import Ticket
from vigente.ui import formats
from vigente.ui.wording import release_text
from vigente.workspace.finance import movement_names
from vigente.workspace.support import outcome_names, part_names, verdict_names
from vigente.workspace.tables import (
    Asked,
    Behind,
    Cell,
    Column,
    Table,
    amount,
    count,
    duration,
    next_of,
    on_day,
    page_of,
    when,
    words,
)

Rows = Callable[[Asked, str, str, str, int], Behind]


def _organization(pk: int | None, name: str) -> Cell:
    return words(name, reverse("workspace:organization", args=[pk]) if pk else "")


def _case(number: int | None, subject: str = "") -> Cell:
    if number is None:
        return words("")
    text = f"{number} · {subject}" if subject else str(number)
    return words(text, reverse("workspace:case", args=[number]))


def _number(after: str) -> int | None:
    return int(after) if after.isdigit() and len(after) < 19 else None


def _span(period: Period) -> Span:
    return Span(period.start, period.end)


def moved(asked: Asked, part: str, after: str, currency: str, limit: int) -> Behind:
    """Customers whose recurring revenue moved this way."""
    if part not in set(Movement):
        raise Http404
    changed = recurring(asked.period, now=asked.now).changed
    rows = [
        (month, one)
        for month, changes in reversed(changed.items())
        for one in changes
        if one.movement == part and one.currency == currency
    ]
    some, more = page_of(rows, lambda row: f"{row[0]}.{row[1].customer}", after, limit)
    names = Organization.objects.in_bulk([one.customer for _month, one in some])
    columns = [
        Column(_("Organización")), Column(_("Mes")), Column(_("Antes"), True), Column(_("Después"), True),
        Column(_("Cambio"), True),
    ]  # fmt: skip
    cells = [
        [
            _organization(one.customer, names[one.customer].name),
            words(month),
            amount(one.before, one.currency),
            amount(one.after, one.currency),
            amount(one.minor, one.currency, signed=True),
        ]
        for month, one in some
    ]
    title = _("Ingreso recurrente: %(part)s") % {"part": movement_names()[Movement(part)].lower()}
    return Behind(title, Table("rows", title, columns, cells), more)


def costed(asked: Asked, part: str, after: str, currency: str, limit: int) -> Behind:
    """The cases of a plan with what each cost."""
    found = costs(asked.period, now=asked.now, zone=asked.zone)
    family = "" if part == "-" else part
    plan = next((one for one in found.plans if one.family == family), None)
    if plan is None:
        raise Http404
    some, more = page_of(found.of(family), lambda row: row.id, after, limit)
    columns = [
        Column(_("Caso")), Column(_("Organización")), Column(_("Entró")), Column(_("Minutos"), True),
        Column(_("Costo"), True),
    ]  # fmt: skip
    cells = [
        [
            _case(one.number, one.subject),
            words(one.organization),
            when(one.accepted_at),
            count(one.minutes),
            amount(one.cost_minor, found.currency),
        ]
        for one in some
    ]
    title = _("Casos del plan %(plan)s") % {"plan": plan.plan} if family else _("Casos sin plan")
    return Behind(title, Table("rows", title, columns, cells), more)


def _chosen(rows: list[Renewal], kind: str) -> list[Renewal]:
    if kind == "leaving":
        return [row for row in rows if row.says is Says.LEAVES]
    return [row for row in rows if row.risks and row.says is not Says.LEAVES] if kind else rows


def renewing(asked: Asked, part: str, after: str, currency: str, limit: int) -> Behind:
    """Contracts that renew within so many days."""
    days, _dash, kind = part.partition("-")
    if days not in {str(one) for one in WINDOWS} or kind not in ("", "leaving", "risk"):
        raise Http404
    rows = _chosen(renewals(now=asked.now, days=int(days)), kind)
    some, more = page_of(rows, lambda row: row.contract, after, limit)
    says = {Says.RENEWS: _("Se renueva"), Says.LEAVES: _("Se va"), Says.CHANGES: _("Cambia de plan")}
    risks = {
        Risk.UNPAID: _("debe algo vencido"),
        Risk.EXHAUSTED: _("usó todos sus casos"),
        Risk.UNUSED: _("no ha usado ninguno"),
    }
    columns = [
        Column(_("Organización")), Column(_("Plan")), Column(_("Se renueva")), Column(_("Monto"), True),
        Column(_("Qué dijo")), Column(_("En riesgo porque")),
    ]  # fmt: skip
    cells = [
        [
            _organization(one.organization, one.name),
            words(one.plan),
            on_day(one.at),
            amount(one.amount_minor, one.currency),
            words(says[one.says]),
            words(", ".join(risks[risk] for risk in one.risks) or "—"),
        ]
        for one in some
    ]
    title = _("Renovaciones en %(days)s días") % {"days": days}
    return Behind(title, Table("rows", title, columns, cells), more)


def moneyed(asked: Asked, part: str, after: str, currency: str, limit: int) -> Behind:
    """Movements behind a sum; or the invoices that are overdue."""
    if part == "overdue":
        return _overdue(asked, after, limit)
    if part not in set(money_book.Part):
        raise Http404
    found = money_book.moves(
        money_book.Part(part), _span(asked.period), currency, after=_number(after), limit=limit + 1
    )
    some, more = next_of(found, lambda row: row.id, limit)
    columns = [Column(_("Organización")), Column(_("Cuándo")), Column(_("Factura")), Column(_("Monto"), True)]
    cells = [
        [
            _organization(one.organization_id, one.organization),
            when(one.at),
            words(one.invoice or "—"),
            amount(one.minor, one.currency),
        ]
        for one in some
    ]
    titles = {
        money_book.Part.BILLED: _("Facturado"),
        money_book.Part.TAX: _("Impuestos"),
        money_book.Part.COLLECTED: _("Cobrado"),
    }
    title = titles[money_book.Part(part)]
    return Behind(title, Table("rows", title, columns, cells), more)


def _overdue(asked: Asked, after: str, limit: int) -> Behind:
    at, _dot, pk = after.partition("_")
    begins = None
    if pk.isdigit() and at.isdigit() and len(at) < 17:
        begins = (datetime.fromtimestamp(0, tz=asked.now.tzinfo) + timedelta(microseconds=int(at)), int(pk))
    found = money_book.overdue_invoices(now=asked.now, after=begins, limit=limit + 1)
    epoch = datetime.fromtimestamp(0, tz=asked.now.tzinfo)
    some, more = next_of(
        found, lambda one: f"{(one.due_at - epoch) // timedelta(microseconds=1)}_{one.pk}", limit
    )
    columns = [
        Column(_("Organización")), Column(_("Factura")), Column(_("Venció el")), Column(_("Días"), True),
        Column(_("Por cobrar"), True),
    ]  # fmt: skip
    cells = [
        [
            _organization(one.organization_id, one.organization.name),
            words(one.code),
            on_day(one.due_at),
            count((asked.now - one.due_at).days),
            amount(one.balance_minor, one.currency),
        ]
        for one in some
    ]
    return Behind(_("Facturas vencidas"), Table("rows", _("Facturas vencidas"), columns, cells), more)


def entered(asked: Asked, part: str, after: str, currency: str, limit: int) -> Behind:
    """Entries of the books of cases."""
    if part not in set(case_book.Part):
        raise Http404
    found = case_book.behind(case_book.Part(part), _span(asked.period), after=_number(after), limit=limit + 1)
    some, more = next_of(found, lambda row: row.id, limit)
    columns = [
        Column(_("Organización")), Column(_("Cuándo")), Column(_("Casos"), True), Column(_("Caso")),
        Column(_("Por qué")),
    ]  # fmt: skip
    cells = [
        [
            _organization(one.organization_id, one.organization),
            when(one.at),
            words("∞") if one.cases is None else count(one.cases),
            _case(one.ticket),
            words(release_text(one.reason) if one.reason else "—"),
        ]
        for one in some
    ]
    title = _("Casos: %(part)s") % {"part": part_names()[case_book.Part(part)].lower()}
    return Behind(title, Table("rows", title, columns, cells), more)


def waited(asked: Asked, part: str, after: str, currency: str, limit: int) -> Behind:
    """The cases of one priority, with how long each waited."""
    if not part.isdigit() or len(part) > 4:
        raise Http404
    found = waited_page(
        _span(asked.period), rank=int(part), now=asked.now, after=_number(after), limit=limit + 1
    )
    some, more = next_of(found, lambda row: row.id, limit)
    kept = {True: _("a tiempo"), False: _("tarde"), None: "—"}
    columns = [
        Column(_("Caso")), Column(_("Organización")), Column(_("Entró")), Column(_("Primera respuesta"), True),
        Column(_("Plazo")), Column(_("Solución"), True), Column(_("Plazo")),
    ]  # fmt: skip
    cells = [
        [
            _case(one.number, one.subject),
            words(one.organization),
            when(one.accepted_at),
            duration(one.reply),
            words(kept[one.reply_kept], meaning="late" if one.reply_kept is False else ""),
            duration(one.solution),
            words(kept[one.solution_kept], meaning="late" if one.solution_kept is False else ""),
        ]
        for one in some
    ]
    title = _("Casos de la prioridad %(rank)s") % {"rank": part}
    return Behind(title, Table("rows", title, columns, cells), more)


def holding(asked: Asked, part: str, after: str, currency: str, limit: int) -> Behind:
    """The held requests of one outcome."""
    if part not in set(Outcome):
        raise Http404
    some, more = page_of(held(_span(asked.period)).of(Outcome(part)), lambda row: row.id, after, limit)
    columns = [
        Column(_("Solicitud")), Column(_("Organización")), Column(_("Llegó")), Column(_("Tras"), True),
        Column(_("Contestada")), Column(_("Caso")),
    ]  # fmt: skip
    cells = [
        [
            words(one.subject or _("(sin asunto)"), reverse("workspace:held_request", args=[one.id])),
            words(one.organization),
            when(one.received_at),
            duration(one.after),
            words(_("Sí") if one.answered else _("No")),
            _case(one.ticket),
        ]
        for one in some
    ]
    title = outcome_names()[Outcome(part)]
    return Behind(title, Table("rows", title, columns, cells), more)


def ordered(asked: Asked, part: str, after: str, currency: str, limit: int) -> Behind:
    """Takings with a case that had a better right, and how long it had waited."""
    if part not in set(Verdict) - {Verdict.IN_ORDER}:
        raise Http404
    found = [one for one in recount_of(asked.period, now=asked.now) if one.verdict == part]
    some, more = page_of(found, _name, after, limit)
    tickets = Ticket.objects.in_bulk(
        {one.taking.case for one in some} | {one.passed for one in some if one.passed}
    )
    people = User.objects.in_bulk({one.taking.agent for one in some})
    how = {
        How.LINE: _("con “Siguiente caso”"),
        How.HAND: _("lo eligió"),
        How.GIVEN: _("lo decidió un supervisor"),
    }
    columns = [
        Column(_("Tomó")), Column(_("Quién")), Column(_("Cómo")), Column(_("Cuándo")),
        Column(_("Esperaba con mejor lugar")), Column(_("Esperaba hacía"), True),
    ]  # fmt: skip
    cells = [
        [
            _case(tickets[one.taking.case].number, tickets[one.taking.case].subject),
            words(str(people.get(one.taking.agent, "—"))),
            words(how[one.taking.how]),
            when(one.taking.at),
            _case(tickets[one.passed].number, tickets[one.passed].subject) if one.passed else words("—"),
            words(formats.span(int(one.waited / timedelta(minutes=1)))),
        ]
        for one in some
    ]
    title = verdict_names()[Verdict(part)]
    return Behind(title, Table("rows", title, columns, cells), more)


def _name(one: Judged) -> str:
    return f"{one.taking.at.timestamp():.6f}-{one.taking.case}"


FINANCE: Mapping[str, Rows] = {"revenue": moved, "cost": costed, "renewals": renewing, "money": moneyed}
SUPPORT: Mapping[str, Rows] = {"cases": entered, "waiting": waited, "held": holding, "order": ordered}
