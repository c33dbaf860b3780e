"""The only writer of grants and entries.

Every movement is an entry and a guarded UPDATE of the grant in one transaction; the UPDATE carries its own
condition and its row
count is checked, so a forgotten lock cannot overdraw. Safe to repeat: entries are unique by (source, kind), grants
by key.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, F, Q

from vigente.accounts.models import Organization, User
from vigente.billing.models import Grant, LedgerEntry, Licence, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import favour_limit, favours_made
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.installation.prepared import Param, Prepared, PreparedUpdate
from vigente.installation.rows import insert, insert_if_new
from vigente.rules.allotments import goodwill_end
from vigente.rules.coverage import NO_RANK
from vigente.rules.quota import Source
from vigente.rules.reasons import Release
from vigente.rules.refusal import RefusalCode, Refused

ENTRY = LedgerEntry.Kind


def grant_cases(
    *,
    key: str,
    organization: Organization,
    licence: Licence | None,
    subscription: Subscription | None,
    source: Source,
    cases: int | None,
    start: datetime,
    end: datetime,
    rank: int,
    work: list[str] | None,
    now: datetime,
    period: int | None = None,
    actor: User | None = None,
    reason: str = "",
    note: str = "",
    is_favour: bool = False,
    draw_limit: int | None = None,
) -> tuple[Grant, bool]:
    """Grant `cases` (None: unlimited) usable in `[start, end)`, once per key; second: whether it was made now.

    Asked again with the same key, gives the first grant back.
    """
    grant = Grant(
        key=key,
        organization=organization,
        licence=licence,
        subscription=subscription,
        source=source.value,
        period=period,
        granted=cases,
        remaining=cases,
        draw_limit=draw_limit,
        start=start,
        end=end,
        rank=rank,
        work=work,
        created_at=now,
    )
    return write_grant(grant, now=now, actor=actor, reason=reason, note=note, is_favour=is_favour)


def write_grant(
    grant: Grant,
    *,
    now: datetime,
    actor: User | None = None,
    reason: str = "",
    note: str = "",
    is_favour: bool = False,
) -> tuple[Grant, bool]:
    """Write a grant with its entry, once per key; asked again, gives the first one back and False."""
    with transaction.atomic():
        if not insert_if_new(grant):
            before = Grant.objects.filter(key=grant.key).first()
            if before is None:
                raise IntegrityError(f"the books refuse the grant {grant.key}")
            return before, False
        entry = granting(grant, now=now, actor=actor, reason=reason, note=note, is_favour=is_favour)
        insert(entry)
    return grant, True


def granting(
    grant: Grant,
    *,
    now: datetime,
    actor: User | None = None,
    reason: str = "",
    note: str = "",
    is_favour: bool = False,
) -> LedgerEntry:
    """The entry by which the books begin to know a grant, unsaved; dated when it begins, however late it is written."""
    return LedgerEntry(
        grant=grant,
        kind=ENTRY.GRANT,
        cases=grant.granted,
        source=grant.key,
        reason=reason,
        is_favour=is_favour,
        actor=actor,
        note=note,
        at=grant.start if grant.start < now else now,
    )


def draw(*, grant_id: int, units: int, source: str, now: datetime) -> bool:
    """Draw `units` on a grant in force, whole or nothing; False when it cannot pay, with nothing written (row 5)."""
    if not _TAKE(units=units, grant=grant_id, now=now):
        return False
    insert(LedgerEntry(grant_id=grant_id, kind=ENTRY.DRAW, cases=units, source=source, at=now))
    return True


_TAKE = PreparedUpdate(
    lambda: Grant.objects.filter(
        Q(remaining__isnull=True) | Q(remaining__gte=Param("units")),
        Q(draw_limit__isnull=True) | Q(draw_limit__gte=F("drawn") + Param("units")),
        pk=Param("grant"),
        start__lte=Param("now", DateTimeField()),
        end__gt=Param("now", DateTimeField()),
    ),
    remaining=F("remaining") - Param("units"),
    drawn=F("drawn") + Param("units"),
)


class GivenBack(StrEnum):
    """What giving a draw back came to (rows 12, 13)."""

    RELEASED = "released"  # usable again
    LATE = "late"  # the grant is over: written, expired at once, net zero
    GOODWILL = "goodwill"  # the grant is over: a goodwill grant replaces it
    NOTHING = "nothing"  # there was no draw, or it was given back before


@transaction.atomic
def give_back(
    *,
    source: str,
    reason: Release,
    now: datetime,
    actor: User | None = None,
    is_favour: bool = False,
    note: str = "",
    goodwill_key: str | None = None,
    may_make_goodwill: bool = True,
) -> GivenBack:
    """Release the draw named `source`. After the grant's end the release expires at once and, by the rulebook, a
    goodwill grant
    of at least `goodwill_days` takes its place, once per `goodwill_key` (row 13). A favour counts against its
    author (row 39)."""
    draw = LedgerEntry.objects.select_related("grant").filter(source=source, kind=ENTRY.DRAW).first()
    if draw is None or LedgerEntry.objects.filter(source=source, kind=ENTRY.RELEASE).exists():
        return GivenBack.NOTHING
    if is_favour:
        require_favour(actor, now=now, cases=draw.cases or 1)
    try:
        with transaction.atomic():
            LedgerEntry.objects.create(
                grant=draw.grant,
                kind=ENTRY.RELEASE,
                cases=draw.cases,
                source=source,
                reason=reason.value,
                is_favour=is_favour,
                actor=actor,
                note=note[:300],
                at=now,
            )
    except IntegrityError:
        return GivenBack.NOTHING
    grant, units = draw.grant, draw.cases or 0
    usable = Grant.objects.filter(Q(expired_at__isnull=True) | Q(granted__isnull=True), pk=grant.pk)
    back = {"remaining": F("remaining") + units, "drawn": F("drawn") - units}
    if (now < grant.end or grant.granted is None) and usable.update(**back):
        return GivenBack.RELEASED
    LedgerEntry.objects.create(grant=grant, kind=ENTRY.EXPIRY, cases=units, source=source, at=now)
    Grant.objects.filter(pk=grant.pk).update(drawn=F("drawn") - units)
    key = goodwill_key or f"goodwill:{source}"
    if not may_make_goodwill or not rulebook_at(now).goodwill_on_late_release:
        return GivenBack.LATE
    if Grant.objects.filter(key=key).exists():
        return GivenBack.LATE
    add_goodwill(
        organization=grant.organization,
        licence=grant.licence,
        key=key,
        cases=units,
        rank=grant.rank,
        reason=Release.LATE_RELEASE,
        actor=actor,
        now=now,
    )
    return GivenBack.GOODWILL


def add_goodwill(
    *,
    organization: Organization,
    licence: Licence | None,
    key: str,
    cases: int,
    now: datetime,
    reason: Release,
    actor: User | None,
    rank: int = NO_RANK,
    note: str = "",
    is_favour: bool = False,
) -> Grant:
    """A goodwill grant, valid from now for at least `goodwill_days` whole local days, even without a plan (row 13)."""
    if is_favour:
        require_favour(actor, now=now, cases=cases)
    book = rulebook_at(now)
    with transaction.atomic():
        grant, created = grant_cases(
            key=key,
            organization=organization,
            licence=licence,
            subscription=None,
            source=Source.GOODWILL,
            cases=cases,
            start=now,
            end=goodwill_end(book, now=now),
            rank=rank,
            work=None,
            now=now,
            actor=actor,
            reason=reason.value,
            note=note[:300],
            is_favour=is_favour,
        )
        if created:
            record(
                Kind.GOODWILL_GRANTED,
                subject=f"grant:{grant.pk}",
                organization=organization,
                actor=actor,
                now=now,
                reason=reason.value,
                cases=cases,
            )
    return grant


def require_favour(user: User | None, *, now: datetime, cases: int = 1) -> None:
    """Raise Refused when this month's favours do not suffice for `cases` more: a supervisor decides (row 39)."""
    if user is None:
        return
    limit = favour_limit(user, now=now)
    if limit is not None and favours_made(user, now=now) + cases > limit:
        raise Refused(RefusalCode.FAVOUR_LIMIT, limit=limit)


