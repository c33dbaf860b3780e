"""One kind of rows that the owner names, colours, orders and retires."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import QueryDict

from vigente.accounts.models import User


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are in an order among themselves. `title` empty: the only group, or the first."""

    key: str
    title: str
    rows: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Arranged:
    """`rows(user)`: all that somebody sees, with `used`: how much hangs on each. `order` None: they stand as they
    must. Nothing is deleted. `row`: the template that says what there is to a row.
    `save(row, data, actor, now)` adds when `row` is None.
    """

    slug: str
    title: Any
    new: Any
    lead: Any
    retired: Any
    row: str
    rows: Callable[[User], QuerySet[Any]]
    groups: Callable[[Sequence[Any]], list[Group]]
    form: Callable[[QueryDict | None, Any], BaseForm]
    save: Callable[[Any, dict[str, Any], User, datetime], Model]
    retire: Callable[[Any, datetime], None]
    restore: Callable[[Any], None]
    order: Callable[[Sequence[int]], object] | None = None
