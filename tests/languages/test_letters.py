"""Every letter in each language says nothing of the other. Forty days of the world's life, so that most are written."""

from datetime import timedelta

import pytest

from tests.languages.conftest import NOW
from tests.languages.reading import stranger, texts
from vigente.accounts.models import Organization, User
from vigente.mail.models import OutboundMessage
from vigente.worker.advancing import live_through
from vigente.worker.drain import drain_all

MADE_BY_HAND = {"x"}  # the world's own mail


@pytest.mark.once
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_letter_is_whole_in_its_language(world, language):
    User.objects.update(language=language)
    Organization.objects.update(language=language)
    drain_all(now=NOW)
    live_through(start=NOW, end=NOW + timedelta(days=40))
    letters = OutboundMessage.objects.exclude(kind__in=MADE_BY_HAND)
    found = {}
    for letter in letters:
        for text in [letter.subject, *letter.text.splitlines(), *texts(letter.html)]:
            if word := stranger(text, language):
                found.setdefault(f"{word!r} in {text!r}", letter.kind)
    assert not found, "\n".join(f"{kind}: {text}" for text, kind in found.items())
    assert len({letter.kind for letter in letters}) >= 20