def expire_due(*, now: datetime) -> int:
    """Write the expiry of what was left in grants that are over (R2). Dated at the grant's own end, however late it
    runs.
    """
    return sum(_expire(grant, now=now) for grant in _DUE(now=now))


_DUE = Prepared(
    lambda: Grant.objects.filter(expired_at__isnull=True, end__lte=Param("now", DateTimeField())).order_by(
        "end", "id"
    )[:500]
)


@transaction.atomic
def _expire(grant: Grant, *, now: datetime) -> int:
    unchanged = Grant.objects.filter(pk=grant.pk, expired_at__isnull=True, remaining=grant.remaining)
    if grant.remaining is None:
        return Grant.objects.filter(pk=grant.pk, expired_at__isnull=True).update(expired_at=now)
    if not unchanged.update(remaining=0, expired_at=now):
        return 0
    if grant.remaining:
        LedgerEntry.objects.create(
            grant=grant, kind=ENTRY.EXPIRY, cases=grant.remaining, source=f"expiry:{grant.pk}", at=grant.end
        )
    return 1


@transaction.atomic
def revoke_undrawn(*, grant_id: int, source: str, reason: Release, now: datetime, actor: User | None) -> bool:
    """Take back a grant nobody has drawn on; False if somebody has, or it was taken back before."""
    grant = Grant.objects.get(pk=grant_id)
    changed = Grant.objects.filter(
        pk=grant_id, drawn=0, remaining=F("granted"), remaining__gte=1, expired_at__isnull=True
    ).update(remaining=0, expired_at=now)
    if not changed:
        return False
    LedgerEntry.objects.create(
        grant=grant,
        kind=ENTRY.REVOKE,
        cases=grant.granted,
        source=source,
        reason=reason.value,
        actor=actor,
        at=max(now, grant.created_at),  # never before it was granted, whatever the clock was set to
    )
    return True


