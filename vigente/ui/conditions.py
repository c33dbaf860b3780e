"""The editor of conditions: a form field that shows, reads and words `rules.conditions`.

What can be asked and chosen comes from `Choices`, which the surface composes; here nothing is known of cases. Instants
are typed and shown in the reader's zone and kept in UTC. `ui/conditions.html` and `ui/js/conditions.js` draw it.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.template import Context
from django.template.engine import Engine
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from vigente.rules.conditions import (
    ALWAYS,
    OPS,
    WITHOUT_VALUE,
    Check,
    Condition,
    Group,
    Invalid,
    Op,
    Type,
    checks_of,
    read,
    write,
)
from vigente.ui import formats
from vigente.ui.condition_words import INVALID, UNITS, op_text

LONGEST = 100_000  # characters of a posted condition
_LISTS, _SPANS, _DATES = (
    {Op.ANY_OF, Op.NONE_OF, Op.ALL_OF},
    {Op.LONGER_AGO, Op.WITHIN_LAST, Op.WITHIN_NEXT},
    {Op.BEFORE, Op.AFTER},
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A field that may be asked about. `choices`: (value, label); with `search` they are fetched from that address
    with `&q=` added, which answers [[value, label]].
    """

    name: str
    type: Type
    label: str
    heading: str
    choices: tuple[tuple[str, str], ...] = ()
    search: str = ""


class Choices(Protocol):
    """What a surface offers to ask about."""

    def offers(self) -> Sequence[Offer]:
        """Every field, in the order in which it is offered."""

    def named(self, field: str, values: Collection[str]) -> Mapping[str, str]:
        """The labels of chosen values of a field with `search`; what is gone is left out."""


@dataclass(frozen=True, slots=True)
class Said:
    """A condition in words: a check's `text`, or a group's `parts`."""

    text: str
    every: bool = True
    parts: "tuple[Said, ...]" = ()


class ConditionInput(forms.HiddenInput):
    """The hidden field with the JSON, and what the script needs to draw it."""

    input_type = "hidden"
    template_name = "ui/conditions.html"
    use_fieldset = True
    choices: Choices
    wrong = ""

    @property
    def is_hidden(self) -> bool:
        """It is drawn, and has a label."""
        return False

    def id_for_label(self, id_: str | None) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        offers = self.choices.offers()
        data = _data(value)
        context |= {
            "json": json.dumps(_local(data), ensure_ascii=False),
            "catalogue": json.dumps(_catalogue(offers, self.choices, data), ensure_ascii=False),
            "units": UNITS,
            "said": _said_data(data, offers, self.choices),
            "wrong": self.wrong,
        }
        return context

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        template = Engine.get_default().get_template(self.template_name)
        return SafeString(template.render(Context(self.get_context(name, value, attrs))))


