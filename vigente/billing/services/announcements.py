"""Telling customers that the rules change: a text in both languages, and once to each what changes for it."""

from datetime import datetime, timedelta

from django.db import transaction

from vigente.accounts.models import Organization, User
from vigente.billing.models import Announcement, AnnouncementCopy, RulebookVersion
from vigente.events.kinds import Kind
from vigente.events.models import Event, happening
from vigente.rules.announced import has_passed, headline
from vigente.rules.refusal import RefusalCode, Refused
from vigente.rules.rulebook import Rulebook

BATCH = 1000
SHOWN_AFTER = timedelta(days=14)
REMINDED_EVERY = timedelta(days=1)


@transaction.atomic
def prepare(
    *,
    before: Rulebook,
    after: Rulebook,
    effective_from: datetime,
    titles: tuple[str, str],
    texts: tuple[str, str],
    actor: User,
    now: datetime,
    version: RulebookVersion | None = None,
) -> Announcement:
    """Keep an announcement to edit; `titles` and `texts` in Spanish and English. Nobody reads it yet. What was in force
    before today is not announced any more.
    """
    _owner(actor)
    _in_time(before, after, effective_from, now=now)
    return Announcement.objects.create(
        title_es=titles[0][:160],
        title_en=titles[1][:160],
        text_es=texts[0],
        text_en=texts[1],
        before=before.to_json(),
        after=after.to_json(),
        effective_from=effective_from,
        shown_until=max(now, effective_from, after.plans_required_from or effective_from) + SHOWN_AFTER,
        version=version,
        author=actor,
        created_at=now,
    )


@transaction.atomic
def edit(*, announcement: Announcement, titles: tuple[str, str], texts: tuple[str, str], actor: User) -> None:
    """Change its words, as long as it was not sent."""
    _owner(actor)
    changed = Announcement.objects.filter(pk=announcement.pk, sent_at__isnull=True).update(
        title_es=titles[0][:160], title_en=titles[1][:160], text_es=texts[0], text_en=texts[1]
    )
    if not changed:
        raise Refused(RefusalCode.WRONG_STATE, state="sent")
    announcement.refresh_from_db()


@transaction.atomic
def discard(*, announcement: Announcement, actor: User) -> None:
    """Throw away one that was not sent."""
    _owner(actor)
    deleted, _rows = Announcement.objects.filter(pk=announcement.pk, sent_at__isnull=True).delete()
    if not deleted:
        raise Refused(RefusalCode.WRONG_STATE, state="sent")


@transaction.atomic
def send(*, announcement: Announcement, actor: User, now: datetime) -> int:
    """Tell every customer that is not blocked, once: an event each, which the worker turns into letters. Returns to
    how many. Refused once the day it speaks of is over: it would say what is no longer so.
    """
    _owner(actor)
    if announcement.sent_at is None:
        before, after = Rulebook.from_json(announcement.before), Rulebook.from_json(announcement.after)
        _in_time(before, after, announcement.effective_from, now=now)
    if not Announcement.objects.filter(pk=announcement.pk, sent_at__isnull=True).update(sent_at=now):
        return 0
    announcement.sent_at = now
    told = list(Organization.objects.filter(blocked_at__isnull=True).values_list("pk", flat=True))
    AnnouncementCopy.objects.bulk_create(
        (AnnouncementCopy(announcement=announcement, organization_id=pk) for pk in told), batch_size=BATCH
    )
    _tell(Kind.RULES_ANNOUNCED, announcement, told, actor=actor, now=now)
    return len(told)


@transaction.atomic
def remind(*, announcement: Announcement, organizations: list[int], actor: User, now: datetime) -> int:
    """Tell these customers again, who lack a plan for the date; each once a day at most. Returns to how many."""
    _owner(actor)
    if announcement.sent_at is None:
        raise Refused(RefusalCode.WRONG_STATE, state="not sent")
    copies = AnnouncementCopy.objects.select_for_update().filter(
        announcement=announcement, organization__in=organizations, told_at__isnull=False
    )
    lately = Event.objects.filter(
        kind=Kind.RULES_REMINDED.value,
        subject=f"announcement:{announcement.pk}",
        occurred_at__gt=now - REMINDED_EVERY,
        organization__isnull=False,
    )
    copies = copies.exclude(organization__in=lately.values("organization"))
    rows = list(copies)
    for copy in rows:
        copy.reminders += 1
    AnnouncementCopy.objects.bulk_update(rows, ["reminders"], batch_size=BATCH)
    told = [copy.organization_id for copy in rows]
    _tell(Kind.RULES_REMINDED, announcement, told, actor=actor, now=now)
    return len(told)


def told(*, copy: AnnouncementCopy, readers: int, now: datetime) -> None:
    """Its letters are in the outbox."""
    AnnouncementCopy.objects.filter(pk=copy.pk, told_at__isnull=True).update(told_at=now, readers=readers)


def _tell(
    kind: Kind, announcement: Announcement, organizations: list[int], *, actor: User, now: datetime
) -> None:
    Event.objects.bulk_create(
        (
            happening(
                kind, subject=f"announcement:{announcement.pk}", now=now, actor=actor, organization_id=pk
            )
            for pk in organizations
        ),
        batch_size=BATCH,
    )


def _in_time(before: Rulebook, after: Rulebook, effective_from: datetime, *, now: datetime) -> None:
    at = headline(before, after, effective_from)
    if has_passed(at, after, now=now):
        raise Refused(RefusalCode.DATE_PASSED, at=at.isoformat())


def _owner(actor: User) -> None:
    if not actor.is_owner:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
