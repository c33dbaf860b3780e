"""Questions about coverage, prices and the books. Writes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Case, F, OuterRef, Q, QuerySet, Sum, When

from vigente.accounts.models import Organization, User
from vigente.billing.facts import Facts, asking_of, load
from vigente.billing.models import (
    Grant,
    LedgerEntry,
    Licence,
    Payment,
    Plan,
    PlanVersion,
    Subscription,
    WorkType,
)
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.prices import Quoted, Terms, quoted, terms_of
from vigente.rules.coverage import IN_FORCE, NO_RANK, Decision, Outcome
from vigente.rules.periods import day_start
from vigente.rules.reasons import Code
from vigente.rules.rulebook import Rulebook


def coverage_of(
    *,
    organization: Organization | None,
    licence: Licence | None,
    work_type: WorkType,
    user: User | None,
    now: datetime,
    approved: bool = False,
    facts: Facts | None = None,
) -> Decision:
    """What would be decided if this were asked now (row 1). Promises nothing beyond `now`."""
    facts = facts or load(organization, now=now)
    asking = asking_of(organization=organization, licence=licence, user=user, facts=facts, approved=approved)
    return facts.decide(asking, work_type.value(), now=now)


def rank_of(
    *, organization: Organization | None, licence: Licence | None, now: datetime
) -> tuple[int, PlanVersion | None]:
    """The best rank in force for a licence and the version that gives it (row 29)."""
    version = load(organization, now=now).best_version(licence.pk if licence else None, now=now)
    return (version.rank if version else NO_RANK), version


def sold_versions(*, now: datetime) -> QuerySet[PlanVersion]:
    """Versions on sale at `now`, public plans only."""
    return (
        PlanVersion.objects.filter(sold_from__lte=now, plan__is_public=True)
        .filter(Q(sold_until__isnull=True) | Q(sold_until__gt=now))
        .select_related("plan__edition__product", "sla_policy")
        .order_by("price_minor", "id")
    )


def current_version(plan: Plan, *, now: datetime) -> PlanVersion | None:
    """The newest version of a plan in use at `now`, whether public or not."""
    return (
        PlanVersion.objects.filter(plan=plan, sold_from__lte=now)
        .filter(Q(sold_until__isnull=True) | Q(sold_until__gt=now))
        .select_related("plan__edition")
        .order_by("-number")
        .first()
    )


def price_of(
    *,
    version: PlanVersion,
    licence: Licence | None,
    organization: Organization | None,
    now: datetime,
    is_pack: bool = False,
    book: Rulebook | None = None,
    terms: Terms | None = None,
) -> Quoted:
    """The price of a version, or of its pack, as this customer's list says it, with the discount as its own line (R3,
    row 27). `terms`: what the prices of one buyer hang on, read once for many. `book`: under other rules.
    """
    terms = terms or terms_of(organization, now=now)
    if book is not None:
        terms = replace(terms, tariff=replace(terms.tariff, book=book))
    return quoted(version=version, licence=licence, terms=terms, is_pack=is_pack)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that would help: an extra pack (R6), the next plan up, or a plan. `cases` None: unlimited."""

    kind: str
    version: PlanVersion
    price: Quoted
    cases: int | None


def under_review() -> QuerySet[Payment]:
    """Transfers under review of the organization of the row it is asked beside: they stop the clocks against it."""
    return Payment.objects.filter(organization=OuterRef("organization"), status=Payment.Status.REVIEW)


EXHAUSTED = {Code.NO_CASES_LEFT, Code.NOT_ENOUGH_UNITS}
NO_OFFER = {
    Code.ORGANIZATION_BLOCKED, Code.REQUESTER_UNKNOWN, Code.DRAW_NOT_ALLOWED, Code.NEEDS_APPROVAL,
    Code.PAYMENT_OVERDUE, Code.GRACE_SPENT,  # paying what is open helps, another plan does not (row 25)
}  # fmt: skip