class ConditionField(forms.Field):
    """A condition. Cleans to a `rules.conditions.Condition`; without `required`, nothing posted means always."""

    widget = ConditionInput

    def __init__(self, *, offered: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.offered = offered
        self.widget.choices = offered

    def clean(self, value: Any) -> Condition:
        """Raises ValidationError with the place of what is wrong."""
        types = {offer.name: offer.type for offer in self.offered.offers()}
        try:
            condition = read(_utc(_loads(value)), types)
        except Invalid as wrong:
            self.widget.wrong = wrong.path
            raise ValidationError(invalid_text(wrong), code=wrong.code) from None
        if self.required and not any(checks_of(condition)):
            raise ValidationError(_("Agregue al menos una condición."), code="required")
        return condition

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(_data(initial) != _data(data))


def invalid_text(wrong: Invalid) -> str:
    """What is wrong and where: `Condición 2.1: elija cómo se compara.`"""
    text = str(INVALID[wrong.code])
    place = ".".join(str(int(step) + 1) for step in wrong.path.split(".") if step.isdecimal())
    return _("Condición %(place)s. %(text)s") % {"place": place, "text": text} if place else text


def said(condition: Condition, choices: Choices) -> Said:
    """The condition in the reader's words, groups and all."""
    return _said(condition, {offer.name: offer for offer in choices.offers()}, choices)


def sentence(condition: Condition, choices: Choices) -> str:
    """The same on one line: `Estado es Nuevo y (Plan incluye alguno de A, B o …)`. Empty for always."""
    return _line(said(condition, choices), top=True)


def _line(words: Said, *, top: bool = False) -> str:
    if not words.parts:
        return words.text
    joined = (_(" y ") if words.every else _(" o ")).join(_line(part) for part in words.parts)
    return joined if top or len(words.parts) == 1 else f"({joined})"


def _said(condition: Condition, offers: Mapping[str, Offer], choices: Choices) -> Said:
    if isinstance(condition, Group):
        return Said("", condition.every, tuple(_said(part, offers, choices) for part in condition.parts))
    offer = offers.get(condition.field)
    if offer is None:
        return Said(_("(algo que ya no existe)"))
    parts = (offer.label, op_text(offer.type, condition.op), _value_text(condition, offer, choices))
    return Said(" ".join(part for part in parts if part))


def _value_text(check: Check, offer: Offer, choices: Choices) -> str:
    value = check.value
    if isinstance(value, tuple):
        known = choices.named(offer.name, value) if offer.search else dict(offer.choices)
        return ", ".join(known.get(one, _("(ya no existe)")) for one in value)
    if isinstance(value, datetime):
        return formats.exact(value, timezone.get_current_timezone())
    if isinstance(value, int):
        return formats.span_in_words(value) if check.op in _SPANS else formats.number(value)
    return f"«{value}»" if value else ""


def _said_data(data: Any, offers: Sequence[Offer], choices: Choices) -> Said | None:
    """For readers without scripts; nothing when it cannot be read."""
    try:
        condition = read(data, {offer.name: offer.type for offer in offers})
    except Invalid:
        return None
    return _said(condition, {offer.name: offer for offer in offers}, choices)


def _catalogue(offers: Sequence[Offer], choices: Choices, data: Any) -> dict[str, Any]:
    chosen = _chosen(data)
    fields = []
    for offer in offers:
        known = list(offer.choices)
        if offer.search and chosen.get(offer.name):
            known = list(choices.named(offer.name, chosen[offer.name]).items())
        fields.append(
            {
                "name": offer.name,
                "type": offer.type.value,
                "label": str(offer.label),
                "heading": str(offer.heading),
                "choices": [[value, str(label)] for value, label in known],
                "search": offer.search,
            }
        )
    ops = {
        kind.value: [[op.value, op_text(kind, op), _control(kind, op)] for op in allowed]
        for kind, allowed in OPS.items()
    }
    return {"fields": fields, "ops": ops}


def _control(kind: Type, op: Op) -> str:
    if op in WITHOUT_VALUE:
        return ""
    if op in _LISTS:
        return "list"
    if op in _SPANS:
        return "span"
    if op in _DATES:
        return "date"
    return "number" if kind is Type.NUMBER else "text"


def _loads(value: Any) -> Any:
    if isinstance(value, Check | Group):
        return write(value)
    if value in (None, ""):
        return write(ALWAYS)
    if not isinstance(value, str) or len(value) > LONGEST:
        raise Invalid("shape", "")
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise Invalid("shape", "") from None


def _data(value: Any) -> Any:
    """The JSON of a condition, of what was posted, or of an empty one."""
    try:
        data = _utc(_loads(value))
    except Invalid:
        return write(ALWAYS)
    return data if isinstance(data, dict) else write(ALWAYS)


def _nodes(data: Any, deep: int = 12) -> Iterator[dict[str, Any]]:
    if not isinstance(data, dict) or deep == 0:
        return
    yield data
    for key in ("all", "any"):
        parts = data.get(key)
        for part in parts if isinstance(parts, list) else ():
            yield from _nodes(part, deep - 1)


def _chosen(data: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in _nodes(data):
        value = node.get("value")
        if isinstance(value, list) and isinstance(node.get("field"), str):
            found.setdefault(node["field"], []).extend(str(one) for one in value[:200])
    return found


def _utc(data: Any) -> Any:
    """Typed instants get the reader's zone."""
    return _dates(data, lambda at: timezone.make_aware(at) if timezone.is_naive(at) else at)


def _local(data: Any) -> Any:
    """Instants as a `datetime-local` control wants them: of the reader's zone, to the minute."""
    return _dates(data, lambda at: timezone.localtime(at).replace(tzinfo=None, second=0, microsecond=0))


def _dates(data: Any, change: Any) -> Any:
    data = json.loads(json.dumps(data, default=str))
    for node in _nodes(data):
        if node.get("op") in _DATES and isinstance(node.get("value"), str):
            try:
                node["value"] = change(datetime.fromisoformat(node["value"])).isoformat()
            except (ValueError, OverflowError):
                continue
    return data
