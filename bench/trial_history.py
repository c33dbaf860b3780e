"""A vendor's year for trying rules on it: organizations with plans, requests, packs and balances, written in bulk.

Invented from a seed, and consistent: every accepted case drew on a grant that could pay it, every other was held.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from vigente import factories as make
from vigente.accounts.models import Membership, Organization, User
from vigente.billing.models import Grant, LedgerEntry, Licence, PlanVersion, Subscription
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.rules.coverage import NO_RANK, Decision, Outcome
from vigente.rules.periods import boundary
from vigente.rules.reasons import Code, Reason
from vigente.tickets.models import Department, HeldRequest, Ticket

ZONE = "America/Managua"
YEAR = timedelta(days=365)


@dataclass
class Year:
    """What is written, table by table."""

    now: datetime
    rng: Random
    grants: list[Grant] = field(default_factory=list)
    entries: list[LedgerEntry] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    held: list[HeldRequest] = field(default_factory=list)
    by_licence: dict[int, list[Grant]] = field(default_factory=lambda: defaultdict(list))


@transaction.atomic
def live_through(organizations: int, requests: int, *, now: datetime, seed: int = 11) -> None:
    """Fill the empty default database with the year that ends at `now`."""
    rng = Random(seed)
    work = make.make_work_types()["error"]
    policy = make.make_policy(480)
    departments = [Department.objects.create(name=name, is_default=not i) for i, name in enumerate("AB")]
    make.publish(now=make.LONG_AGO)
    versions = {
        edition: [
            make.make_version(
                cases=cases,
                rank=rank,
                edition=make.make_edition(edition),
                sla_policy=policy,
                interval=interval,
            )
            for cases, rank, interval in (
                (1, 4, "month"),
                (2, 3, "month"),
                (4, 2, "year"),
                (None, 1, "month"),
            )
        ]
        for edition in ("LOCAL", "WEB")
    }
    year = Year(now, rng)
    licences, people = _customers(organizations, now, rng)
    contracts = _contracts(year, licences, versions)
    _open_periods(year, contracts)
    _packs(year, contracts)
    Grant.objects.bulk_create(year.grants, batch_size=2000)
    _ask(year, licences, people, requests, departments, work)
    Ticket.objects.bulk_create(year.tickets, batch_size=1000)
    HeldRequest.objects.bulk_create(year.held, batch_size=1000)
    Event.objects.bulk_create(
        (
            Event(
                kind=kind.value,
                subject=f"ticket:{ticket.pk}",
                organization_id=ticket.organization_id,
                data={"number": ticket.number},
                occurred_at=ticket.accepted_at,
                dispatched_at=ticket.accepted_at,
            )
            for ticket in year.tickets
            for kind in (Kind.TICKET_ACCEPTED, Kind.TICKET_ASSIGNED, Kind.TICKET_REPLIED, Kind.TICKET_SOLVED)
        ),
        batch_size=2000,
    )
    _balance(year)


def _customers(many: int, now: datetime, rng: Random) -> tuple[list[Licence], list[User]]:
    began = now - 2 * YEAR
    organizations = Organization.objects.bulk_create(
        Organization(name=f"Comercial {number:05d}", created_at=began) for number in range(many)
    )
    people = User.objects.bulk_create(
        User(email=f"persona{number}@ejemplo.test", name=f"Persona {number}", password="!", date_joined=began)
        for number in range(many)
    )
    Membership.objects.bulk_create(
        Membership(user=user, organization=organization, role="manager")
        for user, organization in zip(people, organizations, strict=True)
    )
    editions = [make.make_edition(code) for code in ("LOCAL", "WEB")]
    licences = Licence.objects.bulk_create(
        Licence(
            key=f"LIC-{number:06d}",
            organization=organization,
            edition=editions[number % 2],
            hosting="vendor_cloud" if number % 4 == 1 else "customer",
            registered_at=began,
        )
        for number, organization in enumerate(organizations)
    )
    return licences, people


def _contracts(
    year: Year, licences: list[Licence], versions: dict[str, list[PlanVersion]]
) -> list[Subscription]:
    """Nine in ten have a plan, some since before the year, some gave notice."""
    rng, found = year.rng, []
    for licence in licences:
        if rng.random() < 0.1:
            continue
        version = rng.choice(versions[licence.edition.code])
        anchor = year.now - timedelta(days=rng.randrange(40, 600), seconds=rng.randrange(86_400))
        one = Subscription(
            organization_id=licence.organization_id,
            licence=licence,
            version=version,
            status="active",
            anchor=anchor,
            time_zone=ZONE,
            created_at=anchor,
        )
        if version.plan.interval == "month" and rng.random() < 0.2:
            terms = rng.randrange(1, 15)
            ends = boundary(anchor, ZONE, terms)
            if ends < year.now:
                one.status, one.ended_at, one.ends_at = "ended", ends, ends
                one.notice_given_at = ends - timedelta(days=rng.randrange(1, 15))
        found.append(one)
    for one in found:
        one.periods_opened = len(list(_periods(one, year.now)))
        one.next_due_at = None if one.ended_at else boundary(one.anchor, ZONE, one.periods_opened)
    return Subscription.objects.bulk_create(found, batch_size=1000)


def _periods(one: Subscription, now: datetime):
    index = 0
    while (start := boundary(one.anchor, ZONE, index)) < min(one.ended_at or now, now):
        yield index, start, boundary(one.anchor, ZONE, index + 1)
        index += 1


def _open_periods(year: Year, contracts: list[Subscription]) -> None:
    for one in contracts:
        for index, start, end in _periods(one, year.now):
            if end > year.now - YEAR - timedelta(days=40):
                _grant(year, one, f"period:{one.pk}:{index}", "period", one.version.cases, start, end, index)


def _packs(year: Year, contracts: list[Subscription]) -> None:
    for one in contracts:
        for index, start, end in _periods(one, year.now):
            if start > year.now - YEAR and year.rng.random() < 0.05 and one.version.cases is not None:
                at = start + (end - start) / 2
                if at < year.now:
                    _grant(year, one, f"pack:{one.pk}:{index}", "pack", 1, at, end, None)


def _grant(
    year: Year,
    one: Subscription,
    key: str,
    source: str,
    cases: int | None,
    start: datetime,
    end: datetime,
    period: int | None,
) -> None:
    grant = Grant(
        key=key,
        organization_id=one.organization_id,
        licence_id=one.licence_id,
        subscription=one,
        source=source,
        period=period,
        granted=cases,
        remaining=cases,
        start=start,
        end=end,
        rank=one.version.rank,
        work=list(one.version.work),
        created_at=start,
    )
    year.grants.append(grant)
    year.by_licence[one.licence_id].append(grant)


def _ask(
    year: Year,
    licences: list[Licence],
    people: list[User],
    requests: int,
    departments: list[Department],
    work,
) -> None:
    rng = year.rng
    weights = [rng.choice((1, 1, 2, 3, 6)) for _ in licences]
    chosen = rng.choices(range(len(licences)), weights, k=requests)
    moments = sorted(year.now - YEAR + YEAR * rng.random() for _ in range(requests))
    for number, (index, at) in enumerate(zip(chosen, moments, strict=True)):
        licence, person = licences[index], people[index]
        grant = _payer(year, licence.pk, at)
        if grant is None:
            year.held.append(_held(licence, person, at, work, number))
            continue
        if grant.remaining is not None:
            grant.remaining -= 1
        grant.drawn += 1
        ticket = _ticket(licence, person, at, work, departments[number % 2], grant, number)
        ticket.first_replied_at = at + timedelta(hours=rng.randrange(1, 30))
        if ticket.first_replied_at > year.now:
            ticket.first_replied_at, ticket.solved_at, ticket.status = None, None, "new"
        year.tickets.append(ticket)
        year.entries.append(
            LedgerEntry(grant=grant, kind="draw", cases=1, source=f"ticket:{ticket.number}:1", at=at)
        )


def _payer(year: Year, licence: int, at: datetime) -> Grant | None:
    running = [g for g in year.by_licence[licence] if g.start <= at < g.end and g.remaining != 0]
    order = lambda g: (g.remaining is not None, g.end, g.source == "pack", g.created_at)  # noqa: E731
    return min(running, key=order, default=None)


def _held(licence: Licence, person: User, at: datetime, work, number: int) -> HeldRequest:
    return HeldRequest(
        token=f"t{number}",
        organization_id=licence.organization_id,
        licence=licence,
        requester=person,
        email=person.email,
        work_type=work,
        subject=f"La existencia no coincide {number}",
        html="<p>No cuadra.</p>",
        text="No cuadra.",
        channel="web",
        status="expired",
        decision=Decision(Outcome.NOT_COVERED, (Reason(Code.NO_CASES_LEFT),)).to_json(),
        received_at=at,
        hold_until=at + timedelta(days=14),
        settled_at=at + timedelta(days=14),
    )


def _ticket(
    licence: Licence, person: User, at: datetime, work, department: Department, grant: Grant, number: int
) -> Ticket:
    reason = Reason(
        Code.GRANT_PAYS, {"left": 1, "until": grant.end.isoformat(), "units": 1, "source": "period"}
    )
    decision = Decision(Outcome.COVERED, (reason,), units=1, grant=grant.pk, until=grant.end, rank=grant.rank)
    return Ticket(
        number=1001 + number,
        organization_id=licence.organization_id,
        licence=licence,
        requester=person,
        opened_by=person,
        department=department,
        work_type=work,
        subject=f"La existencia no coincide {number}",
        status="closed",
        channel="web",
        decision=decision.to_json(),
        draw=1,
        drawn=True,
        rank=grant.rank if grant.rank < NO_RANK else NO_RANK,
        place_group=0,
        place_at=at,
        accepted_at=at,
        last_activity_at=at,
        solved_at=at + timedelta(days=2),
        closed_at=at + timedelta(days=2),
    )


def _balance(year: Year) -> None:
    """Write the balances, what was granted, and what expired."""
    first = [
        LedgerEntry(grant=grant, kind="grant", cases=grant.granted, source=grant.key, at=grant.start)
        for grant in year.grants
    ]
    last = []
    for grant in year.grants:
        if grant.end <= year.now:
            if grant.remaining:
                last.append(
                    LedgerEntry(
                        grant=grant,
                        kind="expiry",
                        cases=grant.remaining,
                        source=f"expiry:{grant.pk}",
                        at=grant.end,
                    )
                )
                grant.remaining = 0
            grant.expired_at = grant.end
    LedgerEntry.objects.bulk_create([*first, *year.entries, *last], batch_size=2000)
    Grant.objects.bulk_update(year.grants, ["remaining", "drawn", "expired_at"], batch_size=500)
