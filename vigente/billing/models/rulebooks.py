"""Versions of the rulebook: which one is in force is a question of the instant."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models.functions import Cast

from vigente.accounts.models import User
from vigente.installation.prepared import Param, Prepared
from vigente.rules.rulebook import Rulebook


class RulebookVersion(models.Model):
    """A published rulebook. Never edited; the one with the latest `effective_from` not after `now` is in force."""

    effective_from = models.DateTimeField(unique=True)
    data = models.JSONField(default=dict)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-effective_from"]

    def __str__(self) -> str:
        return f"{self.effective_from:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        Rulebook.from_json(self.data)  # refuse what cannot be read back
        super().save(*args, **kwargs)


def rulebook_at(now: datetime) -> Rulebook:
    """The rulebook in force at `now`; the founding vendor's defaults when none was published."""
    return read_rulebook(RULEBOOK(now=now))


def read_rulebook(found: list[str]) -> Rulebook:
    """The rulebook that `RULEBOOK` found."""
    return _read(found[0]) if found else Rulebook()


RULEBOOK = Prepared(
    lambda: (
        RulebookVersion.objects.filter(effective_from__lte=Param("now", models.DateTimeField()))
        .order_by("-effective_from")
        .values_list(Cast("data", models.TextField()), flat=True)[:1]
    )
)


@lru_cache(maxsize=64)
def _read(data: str) -> Rulebook:
    """Reading and checking a rulebook costs more than finding it; the value is frozen, so it may be shared."""
    return Rulebook.from_json(json.loads(data))
