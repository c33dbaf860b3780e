"""A report as tables of words: what a page shows, a chart draws and a CSV holds is one and the same."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from babel.dates import format_date
from babel.numbers import get_currency_precision
from django.utils import timezone
from django.utils.translation import gettext as _

from vigente.reports.periods import Month, Period
from vigente.ui import formats
from vigente.ui.exports import amount_cell

T = TypeVar("T")
PAGE, MOST, MOST_STACKED = 50, 5000, 5


class Cell(NamedTuple):
    """A value in words. `href`: what is behind it. `value`: for the chart. `raw`: for the CSV, else the words."""

    text: str
    href: str = ""
    value: int | None = None
    raw: Any = None
    meaning: str = ""

    @property
    def plain(self) -> Any:
        return self.text if self.raw is None else self.raw


class Column(NamedTuple):
    """A heading. `series`: drawn as a "line" or as a "bar", in the colour `tone`."""

    label: str
    number: bool = False
    series: str = ""
    tone: str = "brand"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; the first cell of a row names it. The chart divides values by `scale`, into `unit`."""

    id: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    scale: int = 1
    unit: str = ""
    note: str = ""
    empty: str = ""

    @property
    def labelled(self) -> list[list[tuple[Cell, Column]]]:
        return [list(zip(row, self.columns, strict=True)) for row in self.rows]

    @property
    def has_chart(self) -> bool:
        drawn = [at for at, column in enumerate(self.columns) if column.series]
        return len(self.rows) > 1 and any(row[at].value for row in self.rows for at in drawn)

    @property
    def is_wide(self) -> bool:
        """Too wide to be read stacked on a phone: it scrolls sideways there."""
        return len(self.columns) > MOST_STACKED


@dataclass(frozen=True, slots=True)
class Report:
    """A page: what it says in sentences, its tables, and plainly how the numbers came to be."""

    title: str
    says: Sequence[str]
    tables: Sequence[Table]
    how: Sequence[str] = ()
    has_period: bool = True
    links: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @property
    def has_chart(self) -> bool:
        return any(table.has_chart for table in self.tables)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asked for: `which` names the period as addresses do."""

    now: datetime
    zone: str
    period: Period
    which: str


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of the rows behind a number; `more`: where the next begins, empty at the end."""

    title: str
    table: Table
    more: str = ""


def month_label(month: Month, *, now: datetime) -> Cell:
    """`jul 2026`; the running one says so."""
    text = format_date(month.first, "LLL y", locale=formats.locale())
    text = text if month.is_over(now) else _("%(month)s, hasta hoy") % {"month": text}
    return Cell(text, raw=month.name)


def words(text: str, href: str = "", *, meaning: str = "") -> Cell:
    return Cell(text, href, meaning=meaning)


def count(value: int, href: str = "", *, meaning: str = "") -> Cell:
    """A number; one that is nothing leads nowhere."""
    return Cell(formats.number(value), href if value else "", value, value, meaning)


def amount(minor: int | None, currency: str, href: str = "", *, signed: bool = False) -> Cell:
    """Money; the CSV gets plain units."""
    if minor is None or not currency:
        return Cell("—", raw="")
    text = formats.money(minor, currency) if minor or not signed else "0"
    text = f"+{text}" if signed and minor > 0 else text
    return Cell(text, href if minor else "", minor, amount_cell(minor, currency))


def scale_of(currency: str) -> int:
    return int(10 ** get_currency_precision(currency))


def duration(span: timedelta | None) -> Cell:
    """Working time in words, minutes in the CSV."""
    if span is None:
        return Cell("—", raw="")
    minutes = round(span / timedelta(minutes=1))
    return Cell(formats.span(minutes), "", minutes, minutes)


def share(basis_points: int | None) -> Cell:
    """A whole per cent."""
    if basis_points is None:
        return Cell("—", raw="")
    return Cell(per_cent(basis_points), "", basis_points, round(basis_points / 100))


def per_cent(basis_points: int) -> str:
    """`83 %`, rounded down: what is not all is not 100 %."""
    return formats.percent(basis_points // 100 * 100)


def when(at: datetime) -> Cell:
    """A day and an hour, in the reader's zone."""
    zone = timezone.get_current_timezone()
    return Cell(f"{formats.day(at, zone=zone)}, {formats.clock(at, zone)}", raw=at)


def on_day(at: datetime) -> Cell:
    """A day alone."""
    return Cell(formats.day(at, zone=timezone.get_current_timezone()), raw=at)


def page_of(rows: Sequence[T], key: Callable[[T], object], after: str, limit: int) -> tuple[list[T], str]:
    """The rows after the one whose key is `after`, and where the next page begins."""
    begins = 0
    if after:
        begins = next((at + 1 for at, row in enumerate(rows) if str(key(row)) == after), 0)
    some = list(rows[begins : begins + limit])
    return some, str(key(some[-1])) if some and begins + limit < len(rows) else ""


def next_of(rows: Sequence[T], key: Callable[[T], object], limit: int) -> tuple[Sequence[T], str]:
    """The page of rows read one longer than it is shown, and where the next begins."""
    some = rows[:limit]
    return some, str(key(some[-1])) if len(rows) > limit else ""


def csv_rows(table: Table) -> Iterable[list[Any]]:
    return ([cell.plain for cell in row] for row in table.rows)
