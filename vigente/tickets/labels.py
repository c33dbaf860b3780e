"""What the owner calls statuses and severities, in the reader's language. Read from the copy at hand
(`installation/labels`); what nobody ever renamed keeps the words it came with.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from vigente.installation.labels import labels
from vigente.installation.translated import LANGUAGES, in_language
from vigente.rules.lifecycle import Status

SEVERITIES, STATUSES = "severities", "statuses"
NORMAL = 0
_NAMES: Mapping[int, Any] = {0: _("Normal"), 1: _("Alta"), 2: _("Crítica")}
STATES: Mapping[str, tuple[Any, str]] = {
    Status.NEW: (_("Nuevo"), "brand"),
    Status.OPEN: (_("Abierto"), "info"),
    Status.WAITING_CUSTOMER: (_("Esperando al cliente"), ""),
    Status.WAITING_THIRD: (_("Esperando a un tercero"), ""),
    Status.ON_HOLD: (_("En pausa"), ""),
    Status.SOLVED: (_("Resuelto"), "ok"),
    Status.CLOSED: (_("Cerrado"), ""),
}  # what they are called, and in which colour, until somebody says otherwise


def severity_name(level: int) -> str:
    """`Alta`; a level without a name says its number."""
    row = labels(SEVERITIES).get(str(level))
    return in_language(row["names"]) if row else str(_NAMES.get(level, level))


def severity_meaning(level: int) -> str:
    """What the badge component calls its colour."""
    row = labels(SEVERITIES).get(str(level))
    if row:
        return "" if row["colour"] == "plain" else str(row["colour"])
    return "danger" if level > NORMAL else ""


def severity_choices() -> list[tuple[int, str]]:
    """The levels that are offered, most severe first."""
    rows = labels(SEVERITIES)
    known = {int(level): not row["retired"] for level, row in rows.items()} or dict.fromkeys(_NAMES, True)
    offered = sorted((level for level, is_offered in known.items() if is_offered), reverse=True)
    return [(level, severity_name(level)) for level in offered]


def first_severities() -> dict[int, tuple[dict[str, str], str]]:
    """Names in each language and colours of the levels an installation begins with, as the migration wrote them."""
    found: dict[int, tuple[dict[str, str], str]] = {}
    for level, name in _NAMES.items():
        names = {}
        for code in LANGUAGES:
            with override(code):
                names[code] = str(name)
        found[level] = names, "danger" if level > NORMAL else "plain"
    return found


def status_name(state: str, label: int | None) -> str:
    """What the staff reads: the label's name, or else what the owner calls the state."""
    row = _row(state, label)
    return in_language(row["names"]) if row else str(STATES[state][0] if state in STATES else state)


def status_meaning(state: str, label: int | None) -> str:
    """What the badge component calls its colour."""
    row = _row(state, label)
    if row:
        return "" if row["colour"] == "plain" else str(row["colour"])
    return STATES[state][1] if state in STATES else ""


def public_status(state: str, label: int | None) -> str:
    """What the customer reads instead of the words of the state; "" when nobody wrote any."""
    row = _row(state, label)
    return in_language(row["public"]) if row else ""


def status_choices(*, only_labels: bool = False) -> list[tuple[str, str, str]]:
    """(value, name, state) of what is offered, by state: the state itself for its default, a key for a label."""
    found = []
    for state in STATES:
        if not only_labels:
            found.append((str(state), status_name(state, None), str(state)))
        found += [
            (key, in_language(row["names"]), str(state))
            for key, row in labels(STATUSES).items()
            if row["state"] == state and not row["default"] and not row["retired"]
        ]
    return found


def first_statuses() -> dict[str, tuple[dict[str, str], str]]:
    """Names in each language and colours of the defaults an installation begins with, as the migration wrote them."""
    found: dict[str, tuple[dict[str, str], str]] = {}
    for state, (name, colour) in STATES.items():
        names = {}
        for code in LANGUAGES:
            with override(code):
                names[code] = str(name)
        found[str(state)] = names, colour or "plain"
    return found


def _row(state: str, label: int | None) -> Mapping[str, Any] | None:
    """The label's row, if it is of this state; else the state's default, if the owner ever changed anything."""
    rows = labels(STATUSES)
    row = rows.get(str(label)) if label is not None else None
    if row is not None and row["state"] == state:
        return dict(row)
    return next((dict(row) for row in rows.values() if row["default"] and row["state"] == state), None)
