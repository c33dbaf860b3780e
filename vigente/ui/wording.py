"""Reason codes as sentences: what was decided and why, in the reader's language.

Rules and services speak codes; here is the only door through which they become words. The sentences themselves are in
`sentences.py` and `next_steps.py`. Instants in parameters are ISO 8601 UTC; they are shown in the active time zone.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.rules.reasons import Code, Reason, Release
from vigente.ui import formats
from vigente.ui.next_steps import NEXT_STEP, RELEASES
from vigente.ui.refusals import refusal_text
from vigente.ui.sentences import CUSTOMER, STAFF, Facts, cases

__all__ = [
    "cases",
    "cost_text",
    "next_step_text",
    "reason_sentence",
    "reason_text",
    "refusal_text",
    "release_text",
]


def cost_text(*, units: int, left: int | None) -> str:
    """The line before the button: what sending will cost. `left` is what remains before it; None is without limit."""
    if left is None:
        return _("Este caso no descuenta: su plan no tiene límite.")
    return ngettext(
        "Este caso usará %(units)s del que le queda.",
        "Este caso usará %(units)s de los %(left)s que le quedan.",
        left,
    ) % {"units": formats.number(units), "left": formats.number(left)}


def reason_text(
    code: Code | str,
    params: Mapping[str, Any] | None = None,
    *,
    staff: bool = False,
    now: datetime | None = None,
) -> str:
    """One reason as a sentence in the active language. With `now`, this year's dates go without their year."""
    known = Code(code)
    sentence = (STAFF.get(known) if staff else None) or CUSTOMER[known]
    return sentence(Facts(params or {}, now))


def reason_sentence(
    reason: Reason | Mapping[str, Any], *, staff: bool = False, now: datetime | None = None
) -> str:
    """The same for a `Reason` or for its stored JSON."""
    if not isinstance(reason, Reason):
        reason = Reason.from_json(reason)
    return reason_text(reason.code, reason.params, staff=staff, now=now)


def next_step_text(code: Code | str) -> str:
    """What the customer can do now; empty for what was accepted."""
    step = NEXT_STEP.get(Code(code))
    return step() if step else ""


def release_text(code: Release | str) -> str:
    """Why a case was given back, for statements."""
    return RELEASES[Release(code)]()