@transaction.atomic
def revoke_rest(*, grant_id: int, source: str, reason: Release, now: datetime, actor: User | None) -> int:
    """Take back what is left of a grant, whatever was drawn of it (row 33); returns how many cases that was.

    One without limit ends now, right after its last draw: it has no number to take back.
    """
    grant = Grant.objects.select_for_update().get(pk=grant_id)
    if grant.expired_at is not None:
        return 0
    if grant.granted is None:
        draws = LedgerEntry.objects.filter(grant=grant, kind=ENTRY.DRAW).order_by("-at")
        last = draws.values_list("at", flat=True).first() or grant.start
        Grant.objects.filter(pk=grant_id).update(end=max(now, last + timedelta(microseconds=1)))
        return 0
    left = grant.remaining or 0
    Grant.objects.filter(pk=grant_id, remaining=left).update(remaining=0, expired_at=now)
    if left:
        LedgerEntry.objects.create(
            grant=grant,
            kind=ENTRY.REVOKE,
            cases=left,
            source=source,
            reason=reason.value,
            actor=actor,
            at=max(now, grant.created_at),
        )
    return left


@transaction.atomic
def revoke_share(*, grant_id: int, part: int, whole: int, source: str, reason: Release, now: datetime) -> int:
    """Take back `part` of `whole` of what a grant gave, rounded down, as far as it is not drawn; how many cases.

    Of one without limit there is no share to take.
    """
    grant = Grant.objects.select_for_update().get(pk=grant_id)
    if grant.expired_at is not None or grant.granted is None:
        return 0
    taken = min(grant.granted * part // whole, grant.remaining or 0)
    if taken:
        Grant.objects.filter(pk=grant_id).update(remaining=F("remaining") - taken)
        LedgerEntry.objects.create(
            grant=grant,
            kind=ENTRY.REVOKE,
            cases=taken,
            source=source,
            reason=reason.value,
            at=max(now, grant.created_at),
        )
    return taken
