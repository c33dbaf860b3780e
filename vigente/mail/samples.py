"""Every letter there is, with what it might say: to be read before anybody gets one. Nothing is written, nothing asked.

A test keeps the list complete, and each sample with at least the words that its letter is sent with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from vigente.accounts.models import User
from vigente.mail.letters import Letter, Reader, written
from vigente.mail.samples_cases import CASES, HELD, STAFF
from vigente.mail.samples_plans import MONEY, PLANS
from vigente.mail.samples_said import Said

GROUPS: Mapping[str, tuple[Any, Mapping[str, tuple[Any, Said]]]] = {
    "plans": (gettext_lazy("Planes"), PLANS),
    "money": (gettext_lazy("Dinero"), MONEY),
    "cases": (gettext_lazy("Casos"), CASES),
    "held": (gettext_lazy("Solicitudes en espera"), HELD),
    "staff": (gettext_lazy("Para su equipo"), STAFF),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A letter: the template's name, when it is sent, what it might say."""

    name: str
    title: Any
    said: Said


SAMPLES: Mapping[str, Sample] = {
    name: Sample(name, title, said)
    for _group, letters in GROUPS.values()
    for name, (title, said) in letters.items()
}


def sample_letter(name: str, *, language: str, now: datetime) -> Letter:
    """The letter as somebody of this language would get it."""
    sample = SAMPLES[name]
    reader = User(name="Rosa Molina", email="rosa@ejemplo.test", language=language)
    reader.time_zone = "America/Managua"
    return written(name, to=Reader.of(reader), words=lambda: sample.said(now), now=now)
