"""How the owner names and colours statuses and the levels of severity. Each change keeps the copy that pages read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, QuerySet

from vigente.installation.labels import keep
from vigente.installation.ordering import last_position, put_in_order
from vigente.installation.translated import names_of
from vigente.rules.folding import fold
from vigente.rules.lifecycle import Status
from vigente.rules.precedence import LEAST_SEVERE, MOST_SEVERE
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.labels import NORMAL, SEVERITIES, STATUSES, first_severities, first_statuses
from vigente.tickets.models import CaseStatus, SeverityLevel, Tag
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


@transaction.atomic
def save_status(
    *,
    status: CaseStatus | None,
    names: Mapping[str, str],
    public_names: Mapping[str, str],
    colour: str,
    state: str = "",
    auto_close: bool = True,
) -> CaseStatus:
    """Add a label of a state, after the others, or change one; it stays with its state. Of a default nothing but its
    words and colour is its own.
    """
    others = _statuses().exclude(pk=status.pk if status else 0)
    if status is None and state not in set(Status):
        raise Refused(RefusalCode.INVALID_VALUE, field="state", value=state)
    row = status or CaseStatus(state=state, position=last_position(CaseStatus.objects.all()))
    row.names, row.public_names, row.colour = (
        checked_names(names, others),
        names_of(public_names),
        checked_colour(colour),
    )
    for code, text in row.public_names.items():
        if len(text) > LONGEST_NAME or not text.isprintable():
            raise Refused(RefusalCode.TOO_LONG, field=f"public_{code}", limit=LONGEST_NAME)
    row.auto_close = auto_close or row.is_default
    row.save()
    _keep_statuses()
    return row


@transaction.atomic
def order_statuses(keys: Sequence[int]) -> None:
    """Put them in this order, each among those of its state."""
    put_in_order(_statuses(), keys)
    _keep_statuses()


@transaction.atomic
def retire_status(*, status: CaseStatus, now: datetime) -> None:
    """Offer it no more; cases that have it keep it. A state's default stays."""
    if status.is_default:
        raise Refused(RefusalCode.STILL_USED)
    CaseStatus.objects.filter(pk=status.pk, retired_at__isnull=True).update(retired_at=now)
    _keep_statuses()


@transaction.atomic
def restore_status(*, status: CaseStatus) -> None:
    """Offer it again."""
    CaseStatus.objects.filter(pk=status.pk).update(retired_at=None)
    _keep_statuses()


def _statuses() -> QuerySet[CaseStatus]:
    rows = CaseStatus.objects.all()
    if not rows.select_for_update().values_list("pk"):
        rows.bulk_create(
            CaseStatus(state=state, names=names, colour=colour, position=place, is_default=True)
            for place, (state, (names, colour)) in enumerate(first_statuses().items(), 1)
        )
    return rows


def _keep_statuses() -> None:
    keep(
        STATUSES,
        {
            str(row.pk): {
                "state": row.state, "names": row.names, "public": row.public_names, "colour": row.colour,
                "default": row.is_default, "retired": row.retired_at is not None,
            }
            for row in CaseStatus.objects.all()
        },
    )  # fmt: skip


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
