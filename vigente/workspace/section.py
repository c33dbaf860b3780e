"""A list of rows with a form: what the owner's settings that are plain content are made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import ModelForm


@dataclass(frozen=True, slots=True)
class Section:
    """A list of rows with a form. `columns`: heading and what to say of a row. `promises`: working hours or reply
    promises.
    """

    title: Any
    singular: Any
    lead: Any
    rows: Callable[[], QuerySet[Any]]
    form: type[ModelForm]
    columns: tuple[tuple[Any, Callable[[Any], Any]], ...]
    promises: bool = False

    def find(self, pk: int | None) -> Model | None:
        return self.rows().filter(pk=pk).first() if pk else None
