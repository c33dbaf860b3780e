"""Reasons of a decision, in words."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from vigente.rules.reasons import Reason
from vigente.ui import wording
from vigente.ui.components.base import now_of, register


@register.simple_tag(takes_context=True)
def reason(context: Context, given: Any, staff: bool = False) -> str:
    """One reason (a `Reason` or its stored JSON) as a sentence; `staff=True` for the technicians' wording."""
    return wording.reason_sentence(given, staff=staff, now=now_of(context))


@register.simple_tag(takes_context=True)
def reasons(context: Context, given: Iterable[Any], staff: bool = False, past: bool = False) -> SafeString:
    """All reasons of a decision, one paragraph each. `past`: made long ago, so nothing is said of what is left."""
    now = now_of(context)
    said = (_without_balance(one) for one in given) if past else given
    lines = ((wording.reason_sentence(one, staff=staff, now=now),) for one in said)
    return format_html('<div class="reasons">{}</div>', format_html_join("", "<p>{}</p>", lines))


@register.filter
def next_step(given: Any) -> str:
    """What the customer can do about a reason: `{{ reason|next_step }}`."""
    code = given["code"] if isinstance(given, dict) else getattr(given, "code", given)
    return wording.next_step_text(code)


@register.filter
def release_text(code: str) -> str:
    """Why a case was given back: `{{ entry.reason|release_text }}`."""
    return wording.release_text(code)


def _without_balance(given: Any) -> Reason:
    reason = given if isinstance(given, Reason) else Reason.from_json(given)
    return replace(reason, params={k: v for k, v in reason.params.items() if k not in ("left", "until")})
