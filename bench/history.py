"""A vendor's cases of three years, written in bulk: `cases` of them, and everything else in proportion.

What grows with the cases: customers (one per hundred, each with a licence, most with a plan), closed cases with a
message and an event each, and *also the waiting line*: one case in ten waits for an agent, so a hundred times more
cases are a line a hundred times longer. Agents grow tenfold. Departments, plans and rulebooks stay as they are.
"""

from datetime import UTC, datetime, timedelta
from random import Random

from django.db import connection, transaction

from vigente import factories as make
from vigente.accounts.models import Membership, Organization, Role, User
from vigente.billing.models import Grant, Licence, PlanVersion, Subscription, WorkType
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.rules.coverage import NO_RANK, Decision, Outcome
from vigente.rules.precedence import Order, place
from vigente.tickets.models import Department, Message, Ticket, TicketNumber

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
BEGAN = NOW - timedelta(days=3 * 365)
MIX = {
    ("closed", "support"): 78,
    ("solved", "support"): 3,
    ("waiting_customer", "support"): 5,
    ("waiting_third", "support"): 1,
    ("on_hold", "support"): 1,
    ("new", "support"): 7,
    ("open", "support"): 3,
    ("new", "quotation"): 2,
}
IN_LINE = ("new", "open")
OUTSIDE = 5  # one customer of so many has no plan
AT_ONCE = 2_000
Customer = tuple[Licence, User, PlanVersion | None]


def live_through(cases: int, *, seed: int = 7) -> User:
    """Fill the empty default database; returns an agent of two of the three departments."""
    rng = Random(seed)
    with transaction.atomic():
        agents, departments, customers, work = people(cases, rng)
        for first in range(0, cases, AT_ONCE):
            numbers = range(first, min(cases, first + AT_ONCE))
            rows = [ticket(number, cases, customers, departments, agents, rng) for number in numbers]
            for row in rows:
                row.work_type = work
            _write(rows)
        TicketNumber.objects.update_or_create(pk=1, defaults={"last": 1000 + cases})
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # what its autovacuum does within a minute
    return agents[0]


def people(cases: int, rng: Random) -> tuple[list[User], list[Department], list[Customer], WorkType]:
    """Who there is for so many cases: agents, departments, customers with their plans; and the usual kind of work."""
    departments = [Department.objects.create(name=name, position=i) for i, name in enumerate("ABC")]
    agents = [make.make_user(f"Agente{i}", role=Role.AGENT) for i in range(6 if cases <= 1000 else 60)]
    for number, agent in enumerate(agents):
        agent.departments.set([departments[number % 3], departments[(number + 1) % 3]])
    return agents, departments, _customers(max(2, cases // 100), rng), make.make_work_types()["error"]


def _customers(many: int, rng: Random) -> list[Customer]:
    policy, edition = make.make_policy(), make.make_edition()
    versions = [make.make_version(cases=4, rank=rank, sla_policy=policy) for rank in (1, 2, 3)]
    organizations = Organization.objects.bulk_create(
        Organization(name=f"Comercial {number}", created_at=BEGAN) for number in range(many)
    )
    users = User.objects.bulk_create(
        User(email=f"persona{number}@ejemplo.test", name=f"Persona {number}", password="!", date_joined=BEGAN)
        for number in range(many)
    )
    Membership.objects.bulk_create(
        Membership(user=user, organization=organization, role="manager")
        for user, organization in zip(users, organizations, strict=True)
    )
    licences = Licence.objects.bulk_create(
        Licence(key=f"LIC-{number:06d}", organization=organization, edition=edition, registered_at=BEGAN)
        for number, organization in enumerate(organizations)
    )
    plans = [None if number % OUTSIDE == 0 else rng.choice(versions) for number in range(many)]
    _contracts([(licence, plan) for licence, plan in zip(licences, plans, strict=True) if plan])
    return list(zip(licences, users, plans, strict=True))


def _contracts(sold: list[tuple[Licence, PlanVersion]]) -> None:
    month = timedelta(days=30)
    began = NOW - timedelta(days=5) - 12 * month
    subscriptions = Subscription.objects.bulk_create(
        Subscription(
            organization_id=licence.organization_id,
            licence=licence,
            version=version,
            status="active",
            anchor=began,
            time_zone="America/Managua",
            periods_opened=13,
            next_due_at=began + 13 * month,
            created_at=began,
        )
        for licence, version in sold
    )
    Grant.objects.bulk_create(
        Grant(
            key=f"period:{subscription.pk}:{period}",
            organization_id=subscription.organization_id,
            licence_id=subscription.licence_id,
            subscription=subscription,
            source="period",
            period=period,
            granted=4,
            remaining=0 if period < 12 else 2,
            drawn=2,
            start=began + period * month,
            end=began + (period + 1) * month,
            rank=subscription.version.rank,
            created_at=began + period * month,
        )
        for subscription in subscriptions
        for period in range(13)
    )


def ticket(
    number: int,
    cases: int,
    customers: list[Customer],
    departments: list[Department],
    agents: list[User],
    rng: Random,
) -> Ticket:
    licence, user, version = rng.choice(customers)
    (kind,) = rng.choices(list(MIX), weights=list(MIX.values()))
    status, queue = kind
    at = BEGAN + (NOW - BEGAN) * (number / cases)
    if status != "closed":
        at = NOW - timedelta(minutes=rng.randrange(1, 20_000))
    rank = version.rank if version else NO_RANK
    due_at = at + timedelta(hours=4) if version else None
    where = place(
        order=Order.STRICT, rank=rank, due_at=due_at, accepted_at=at, severity=0, allowance=timedelta(0)
    )
    department = rng.choice(departments)
    assigned = status not in IN_LINE or rng.random() < 0.2
    return Ticket(
        number=1001 + number,
        organization_id=licence.organization_id,
        licence=licence,
        requester=user,
        opened_by=user,
        department=department,
        assignee=rng.choice(agents) if assigned else None,
        sla_policy=version.sla_policy if version else None,
        subject=f"La existencia no coincide con el kárdex {number}",
        status=status,
        queue=queue,
        channel="web",
        decision=Decision(Outcome.FREE, (), rank=rank).to_json(),
        rank=rank,
        place_group=where.group,
        place_at=where.at,
        accepted_at=at,
        due_at=None if status in ("solved", "closed") else due_at,
        last_activity_at=at,
        last_reply_by="customer",
        solved_at=at if status in ("solved", "closed") else None,
        closed_at=at if status == "closed" else None,
    )


def _write(tickets: list[Ticket]) -> None:
    Ticket.objects.bulk_create(tickets)
    Message.objects.bulk_create(
        Message(
            ticket=ticket,
            author_id=ticket.requester_id,
            html="<p>Desde ayer el kárdex no cuadra.</p>",
            text="Desde ayer el kárdex no cuadra.",
            channel="web",
            created_at=ticket.accepted_at,
        )
        for ticket in tickets
    )
    Event.objects.bulk_create(
        Event(
            kind=Kind.TICKET_ACCEPTED.value,
            subject=ticket.event_subject,
            organization_id=ticket.organization_id,
            data={"number": ticket.number},
            occurred_at=ticket.accepted_at,
            dispatched_at=ticket.accepted_at,
        )
        for ticket in tickets
    )