def offers_for(
    *, organization: Organization | None, licence: Licence | None, decision: Decision, now: datetime
) -> list[Offer]:
    """What would let this request in, cheapest first (rows 2, 3)."""
    if organization is None or decision.outcome is not Outcome.NOT_COVERED:
        return []
    codes = {reason.code for reason in decision.reasons}
    if codes & NO_OFFER:
        return []
    versions = list(sold_versions(now=now))
    editions = (
        {licence.edition_id} if licence else set(organization.licences.values_list("edition_id", flat=True))
    )
    versions = [v for v in versions if v.plan.edition_id in editions and v.plan.interval == "month"]
    offers: list[Offer] = []
    terms = terms_of(organization, now=now)
    if codes & EXHAUSTED:
        mine = load(organization, now=now).best_version(licence.pk if licence else None, now=now)
        if mine is not None and mine.pack_price_minor is not None:
            pack = quoted(version=mine, licence=licence, terms=terms, is_pack=True)
            offers.append(Offer("pack", mine, pack, mine.pack_cases))
        if mine is not None and mine.cases is not None:
            versions = [v for v in versions if v.cases is None or v.cases > mine.cases][:1]
    work = next((str(r.params["work"]) for r in decision.reasons if r.code is Code.WORK_NOT_COVERED), None)
    kind = "upgrade" if offers or codes & EXHAUSTED else "plan"
    for version in versions:
        if work is None or work in version.work:
            cost = quoted(version=version, licence=licence, terms=terms)
            offers.append(Offer(kind, version, cost, version.cases))
    return offers


@dataclass(frozen=True, slots=True)
class Meter:
    """Coverage at a glance. `total` and `left` None: unlimited. Counts every grant usable now; `until` is the
    soonest expiry. `withheld`: cases that come back once the running term is paid (row 25).
    """

    is_covered: bool
    total: int | None
    used: int
    left: int | None
    until: datetime | None
    plan: str
    source: str
    rank: int
    renews_at: datetime | None
    ends_at: datetime | None
    withheld: int = 0


def meter_of(
    *, organization: Organization, licence: Licence | None, now: datetime, facts: Facts | None = None
) -> Meter:
    """The meter of one licence, or of the organization-wide plan."""
    facts = facts or load(organization, now=now)
    return _meter(licence.pk if licence else None, facts)


def meters_of(
    *,
    organization: Organization,
    licences: Iterable[Licence | None],
    now: datetime,
    facts: Facts | None = None,
) -> dict[int | None, Meter]:
    """The meters of several licences by id, in as many queries as for one; None asks for the organization's own."""
    facts = facts or load(organization, now=now)
    ids = [licence.pk if licence else None for licence in licences]
    return {licence_id: _meter(licence_id, facts) for licence_id in ids}


def _meter(licence_id: int | None, facts: Facts) -> Meter:
    grants = [grant for grant in facts.running if grant.licence_id in (None, licence_id)]
    unlimited = any(grant.usable is None for grant in grants)
    left = None if unlimited else sum(grant.usable or 0 for grant in grants)
    serving = [
        s
        for s in facts.subscriptions
        if s.status in IN_FORCE and s.licence_id in (None, licence_id) and not s.asleep
    ]
    best = min(serving, key=lambda s: s.version.rank, default=None)
    usable = [grant for grant in grants if grant.usable is None or grant.usable > 0] or grants
    return Meter(
        is_covered=unlimited or bool(left),
        total=None if unlimited else sum((grant.remaining or 0) + grant.drawn for grant in grants),
        used=sum(grant.drawn for grant in grants),
        left=left,
        until=usable[0].end if usable else None,
        plan=best.version.plan.name if best else "",
        source=best.source if best else (grants[0].source if grants else ""),
        rank=best.version.rank if best else NO_RANK,
        renews_at=best.next_due_at if best and best.next_due_at != best.last_instant else None,
        ends_at=best.ends_at if best else None,
        withheld=sum((grant.remaining or 0) - (grant.usable or 0) for grant in grants),
    )


def subscriptions_of(organization: Organization, *, now: datetime) -> QuerySet[Subscription]:
    """Every contract of an organization, running ones first."""
    return (
        Subscription.objects.filter(organization=organization)
        .select_related("version__plan__edition__product", "version__sla_policy", "licence__edition__product")
        .order_by("ended_at", "-anchor", "-id")
    )


