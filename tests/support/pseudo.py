"""A language that does not exist: every text that passes through gettext stands between brackets, so the rest shows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.utils.translation.trans_real import DjangoTranslation

_BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧")


@contextmanager
def pseudo_language() -> Iterator[None]:
    """Inside, gettext gives its own argument between brackets, whatever the language."""
    with (
        patch.object(DjangoTranslation, "gettext", lambda self, text: f"⟦{text}⟧"),
        patch.object(
            DjangoTranslation, "ngettext", lambda self, one, many, n: f"⟦{one if n == 1 else many}⟧"
        ),
    ):
        yield


def outside(text: str) -> str:
    """What of a text did not pass through gettext; sentences may stand inside sentences."""
    while (shorter := _BRACKETS.sub(" ", text)) != text:
        text = shorter
    return text
