"""A table of customers as spreadsheets save it: bytes to rows of named cells, each with its line.

UTF-8 with or without its mark, UTF-16, or Latin-1 as older programs save; separated by commas, semicolons or tabs.
Headings in Spanish or English, in any case, with or without accents. Nothing here asks the database.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MOST_BYTES, MOST_ROWS, MOST_CELL, MOST_COLUMNS = 5_000_000, 20_000, 2000, 200


class Fault(StrEnum):
    """What may be wrong, with its params."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"  # most
    TOO_MANY = "too_many"  # most
    NOT_TEXT = "not_text"
    NO_HEADING = "no_heading"
    HEADING_UNKNOWN = "heading_unknown"  # given
    HEADING_TWICE = "heading_twice"  # given
    CELLS = "cells"  # given, most
    MISSING = "missing"
    TOO_LONG = "too_long"  # most
    UNPRINTABLE = "unprintable"
    NOT_ONE_OF = "not_one_of"  # given, allowed
    NOT_HOSTING = "not_hosting"  # given
    NOT_A_DAY = "not_a_day"  # given
    NOT_A_MAIL = "not_a_mail"  # given
    NO_SUCH_PLAN = "no_such_plan"  # given, allowed
    OTHER_EDITION = "other_edition"  # given, edition
    NEEDS = "needs"  # other: a column
    TWICE = "twice"  # given, line
    OF_ANOTHER = "of_another"  # given, organization
    SEVERAL = "several"  # given
    PAST = "past"  # given
    REFUSED = "refused"  # code


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. `line`: 1 is the headings; 0 is the whole file. `column`: as `COLUMNS` names it."""

    fault: Fault
    line: int = 0
    column: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


class ImportFileError(ValueError):
    """The file as a whole cannot be read."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.fault for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; cells that are empty or not there are ''."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "organization": ("organizacion", "organization", "empresa", "cliente", "customer"),
    "reference": ("referencia", "reference", "codigo", "code"),
    "language": ("idioma", "language"),
    "manager_name": ("responsable", "manager", "manager_name", "contacto"),
    "manager_email": ("correo", "manager_email", "email", "correo_responsable"),
    "licence": ("licencia", "licence", "license", "clave", "key"),
    "product": ("producto", "product"),
    "edition": ("edicion", "edition"),
    "hosting": ("hospedaje", "hosting", "donde_esta"),
    "label": ("nombre_licencia", "label", "etiqueta"),
    "included_plan": ("plan_incluido", "included_plan"),
    "legacy_plan": ("plan_anterior", "legacy_plan"),
    "legacy_from": ("plan_anterior_desde", "legacy_from"),
    "legacy_until": ("plan_anterior_hasta", "legacy_until", "vence"),
}
_BY_HEADING = {heading: name for name, headings in COLUMNS.items() for heading in headings}
SPANISH = {name: headings[0] for name, headings in COLUMNS.items()}
ENGLISH = {name: headings[1] for name, headings in COLUMNS.items()}


def decode(content: bytes) -> str:
    """The text of a file, whatever a spreadsheet saved it as."""
    if len(content) > MOST_BYTES:
        raise ImportFileError(Problem(Fault.TOO_LARGE, params={"most": MOST_BYTES // 1_000_000}))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise ImportFileError(Problem(Fault.NOT_TEXT)) from None
    if b"\0" in content:
        raise ImportFileError(Problem(Fault.NOT_TEXT))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def rows(text: str) -> list[Row]:
    """The rows of a table, without empty lines. ImportFileError when there is no telling what is what."""
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise ImportFileError(Problem(Fault.EMPTY))
    first = text.lstrip("\r\n").splitlines()[0]
    separator = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return list(_rows(reader))
    except csv.Error:
        raise ImportFileError(Problem(Fault.NOT_TEXT, line=reader.line_num)) from None


def _rows(reader: Any) -> Iterator[Row]:
    names: list[str] = []
    count = 0
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > MOST_COLUMNS:
            raise ImportFileError(
                Problem(Fault.CELLS, reader.line_num, params={"given": len(cells), "most": MOST_COLUMNS})
            )
        if not names:
            names = _headings(cells, reader.line_num)
            continue
        count += 1
        if count > MOST_ROWS:
            raise ImportFileError(Problem(Fault.TOO_MANY, params={"most": MOST_ROWS}))
        extra = [cell for cell in cells[len(names) :] if cell.strip()]
        found = {name: _cell(cell) for name, cell in zip(names, cells, strict=False)}
        yield Row(reader.line_num, found | ({"": str(len(cells))} if extra else {}))


def _cell(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip()[: MOST_CELL + 1]


def _headings(cells: list[str], line: int) -> list[str]:
    names: list[str] = []
    problems: list[Problem] = []
    for cell in cells:
        name = _BY_HEADING.get(plain(cell))
        if name is None and cell.strip():
            problems.append(Problem(Fault.HEADING_UNKNOWN, line, params={"given": cell.strip()[:60]}))
        elif name in names:
            problems.append(Problem(Fault.HEADING_TWICE, line, params={"given": cell.strip()[:60]}))
        names.append(name or f"#{len(names)}")
    if "organization" not in names:
        problems.insert(0, Problem(Fault.NO_HEADING, line))
    if problems:
        raise ImportFileError(*problems[:20])
    return names


def plain(text: str) -> str:
    """Lower case without accents, words joined by an underscore."""
    spread = unicodedata.normalize("NFKD", text.strip().casefold())
    return "_".join("".join(c for c in spread if not unicodedata.combining(c)).replace("-", " ").split())
