"""Keyset pages: a page says where it stopped, the next begins there; page 200 costs what page 1 does."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Q

T = TypeVar("T")
Value = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows and where to go on; `next_cursor` is empty on the last page."""

    rows: Sequence[T]
    next_cursor: str = ""

    @property
    def has_more(self) -> bool:
        return bool(self.next_cursor)


def pack(*values: Value | datetime) -> str:
    """A cursor for an address. It is not secret: it says only where in a list somebody may see anyway."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def unpack(cursor: str | None, *types: type) -> list[Any] | None:
    """What `pack` packed, checked; None for one that is missing or was tampered with (the list starts anew)."""
    if not cursor or len(cursor) > 400:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(types):
            return None
        return [_read(value, wanted) for value, wanted in zip(values, types, strict=True)]
    except (binascii.Error, ValueError, UnicodeError, TypeError):
        return None


def _read(value: object, wanted: type) -> object:
    if wanted is datetime:
        at = datetime.fromisoformat(str(value))
        if at.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return at
    if type(value) is not wanted or (wanted is int and abs(value) > 2**62):  # type: ignore[arg-type]
        raise ValueError(f"not a {wanted.__name__}")
    return value


def after(**keys: object) -> Q:
    """Rows that come after these key values, in the order the keys are given; `desc_` before a name: that key falls."""
    found, same, bound = Q(), Q(), Q()
    for name, value in keys.items():
        field, falls = name.removeprefix("desc_"), name.startswith("desc_")
        bound = bound or Q(**{f"{field}__{'lte' if falls else 'gte'}": value})  # an index can begin there
        found |= same & Q(**{f"{field}__{'lt' if falls else 'gt'}": value})
        same &= Q(**{field: value})
    return bound & found
