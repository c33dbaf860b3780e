"""Names in several languages."""

import pytest
from django.utils import translation

from vigente.installation.translated import in_language, names_of


@pytest.mark.parametrize(
    ("names", "language", "shown"),
    [
        ({"es": "Urgente", "en": "Urgent"}, "en", "Urgent"),
        ({"es": "Urgente", "en": "Urgent"}, "es-ni", "Urgente"),
        ({"es": "Urgente"}, "en", "Urgente"),
        ({"es": "", "en": "Urgent"}, "es", "Urgent"),
        ({}, "es", ""),
    ],
)
def test_the_readers_language_or_the_first_there_is(names, language, shown):
    assert in_language(names, language) == shown
    with translation.override(language):
        assert in_language(names) == shown


def test_nobodys_language():
    with translation.override(None):
        assert in_language({"en": "Urgent", "es": "Urgente"}) == "Urgente"


def test_what_is_kept():
    assert names_of({"es": "  Urgente ", "en": " ", "fr": "Urgent"}) == {"es": "Urgente"}
