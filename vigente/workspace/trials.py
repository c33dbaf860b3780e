"""What a trial of rules found, in sentences, figures and tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.trials.models import Trial, TrialRow
from vigente.ui import formats
from vigente.workspace.headline import Figure
from vigente.workspace.tables import Cell, Column, Table, count, scale_of, words

LISTS = TrialRow.List


@dataclass(frozen=True, slots=True)
class Found:
    """The numbers of a finished trial."""

    trial: Trial
    result: Mapping[str, Any]

    @property
    def is_ahead(self) -> bool:
        return self.trial.direction == Trial.Direction.AHEAD

    @property
    def before(self) -> Mapping[str, Any]:
        return self.result["before"]

    @property
    def after(self) -> Mapping[str, Any]:
        return self.result["after"]

    def count(self, name: str) -> int:
        return self.result["counts"].get(name, 0)

    def href(self, listed: str) -> str:
        return reverse("workspace:trial_rows", args=[self.trial.pk, listed])

    @property
    def since(self) -> datetime:
        return datetime.fromisoformat(self.result["since"])

    @property
    def until(self) -> datetime:
        return datetime.fromisoformat(self.result["until"])


def headline(found: Found) -> list[str]:
    """The answer in a few sentences, the most important first."""
    everything = formats.number(found.before["requests"])
    refused, accepted = found.count("refused"), found.count("accepted")
    if not found.before["requests"]:
        said = [_("En ese tiempo nadie pidió nada.")]
    elif not refused and not accepted:
        said = [_same(found) % {"all": everything}]
    else:
        said = [sentence % {"all": everything} for sentence in _requests(found, refused, accepted)]
    return [*said, *_money(found)]


def _same(found: Found) -> str:
    if found.is_ahead:
        return _("Con estas reglas se decidiría lo mismo sobre las %(all)s solicitudes.")
    return _("Con estas reglas se habría decidido lo mismo sobre las %(all)s solicitudes.")


def _requests(found: Found, refused: int, accepted: int) -> Iterator[str]:
    if refused:
        text = (
            ngettext(
                "Con estas reglas, %(n)s de %(all)s solicitudes no entraría.",
                "Con estas reglas, %(n)s de %(all)s solicitudes no entrarían.",
                refused,
            )
            if found.is_ahead
            else ngettext(
                "Con estas reglas, %(n)s de %(all)s solicitudes no habría entrado.",
                "Con estas reglas, %(n)s de %(all)s solicitudes no habrían entrado.",
                refused,
            )
        )
        yield text.replace("%(n)s", formats.number(refused))
    if accepted:
        text = (
            ngettext(
                "Con estas reglas entraría %(n)s solicitud más, de %(all)s.",
                "Con estas reglas entrarían %(n)s solicitudes más, de %(all)s.",
                accepted,
            )
            if found.is_ahead
            else ngettext(
                "Con estas reglas habría entrado %(n)s solicitud más, de %(all)s.",
                "Con estas reglas habrían entrado %(n)s solicitudes más, de %(all)s.",
                accepted,
            )
        )
        yield text.replace("%(n)s", formats.number(accepted))


def _money(found: Found) -> Iterator[str]:
    for currency in currencies(found):
        was, becomes = found.before["money"].get(currency, 0), found.after["money"].get(currency, 0)
        if was == becomes:
            continue
        text = (
            _("Se cobrarían %(after)s en vez de %(before)s.")
            if found.is_ahead
            else _("Se habrían cobrado %(after)s en vez de %(before)s.")
        )
        yield text % {"after": formats.money(becomes, currency), "before": formats.money(was, currency)}


def currencies(found: Found) -> list[str]:
    return sorted({*found.before["money"], *found.after["money"]})


def figures(found: Found) -> list[Figure]:
    """The numbers, each with the list behind it."""
    made = [
        _figure(found, LISTS.REFUSED, _("entraban y ya no"), bad=True),
        _figure(found, LISTS.ACCEPTED, _("no entraban y ahora sí")),
        _figure(found, LISTS.MOVED, _moves(found)),
        Figure(
            str(LISTS.EXPIRED.label),
            formats.number(found.after["expired"]),
            _("antes %(n)s") % {"n": formats.number(found.before["expired"])},
            found.href(LISTS.EXPIRED),
        ),
    ]
    for currency in currencies(found):
        was, becomes = found.before["money"].get(currency, 0), found.after["money"].get(currency, 0)
        says = _("antes %(amount)s") % {"amount": formats.money(was, currency)}
        title = _("Dinero") if len(currencies(found)) == 1 else _("Dinero en %(code)s") % {"code": currency}
        made.append(Figure(title, formats.money(becomes, currency), says, found.href(LISTS.MONEY)))
    small = (
        (LISTS.DELAYED, _("entrarían, pero más tarde")),
        (LISTS.SOONER, _("entrarían antes")),
        (LISTS.OTHERWISE, _("con otro plan, un paquete o sin usar casos")),
        (LISTS.UNHELD, _("solo con unas de las dos reglas")),
        (LISTS.FAVOURS, _("los decidiría otra persona")),
    )
    made += [_figure(found, listed, says) for listed, says in small if found.count(listed)]
    return made


def _figure(found: Found, listed: str, says: str, *, bad: bool = False) -> Figure:
    many = found.count(listed)
    return Figure(
        str(LISTS(listed).label), formats.number(many), says, found.href(listed), bad=bad and many > 0
    )


def _moves(found: Found) -> str:
    sooner, later = found.count("sooner_in_line"), found.count("later_in_line")
    return _("%(sooner)s antes, %(later)s después") % {
        "sooner": formats.number(sooner),
        "later": formats.number(later),
    }


def tables(found: Found) -> list[Table]:
    """Month by month, before and after: requests that get in, and money in each currency."""
    titled = _("Solicitudes que entran, por mes")
    made = [_by_month(found, "requests", titled, "accepted_by_month", None)]
    for currency in currencies(found):
        titled = _("Dinero por mes, en %(code)s") % {"code": currency}
        made.append(_by_month(found, f"money-{currency.lower()}", titled, "money_by_month", currency))
    return [table for table in made if table.rows]


def _by_month(found: Found, name: str, caption: str, key: str, currency: str | None) -> Table:
    sides = [
        side[key] if currency is None else side[key].get(currency, {}) for side in (found.before, found.after)
    ]
    months = sorted({*sides[0], *sides[1]})
    rows = [[_month(month), *(_value(side.get(month, 0), currency) for side in sides)] for month in months]
    columns = (
        Column(_("Mes")),
        Column(_("Reglas en vigor"), number=True, series="bar", tone="ink-faint"),
        Column(_("Estas reglas"), number=True, series="line"),
    )
    return Table(name, caption, columns, rows, scale=1 if currency is None else scale_of(currency))


def _month(name: str) -> Cell:
    return Cell(format_date(date.fromisoformat(f"{name}-01"), "LLL y", locale=formats.locale()), raw=name)


def _value(value: int, currency: str | None) -> Cell:
    if currency is None:
        return count(value)
    return Cell(formats.money(value, currency), "", value)


def outcomes(found: Found) -> Table:
    """How requests come out under both."""
    names = outcome_names()
    rows = [
        [
            words(str(label)),
            count(found.before["outcomes"].get(code, 0)),
            count(found.after["outcomes"].get(code, 0)),
        ]
        for code, label in names.items()
        if found.before["outcomes"].get(code) or found.after["outcomes"].get(code)
    ]
    columns = (
        Column(_("Qué pasa con la solicitud")),
        Column(_("Reglas en vigor"), number=True),
        Column(_("Estas reglas"), number=True),
    )
    return Table("outcomes", _("Cómo se resuelve cada solicitud"), columns, rows)


def outcome_names() -> dict[str, str]:
    """What becomes of a request, in a few words."""
    return {
        "period": _("Entra: la paga su plan"),
        "legacy": _("Entra: la paga su plan anterior"),
        "licence": _("Entra: la paga el plan incluido"),
        "pack": _("Entra: la paga un paquete extra"),
        "goodwill": _("Entra: la paga una cortesía"),
        "free": _("Entra sin usar casos"),
        "exempt": _("Entra: todavía no se pide plan"),
        "quotation": _("Se cotiza aparte"),
        "override": _("La deja entrar un supervisor"),
        "not_covered": _("No entra"),
    }
