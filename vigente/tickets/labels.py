"""What the owner calls severities, in the reader's language. Read from the copy at hand (`installation/labels`);
what nobody ever renamed keeps the words it came with.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from vigente.installation.labels import labels
from vigente.installation.translated import in_language

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


def severity_choices(*, besides: int | None = None) -> list[tuple[int, str]]:
    """The levels that are offered, most severe first; `besides`: also this one, which a case may have."""
    rows = labels(SEVERITIES)
    known = {int(level): not row["retired"] for level, row in rows.items()} or dict.fromkeys(_NAMES, True)
    offered = {level for level, is_offered in known.items() if is_offered} | ({besides} - {None})
    return [(level, severity_name(level)) for level in sorted(offered, reverse=True) if level is not None]
