"""The lists behind a trial's numbers, as tables of words: who, what, when, before and after."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from vigente.accounts.models import User
from vigente.billing.models import Subscription
from vigente.rules.simulate_compare import Why
from vigente.rules.simulate_fates import State
from vigente.tickets.models import HeldRequest, Ticket
from vigente.trials.models import Trial, TrialRow
from vigente.ui import formats
from vigente.ui.wording import reason_sentence
from vigente.workspace.tables import Behind, Cell, Column, Table, amount, count, when, words
from vigente.workspace.trials import outcome_names

LISTS = TrialRow.List
AT_ONCE = 500


@dataclass(slots=True)
class Names:
    """What rows speak of, read for many rows at once."""

    tickets: dict[int, tuple[int, str]] = field(default_factory=dict)
    held: dict[int, str] = field(default_factory=dict)
    contracts: dict[int, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Sequence[TrialRow], user: User) -> "Names":
        """Three queries, whatever the number of rows."""
        ids: dict[str, set[int]] = {"ticket": set(), "held": set(), "sold": set()}
        for row in rows:
            kind, pk = _ref(row)
            ids.setdefault(kind, set()).add(pk)
        tickets = Ticket.objects.visible_to(user).filter(pk__in=ids["ticket"])
        contracts = Subscription.objects.visible_to(user).filter(pk__in=ids["sold"])
        givers = {row.before.get("by") for row in rows if row.listed == LISTS.FAVOURS}
        return cls(
            {pk: (number, subject) for pk, number, subject in tickets.values_list("pk", "number", "subject")},
            dict(
                HeldRequest.objects.visible_to(user).filter(pk__in=ids["held"]).values_list("pk", "subject")
            ),
            dict(contracts.values_list("pk", "version__plan__name")),
            {one.pk: str(one) for one in User.objects.filter(pk__in=givers - {None})},
        )

    def thing(self, row: TrialRow) -> Cell:
        """What a row is about, with the way to it."""
        kind, pk = _ref(row)
        if kind == "ticket" and pk in self.tickets:
            number, subject = self.tickets[pk]
            return words(f"{number} · {subject}", reverse("workspace:case", args=[number]))
        if kind == "held" and pk in self.held:
            return words(self.held[pk], reverse("workspace:held_request", args=[pk]))
        if kind == "sold":
            return words(self.contracts.get(pk, "—"))
        kinds = {"pack": _("Paquete extra"), "goodwill": _("Cortesía"), "legacy": _("Plan anterior")}
        return words(kinds.get(kind, "—"))


def _ref(row: TrialRow) -> tuple[str, int]:
    kind, _sep, rest = row.ref.partition(":")
    number = rest.partition(":")[0]
    return kind, int(number) if number.isdigit() else 0


def behind(trial: Trial, listed: str, user: User, *, after: str, limit: int) -> Behind:
    """A page of a list. `after`: the place of the last row that was seen."""
    rows = trial.rows.filter(listed=listed).select_related("organization").order_by("position")
    if after.isascii() and after.isdigit() and len(after) < 10:
        rows = rows.filter(position__gt=int(after))
    found = list(rows[: limit + 1])
    more = str(found[limit - 1].position) if len(found) > limit else ""
    table = table_of(listed, found[:limit], user)
    return Behind(table.caption, table, more)


def csv_lines(trial: Trial, listed: str, user: User) -> Iterable[list[Any]]:
    """Every row of a list, read a few at a time."""
    after = ""
    while True:
        page = behind(trial, listed, user, after=after, limit=AT_ONCE)
        yield from ([cell.plain for cell in row] for row in page.table.rows)
        if not page.more:
            return
        after = page.more


def table_of(listed: str, rows: Sequence[TrialRow], user: User) -> Table:
    """Rows of one list in words."""
    names = Names.of(rows, user)
    columns, cells = _SHAPES[listed]
    first = () if listed == LISTS.FAVOURS else (Column(_("Organización")),)
    shown = [[*_organization(row, listed), *cells(row, names)] for row in rows]
    return Table("rows", str(LISTS(listed).label), (*first, *columns()), shown)


def _organization(row: TrialRow, listed: str) -> list[Cell]:
    if listed == LISTS.FAVOURS:
        return []
    if row.organization is None:
        return [words("—")]
    return [words(row.organization.name, reverse("workspace:organization", args=[row.organization_id]))]


# Requests


def _request_columns() -> Sequence[Column]:
    return (
        Column(_("Solicitud")),
        Column(_("Llegó")),
        Column(_("Reglas en vigor")),
        Column(_("Estas reglas")),
    )


def _request(row: TrialRow, names: Names) -> list[Cell]:
    return [names.thing(row), _when(row.at), words(side(row.before)), words(side(row.after))]


def side(told: dict[str, Any]) -> str:
    """How a request came out, when if it waited, and why if it did not get in."""
    outcome = outcome_names().get(told["outcome"], told["outcome"])
    if told["how"] == "later" and told["at"]:
        at = when(datetime.fromisoformat(told["at"])).text
        return _("%(outcome)s, el %(at)s") % {"outcome": outcome, "at": at}
    if told["how"] != "not":
        return str(outcome)
    reasons = (told.get("decision") or {}).get("reasons", ())
    said = " ".join(reason_sentence(reason, staff=True) for reason in reasons)
    return f"{outcome}. {said} {_waiting(told['state'])}".strip()


def _waiting(state: str) -> str:
    return {
        State.CHOOSE.value: _("Queda por elegir tras la renovación."),
        State.APPROVAL.value: _("Queda por aprobar."),
        State.EXPIRED.value: _("Se cierra al vencer la espera."),
        State.WITHDRAWN.value: _("El cliente la retiró."),
        State.WAITING.value: _("Sigue en espera."),
    }.get(state, "")


def _reality_columns() -> Sequence[Column]:
    return (Column(_("Solicitud")), Column(_("Llegó")), Column(_("Qué pasó")), Column(_("Según las reglas")))


def _reality(row: TrialRow, names: Names) -> list[Cell]:
    really = {
        "at_once": _("Entró"),
        "later": _("Entró después de esperar"),
        "override": _("La dejó entrar un supervisor"),
        "not": _("No entró"),
    }[row.before["how"]]
    why = {
        Why.OVERRIDE: "",
        Why.CLOCK: _("entró antes de que se cerrara su espera"),
        Why.FOLLOWS: _("por una diferencia anterior del mismo cliente"),
        Why.UNKNOWN: _("sin causa conocida"),
    }[Why(row.before["why"])]
    text = f"{really}: {why}." if why else f"{really}."
    return [names.thing(row), _when(row.at), words(text), words(side(row.after))]


# Cases, money, the line, favours


def _expired_columns() -> Sequence[Column]:
    return (
        Column(_("De qué")),
        Column(_("Vencen con las reglas en vigor"), number=True),
        Column(_("Vencen con estas reglas"), number=True),
    )


def _expired(row: TrialRow, names: Names) -> list[Cell]:
    return [names.thing(row), count(row.before["expired"]), count(row.after["expired"])]


def _money_columns() -> Sequence[Column]:
    return (
        Column(_("De qué")),
        Column(_("Reglas en vigor"), number=True),
        Column(_("Estas reglas"), number=True),
        Column(_("Diferencia"), number=True),
    )


def _money(row: TrialRow, names: Names) -> list[Cell]:
    currency, was, becomes = row.before["currency"], row.before["minor"], row.after["minor"]
    return [
        names.thing(row),
        amount(was, currency),
        amount(becomes, currency),
        amount(becomes - was, currency, signed=True),
    ]


def _moved_columns() -> Sequence[Column]:
    return (
        Column(_("Caso")),
        Column(_("Entró")),
        Column(_("Se atiende, reglas en vigor")),
        Column(_("Se atiende, estas reglas")),
        Column(_("Cambia")),
    )


def _moved(row: TrialRow, names: Names) -> list[Cell]:
    was, becomes = (side["at"] and datetime.fromisoformat(side["at"]) for side in (row.before, row.after))
    return [names.thing(row), _when(row.at), _when(was), _when(becomes), _shift(was, becomes)]


def _shift(was: datetime | None, becomes: datetime | None) -> Cell:
    if was is None or becomes is None:
        return words(_("queda sin atender") if becomes is None else _("alcanza a atenderse"))
    minutes = round(abs(becomes - was) / timedelta(minutes=1))
    text = formats.span(minutes)
    said = _("%(span)s antes") if becomes < was else _("%(span)s después")
    return Cell(said % {"span": text}, raw=minutes if becomes > was else -minutes)


def _favour_columns() -> Sequence[Column]:
    return (
        Column(_("Quién")),
        Column(_("Cuándo")),
        Column(_("Casos"), number=True),
        Column(_("Reglas en vigor")),
        Column(_("Estas reglas")),
    )


def _favour(row: TrialRow, names: Names) -> list[Cell]:
    said = {True: _("pasa del límite"), False: _("dentro del límite")}
    return [
        words(names.people.get(row.before["by"], "—")),
        _when(row.at),
        count(row.before["cases"]),
        words(said[row.before["beyond"]]),
        words(said[row.after["beyond"]]),
    ]


def _customer_columns() -> Sequence[Column]:
    return (
        Column(_("Entran de más o antes"), number=True),
        Column(_("Entran de menos o después"), number=True),
        Column(_("Casos vencidos"), number=True),
        Column(_("Dinero")),
    )


def _customer(row: TrialRow, names: Names) -> list[Cell]:
    was, becomes = row.before["expired"], row.after["expired"]
    change = f"{formats.number(was)} → {formats.number(becomes)}" if was != becomes else formats.number(was)
    gained, lost = row.before["gained"], row.before["lost"]
    return [
        count(gained, meaning="gain" if gained else ""),
        count(lost, meaning="late" if lost else ""),
        words(change),
        words(_money_change(row.before["money"], row.after["money"])),
    ]


def _money_change(before: dict[str, int], after: dict[str, int]) -> str:
    said = []
    for currency in sorted({*before, *after}):
        was, becomes = before.get(currency, 0), after.get(currency, 0)
        if was != becomes:
            said.append(f"{formats.money(was, currency)} → {formats.money(becomes, currency)}")
    return "; ".join(said) or _("igual")


def _when(at: datetime | None) -> Cell:
    return when(at) if at is not None else words("—")


Shape = tuple[Callable[[], Sequence[Column]], Callable[[TrialRow, Names], list[Cell]]]
_SHAPES: dict[str, Shape] = {
    **dict.fromkeys(
        (LISTS.REFUSED, LISTS.ACCEPTED, LISTS.DELAYED, LISTS.SOONER, LISTS.OTHERWISE, LISTS.UNHELD),
        (_request_columns, _request),
    ),
    LISTS.REALITY: (_reality_columns, _reality),
    LISTS.EXPIRED: (_expired_columns, _expired),
    LISTS.MONEY: (_money_columns, _money),
    LISTS.MOVED: (_moved_columns, _moved),
    LISTS.FAVOURS: (_favour_columns, _favour),
    LISTS.CUSTOMERS: (_customer_columns, _customer),
}
