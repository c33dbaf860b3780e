"""Names in several languages: {"es": "Urgente", "en": "Urgent"} in a JSONField, and which of them a reader sees."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import get_language

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


def in_language(names: Mapping[str, str], language: str | None = None) -> str:
    """The name in `language` (the reader's when left out); the first there is, in the order of the languages,
    otherwise; "" when there is none.
    """
    wanted = (language or get_language() or "").split("-")[0]
    return next((names[code] for code in (wanted, *LANGUAGES) if names.get(code)), "")


def names_of(given: Mapping[str, str]) -> dict[str, str]:
    """What is kept of a form's names: those of our languages, trimmed, without the empty ones."""
    return {code: text for code in LANGUAGES if (text := str(given.get(code, "")).strip())}
