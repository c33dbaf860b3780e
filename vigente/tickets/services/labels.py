"""How the owner names and colours the levels of severity. Each change keeps the copy that pages read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, QuerySet

from vigente.installation.labels import keep
from vigente.installation.translated import names_of
from vigente.rules.folding import fold
from vigente.rules.precedence import LEAST_SEVERE, MOST_SEVERE
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.labels import NORMAL, SEVERITIES, first_severities
from vigente.tickets.models import SeverityLevel, Tag
from vigente.tickets.models.structure import LONGEST_NAME


@transaction.atomic
def add_severity(*, names: Mapping[str, str], colour: str, below: bool = False) -> SeverityLevel:
    """One more level: above all there are or, `below`, under all. What has a level keeps it."""
    ends = _levels().aggregate(most=Max("level"), least=Min("level"))
    level = int(ends["least"] if below else ends["most"]) + (-1 if below else 1)
    if not LEAST_SEVERE <= level <= MOST_SEVERE:
        raise Refused(RefusalCode.INVALID_VALUE, field="place", value=level)
    row = SeverityLevel(
        level=level, names=checked_names(names, SeverityLevel.objects.all()), colour=checked_colour(colour)
    )
    row.save()
    _keep()
    return row


@transaction.atomic
def change_severity(*, severity: SeverityLevel, names: Mapping[str, str], colour: str) -> SeverityLevel:
    """Another name or colour, on every case that has it."""
    others = _levels().exclude(pk=severity.pk)
    severity.names, severity.colour = checked_names(names, others), checked_colour(colour)
    severity.save(update_fields=["names", "colour"])
    _keep()
    return severity


@transaction.atomic
def retire_severity(*, severity: SeverityLevel, now: datetime) -> None:
    """Offer it no more; cases that have it keep it. What is normal stays."""
    if severity.level == NORMAL:
        raise Refused(RefusalCode.STILL_USED)
    SeverityLevel.objects.filter(pk=severity.pk, retired_at__isnull=True).update(retired_at=now)
    _keep()


@transaction.atomic
def restore_severity(*, severity: SeverityLevel) -> None:
    """Offer it again."""
    SeverityLevel.objects.filter(pk=severity.pk).update(retired_at=None)
    _keep()


def checked_names(
    given: Mapping[str, str], others: QuerySet[Any], longest: int = LONGEST_NAME
) -> dict[str, str]:
    """A form's names, trimmed, at least one, none of them another row's in any language."""
    names = {code: " ".join(text.split()) for code, text in names_of(given).items()}
    if not names:
        raise Refused(RefusalCode.EMPTY, field="names_es")
    for code, text in names.items():
        if len(text) > longest:
            raise Refused(RefusalCode.TOO_LONG, field=f"names_{code}", limit=longest)
        if not text.isprintable():
            raise Refused(RefusalCode.BAD_CHARACTERS, field=f"names_{code}")
    folded = {fold(text): code for code, text in names.items()}
    for other in others.select_for_update():
        for text in other.names.values():
            if fold(text) in folded:
                raise Refused(RefusalCode.NAME_TAKEN, field=f"names_{folded[fold(text)]}", name=text)
    return names


def checked_colour(given: str) -> str:
    """One of the colours that badges have."""
    if given not in Tag.Colour.values:
        raise Refused(RefusalCode.INVALID_VALUE, field="colour", value=given)
    return given


def _levels() -> QuerySet[SeverityLevel]:
    """All of them, held until the transaction ends: two that are added at once get two levels."""
    rows = SeverityLevel.objects.all()
    if not rows.select_for_update().values_list("pk"):
        rows.bulk_create(
            SeverityLevel(level=level, names=names, colour=colour)
            for level, (names, colour) in first_severities().items()
        )
    return rows


def _keep() -> None:
    keep(
        SEVERITIES,
        {
            str(row.level): {"names": row.names, "colour": row.colour, "retired": row.retired_at is not None}
            for row in SeverityLevel.objects.all()
        },
    )
