"""A large vendor in an empty, migrated database: `DATABASE_URL=postgres://… python -m bench.flood --cases 1000000`.

Cases with three messages each, their events, and customers, contracts and a waiting line in proportion (see `history`).
On PostgreSQL the rows go in by COPY, and the full-text index is filled once at the end.
"""

import argparse
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from random import Random
from typing import Any

MESSAGES = 3  # of each case
NAMED = 20  # cases that hold the first rare word, however many there are
AT_ONCE = 5_000
Advance = Callable[[int], None]


def flood(cases: int, *, seed: int = 7, advance: Advance = lambda many: None) -> Any:
    """Fill the default database; returns an agent of two departments. `advance` hears of each batch of cases."""
    from bench import history, words
    from vigente.tickets.models import TicketNumber

    rng = Random(seed)
    agents, departments, customers, work = history.people(cases, rng)
    with _without_index():
        for first in range(0, cases, AT_ONCE):
            tickets = []
            for number in range(first, min(cases, first + AT_ONCE)):
                ticket = history.ticket(number, cases, customers, departments, agents, rng)
                ticket.pk, ticket.work_type, ticket.subject = number + 1, work, words.text(rng, 6)
                if number % max(1, cases // NAMED) == 0:
                    ticket.subject += f" {words.RARE[0]}"
                tickets.append(ticket)
            _write(tickets, rng)
            advance(len(tickets))
    TicketNumber.objects.update_or_create(pk=1, defaults={"last": 1000 + cases})
    _settle()
    return agents[0]


def _write(tickets: list[Any], rng: Random) -> None:
    from vigente.events.models import Event
    from vigente.tickets.models import Message, Ticket

    _insert(Ticket, tickets)
    _insert(Message, (message for ticket in tickets for message in _messages(ticket, rng)))
    _insert(Event, (event for ticket in tickets for event in _events(ticket)))


def _messages(ticket: Any, rng: Random) -> Iterator[Any]:
    from bench import words
    from vigente.tickets.models import Message

    for number in range(MESSAGES):
        by_staff = number == 1
        text = words.text(rng, rng.randrange(8, 40))
        yield Message(
            pk=(ticket.pk - 1) * MESSAGES + number + 1,
            ticket=ticket,
            author_id=ticket.assignee_id if by_staff and ticket.assignee_id else ticket.requester_id,
            by_staff=by_staff and ticket.assignee_id is not None,
            html=f"<p>{text}</p>",
            text=text,
            channel="web",
            created_at=ticket.accepted_at + timedelta(minutes=7 * number),
        )


def _events(ticket: Any) -> Iterator[Any]:
    from vigente.events.kinds import Kind
    from vigente.events.models import Event

    told = [(Kind.TICKET_ACCEPTED, {"decision": ticket.decision, "channel": "web"})]
    if ticket.status == "closed":
        told.append((Kind.TICKET_CLOSED, {"by_person": True}))
    for turn, (kind, data) in enumerate(told):
        yield Event(
            pk=2 * ticket.pk - 1 + turn,
            kind=kind.value,
            subject=ticket.event_subject,
            organization_id=ticket.organization_id,
            data=data,
            occurred_at=ticket.accepted_at,
            dispatched_at=ticket.accepted_at,
        )


def _insert(model: Any, rows: Iterable[Any]) -> None:
    from django.db import connection

    if connection.vendor != "postgresql":
        model.objects.bulk_create(list(rows))
        return
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    names = ", ".join(f'"{field.column}"' for field in fields)
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row(
                [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
            )


def _without_index() -> Any:
    """The full-text index of PostgreSQL is made in one go afterwards; SQLite's triggers keep theirs."""
    from django.db import connection

    return _Index() if connection.vendor == "postgresql" else nullcontext()


class _Index:
    def __enter__(self) -> None:
        from vigente.tickets.search import remove_sql

        _run(remove_sql("postgresql"))

    def __exit__(self, *failure: object) -> None:
        from vigente.tickets.search import install_sql

        if failure[0] is None:
            _run(["SET maintenance_work_mem = '256MB'", *install_sql("postgresql")])


def _settle() -> None:
    """Numbers go on where the rows end, and the planner knows what is there."""
    from django.core.management.color import no_style
    from django.db import connection

    from vigente.events.models import Event
    from vigente.tickets.models import Message, Ticket

    if connection.vendor == "postgresql":
        _run([*connection.ops.sequence_reset_sql(no_style(), [Ticket, Message, Event]), "ANALYZE"])


def _run(statements: Iterable[str]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.flood", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    cases = parser.parse_args().cases
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vigente.settings")
    import django

    django.setup()
    from vigente.cli.output import progress
    from vigente.tickets.models import Ticket

    if Ticket.objects.exists():
        raise SystemExit("There are cases in this database already. Give an empty one in DATABASE_URL.")
    with progress() as bar:
        task = bar.add_task("cases", total=cases)
        flood(cases, advance=lambda many: bar.advance(task, many))


if __name__ == "__main__":
    main()
