"""The promises of a case in the reader's words: what each is called, and how it stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from vigente.rules.promises import Clocks, Promise, after

# What each is called in full, and in the narrow column of a list.
NAMES: dict[str, tuple[Any, Any]] = {
    Promise.FIRST_REPLY.value: (_("Primera respuesta"), _("1.ª resp.")),
    Promise.NEXT_REPLY.value: (_("Respuesta siguiente"), _("resp.")),
    Promise.RESOLUTION.value: (_("Resolución"), _("resol.")),
}


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One promise. `state`: running, paused, met or late. `due`: when; `at`: when it was kept, or too late."""

    name: Any
    state: str
    due: datetime | None
    at: datetime | None = None
    by_hand: bool = False


def clock_rows(clocks: Clocks, *, now: datetime) -> list[ClockRow]:
    """What was promised, in the order in which it is due by nature; nothing that was not."""
    ends = {
        Promise.FIRST_REPLY: clocks.first_replied_at or clocks.solved_at,
        Promise.NEXT_REPLY: None,
        Promise.RESOLUTION: clocks.solved_at,
    }
    found = []
    for promise, ended in ends.items():
        counts, due = clocks.held_against(promise), getattr(clocks, f"{promise.value}_due")
        if counts is None:
            continue
        if ended is not None:
            state = "late" if after(ended, counts) else "met"
        elif clocks.paused_since and promise is not Promise.FIRST_REPLY:
            state = "paused"
        else:
            state = "running"
        found.append(ClockRow(NAMES[promise.value][0], state, due, ended, promise in clocks.by_hand))
    return found
