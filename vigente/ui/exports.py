"""Lists as CSV that a spreadsheet opens without running anything in it. For every surface."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from io import StringIO

from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
            "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip

_UNSEEN = re.compile(
    "^[ \u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+"
)  # may stand before the sign


def csv_response(name: str, columns: list[str], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """Stream rows as UTF-8 CSV with a byte order mark, so that accents survive the double click."""
    response = StreamingHttpResponse(_lines(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(columns: list[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The lines are made while they are sent, when the request is over: each in its reader's language and zone."""
    return _said(iter(rows), _line(columns), get_language(), timezone.get_current_timezone())


def _said(rows: Iterator[Iterable[object]], head: str, language: str | None, zone: tzinfo) -> Iterator[str]:
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + head
    while True:
        with translation.override(language), timezone.override(zone):
            row = next(rows, None)
            line = None if row is None else _line(row)
        if line is None:
            return
        yield line


def _line(cells: Iterable[object]) -> str:
    buffer = StringIO()
    csv.writer(buffer).writerow([safe_cell(cell) for cell in cells])
    return buffer.getvalue()


def safe_cell(value: object) -> str | int:
    """A cell no spreadsheet takes for a formula: text that begins like one gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Sí") if value else _("No")
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    text = str(value)
    return f"'{text}" if _UNSEEN.sub("", text).startswith(_FORMULA) else text
