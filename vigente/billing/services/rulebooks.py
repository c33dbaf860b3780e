"""Publishing a rulebook: a new version that binds from a date; what was published is never edited (row 43)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from vigente.accounts.models import User
from vigente.billing.models import RulebookDraft, RulebookVersion
from vigente.rules.refusal import RefusalCode, Refused
from vigente.rules.rulebook import Rulebook

NOTE_MAX = 300


@transaction.atomic
def publish(
    *,
    rulebook: Rulebook,
    effective_from: datetime,
    actor: User | None,
    now: datetime,
    note: str = "",
    draft: RulebookDraft | None = None,
) -> RulebookVersion:
    """Put these rules in force from `effective_from` (UTC), which is never in the past: decisions made stand.

    The owner alone, or whoever has the machine's command line (`actor` None). `draft` is used up. The clock tells
    everybody on the date itself (`worker.clock.put_rulebook_in_force`).
    """
    if actor is not None and not actor.is_owner:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if effective_from < now:
        raise Refused(RefusalCode.INVALID_VALUE, field="effective_from")
    try:
        with transaction.atomic():
            version = RulebookVersion.objects.create(
                effective_from=effective_from,
                data=rulebook.to_json(),
                author=actor,
                note=note.strip()[:NOTE_MAX],
                created_at=now,
            )
    except IntegrityError:
        raise Refused(RefusalCode.INVALID_VALUE, field="effective_from") from None
    if draft is not None:
        RulebookDraft.objects.filter(pk=draft.pk).delete()
    return version


@transaction.atomic
def withdraw(*, version: RulebookVersion, actor: User, now: datetime) -> None:
    """Take back a version that is not in force yet."""
    if not actor.is_owner:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    deleted, _rows = RulebookVersion.objects.filter(pk=version.pk, effective_from__gt=now).delete()
    if not deleted:
        raise Refused(RefusalCode.TOO_LATE, until=version.effective_from.isoformat())


@transaction.atomic
def save_draft(
    *,
    rulebook: Rulebook,
    name: str,
    actor: User,
    now: datetime,
    effective_on: date | None = None,
    note: str = "",
    draft: RulebookDraft | None = None,
) -> RulebookDraft:
    """Keep rules somebody is working on, under a name; `draft` is written over. Nothing follows from it."""
    if not actor.is_owner:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    kept = draft or RulebookDraft()
    kept.name = name.strip()[:80] or f"{now.astimezone(rulebook.zone):%Y-%m-%d %H:%M}"
    kept.data, kept.note = rulebook.to_json(), note.strip()[:NOTE_MAX]
    kept.effective_on, kept.author, kept.updated_at = effective_on, actor, now
    kept.save()
    return kept


@transaction.atomic
def discard_draft(*, draft: RulebookDraft, actor: User) -> None:
    """Throw a draft away."""
    if not actor.is_owner:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    RulebookDraft.objects.filter(pk=draft.pk).delete()
