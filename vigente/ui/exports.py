"""Lists as CSV that a spreadsheet opens without running anything in it. For every surface."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from io import StringIO

from babel.numbers import get_currency_precision
from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
            "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip

_UNSEEN = re.compile(
    "^[ \u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+"
)  # may stand before the sign


class Number(str):
    """A number written for a spreadsheet: made here alone, so that its sign is no formula's."""


def amount_cell(minor: int, currency: str, *, comma: bool | None = None) -> Number:
    """Minor units as a bare number, `-1260.50`; with a decimal comma where the reader writes one, or as asked."""
    digits = get_currency_precision(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    mark = "," if comma or (comma is None and not (get_language() or "es").startswith("en")) else "."
    return Number(f"{'-' if minor < 0 else ''}{whole}" + (f"{mark}{rest:0{digits}d}" if digits else ""))


def csv_response(
    name: str, columns: list[str], rows: Iterable[Iterable[object]], *, separator: str = ","
) -> StreamingHttpResponse:
    """Stream rows as UTF-8 CSV with a byte order mark, so that accents survive the double click."""
    lines = csv_lines(columns, rows, separator=separator)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def csv_lines(columns: list[str], rows: Iterable[Iterable[object]], *, separator: str = ",") -> Iterator[str]:
    """The lines are made while they are sent, when the request is over: each in its reader's language and zone."""
    head = _line(columns, separator)
    return _said(iter(rows), head, separator, get_language(), timezone.get_current_timezone())


def _said(
    rows: Iterator[Iterable[object]], head: str, separator: str, language: str | None, zone: tzinfo
) -> Iterator[str]:
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + head
    while True:
        with translation.override(language), timezone.override(zone):
            row = next(rows, None)
            line = None if row is None else _line(row, separator)
        if line is None:
            return
        yield line


def _line(cells: Iterable[object], separator: str) -> str:
    buffer = StringIO()
    csv.writer(buffer, delimiter=separator).writerow([safe_cell(cell) for cell in cells])
    return buffer.getvalue()


def safe_cell(value: object) -> str | int | float:
    """A cell no spreadsheet takes for a formula: text that begins like one gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Sí") if value else _("No")
    if isinstance(value, int | float | Number):
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    text = str(value)
    return f"'{text}" if _UNSEEN.sub("", text).startswith(_FORMULA) else text
