"""What the owner calls severities, in the reader's language. Read from the copy at hand (`installation/labels`);
what nobody ever renamed keeps the words it came with.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from vigente.installation.labels import labels
from vigente.installation.translated import LANGUAGES, in_language

SEVERITIES = "severities"
NORMAL = 0
_NAMES: Mapping[int, Any] = {0: _("Normal"), 1: _("Alta"), 2: _("Crítica")}


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
