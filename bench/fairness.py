"""The fairness report of a month with 10,000 takings, from their events: within `LIMIT` seconds.

A month of a busy vendor, written in bulk: cases come all day to three departments and three ranks, twelve agents take
them (most rightly, some by hand), answer, wait for the customer now and then, and solve.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from time import perf_counter

from django.db import connection

from bench.database import NAME
from bench.measure import tell
from vigente import factories as make
from vigente.accounts.models import Role
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.reports.fairness import recount
from vigente.rules.coverage import Decision, Outcome
from vigente.rules.precedence import MOST_SEVERE, STEPS
from vigente.tickets.models import Department, Ticket

LIMIT = 10.0
TAKINGS = 10_000
BEGAN = datetime(2026, 3, 1, 6, tzinfo=UTC)
ENDS = datetime(2026, 4, 1, 6, tzinfo=UTC)


def live_through(takings: int, *, seed: int = 7) -> None:
    """Fill the empty default database with a month."""
    rng = Random(seed)
    departments = [Department.objects.create(name=name, position=i) for i, name in enumerate("ABC")]
    agents = [make.make_user(f"Agente{i}", role=Role.AGENT) for i in range(12)]
    for number, agent in enumerate(agents):
        agent.departments.set([departments[number % 3], departments[(number + 1) % 3]])
    policy, work = make.make_policy(), make.make_work_types()["error"]
    customer = make.make_user("Alicia")
    cases = []
    for number in range(takings):
        at = BEGAN + (ENDS - BEGAN) * (number / takings)
        rank = rng.choice((1, 2, 3))
        cases.append(
            Ticket(
                number=1001 + number, requester=customer, opened_by=customer, department=rng.choice(departments),
                work_type=work, sla_policy=policy, subject=f"Caso {number}", status="solved", channel="web",
                decision=Decision(Outcome.FREE, (), rank=rank).to_json(), rank=rank,
                place_group=rank * STEPS + MOST_SEVERE, place_at=at, accepted_at=at, last_activity_at=at,
                solved_at=at + timedelta(hours=5),
            )
        )  # fmt: skip
    Ticket.objects.bulk_create(cases, batch_size=500)
    told = [event for case in cases for event in _life(case, rng.choice(agents).pk, rng)]
    told.sort(key=lambda event: event.occurred_at)
    Event.objects.bulk_create(told, batch_size=1000)
    if NAME == "PostgreSQL":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # what its autovacuum does within a minute


def _life(case: Ticket, agent: int, rng: Random) -> list[Event]:
    by_line = rng.random() < 0.9
    moment = case.accepted_at

    def then(kind: Kind, minutes: int, **data: object) -> Event:
        nonlocal moment
        moment += timedelta(minutes=minutes)
        return Event(
            kind=kind.value, subject=case.event_subject, occurred_at=moment, actor_id=agent, data=data
        )

    told = [
        then(Kind.TICKET_ACCEPTED, 0, decision=case.decision),
        then(Kind.TICKET_ASSIGNED, rng.randrange(1, 240), assignee=agent, by_line=by_line),
        then(Kind.TICKET_REPLIED, rng.randrange(1, 60), by="agent"),
    ]
    if rng.random() < 0.4:
        told.append(then(Kind.TICKET_STATUS_CHANGED, 0, before="open", after="waiting_customer"))
        told.append(then(Kind.TICKET_REPLIED, rng.randrange(10, 600), by="customer"))
        told.append(then(Kind.TICKET_STATUS_CHANGED, 0, before="waiting_customer", after="open"))
        told.append(then(Kind.TICKET_REPLIED, rng.randrange(1, 60), by="agent"))
    told.append(then(Kind.TICKET_SOLVED, 1))
    return told


def main() -> None:
    live_through(TAKINGS)
    began = perf_counter()
    found = recount(BEGAN, ENDS + timedelta(days=1))
    seconds = perf_counter() - began
    rows = {
        "fairness": {
            "takings": found.taken, "passed over": found.passed_over, "seconds": seconds, "at most": LIMIT,
        }
    }  # fmt: skip
    tell("fairness", rows, passed=found.taken >= TAKINGS * 0.99 and seconds <= LIMIT)


if __name__ == "__main__":
    main()