SIGNS = {"grant": 1, "draw": -1, "release": 1, "expiry": -1, "revoke": -1}
OVERRIDE_KEY = "goodwill:override:"  # of the grants by which a supervisor lets something in (row 15)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement for people to read. `cases` carries its sign; None: unlimited. `left_after`: of that grant."""

    at: datetime
    kind: str
    cases: int | None
    grant_id: int
    grant_source: str
    grant_until: datetime
    licence: Licence | None
    ticket_number: int | None
    reason: str
    note: str
    actor: User | None
    left_after: int | None


def statement(
    *,
    organization: Organization,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    for_staff: bool = False,
) -> list[StatementLine]:
    """What was granted, used, returned and expired, when and why, oldest first. `since` inclusive, `until`
    exclusive. Without `for_staff`, not what a supervisor wrote for colleagues about an exception.
    """
    lines = list(_lines(organization, until or now, include_end=until is None, for_staff=for_staff))
    return [line for line in lines if since is None or line.at >= since]


def _lines(
    organization: Organization, until: datetime, *, include_end: bool, for_staff: bool
) -> Iterator[StatementLine]:
    when = {"at__lte": until} if include_end else {"at__lt": until}
    here = Q(grant__organization=organization)
    moved_away = Q(grant__moved_from=organization, at__lte=F("grant__moved_at"))  # row 34
    entries = (
        LedgerEntry.objects.filter(here | moved_away, **when)
        .select_related("grant__licence__edition__product", "actor")
        .order_by(
            "at", Case(When(grant__end__lte=F("at"), then=0), default=1), "id"
        )  # what is over goes first
    )
    balance: dict[int, int | None] = {}
    for entry in entries.iterator(chunk_size=500):
        grant = entry.grant
        signed = None if entry.cases is None else SIGNS[entry.kind] * entry.cases
        before = balance.get(grant.pk, 0)
        unlimited = grant.granted is None
        theirs = grant.organization_id == organization.pk and grant.moved_at and entry.at <= grant.moved_at
        balance[grant.pk] = None if unlimited or before is None or signed is None else before + signed
        yield StatementLine(
            at=entry.at,
            kind=entry.kind,
            cases=signed,
            grant_id=grant.pk,
            grant_source=grant.source,
            grant_until=grant.end,
            licence=grant.licence,
            ticket_number=None if theirs else _ticket_of(entry.source),
            reason=entry.reason,
            note=entry.note if for_staff or not (theirs or entry.source.startswith(OVERRIDE_KEY)) else "",
            actor=None if theirs and not for_staff else entry.actor,
            left_after=balance[grant.pk],
        )


def _ticket_of(source: str) -> int | None:
    parts = source.split(":")
    return int(parts[1]) if parts[0] == "ticket" and len(parts) > 1 and parts[1].isdigit() else None


def balance_at(*, grant_id: int, at: datetime) -> int | None:
    """A grant's balance at any past instant, from entries alone. None: unlimited."""
    if Grant.objects.filter(pk=grant_id, granted__isnull=True).exists():
        return None
    entries = LedgerEntry.objects.filter(grant_id=grant_id, at__lte=at).values_list("kind", "cases")
    return sum(SIGNS[kind] * (cases or 0) for kind, cases in entries)


def favours_made(user: User, *, now: datetime) -> int:
    """Cases this person gave as a favour in the current calendar month of the billing zone (row 39)."""
    book = rulebook_at(now)
    month = day_start(now.astimezone(book.zone).date().replace(day=1), book.billing_zone)
    favours = LedgerEntry.objects.filter(is_favour=True, actor=user, at__gte=month, at__lte=now)
    return favours.aggregate(cases=Sum("cases", default=0))["cases"]


def favour_limit(user: User, *, now: datetime) -> int | None:
    """How many favours this person's role may make a month; None: as many as they answer for."""
    return rulebook_at(now).favour_limits.get(user.role)


def favours_left(user: User, *, now: datetime) -> int | None:
    """Favours this person may still make this month; None: no limit (row 39)."""
    limit = favour_limit(user, now=now)
    return None if limit is None else max(limit - favours_made(user, now=now), 0)
