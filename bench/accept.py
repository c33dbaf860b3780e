"""Accepting a case through the service, against inserting exactly the same rows with bare Django.

One acceptance inserts a submission, a case, a message, a ledger entry and an event, and updates the grant and the
counter of case numbers. The other side only inserts, in one transaction per case: it decides nothing, draws nothing.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.apps import apps
from django.db import models, transaction

from bench.measure import compare, tell
from vigente import factories as make
from vigente.billing.models import LedgerEntry
from vigente.events.models import Event
from vigente.sla.models import Holiday
from vigente.tickets.models import Message, Submission, Ticket
from vigente.tickets.services.submission import submit_request

LIMIT = 0.5  # of the rate of bare Django
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
SUBJECT = "El kárdex no cuadra con la existencia de la bodega central"
TEXT = (
    "Buenos días. Desde ayer por la tarde la existencia de varios productos no coincide con el kárdex: en la bodega "
    "central aparecen cuatro unidades menos que en el último conteo.\n\nYa revisamos las facturas y las notas de "
    "crédito del día y están completas. ¿Nos ayudan a ver qué pasó? Gracias."
)
CUSTOMERS = 50
serial = count(1)


def cast() -> list[make.Customer]:
    """Customers as they are: a monthly plan with promises, office hours with holidays, a pack, an old grant."""
    policy = make.make_policy()
    for day in range(12):
        Holiday.objects.create(hours=policy.hours, day=date(2026, 1 + day, 1), name="Feriado")
    version = make.make_version(cases=100_000, sla_policy=policy)
    return [make.make_customer(now=NOW - timedelta(days=3), version=version) for _ in range(CUSTOMERS)]


def through_the_service(customers: list[make.Customer]) -> Callable[[], Ticket]:
    """Accept one case."""

    def accept() -> Ticket:
        number = next(serial)
        customer = customers[number % len(customers)]
        result = submit_request(
            requester=customer.manager,
            organization=customer.organization,
            licence=customer.licence,
            work_type=customer.work["error"],
            subject=SUBJECT,
            text=TEXT,
            channel="web",
            key=f"service:{number}",
            now=NOW + timedelta(seconds=number),
        )
        assert isinstance(result, Ticket), result.decision
        return result

    return accept


def with_bare_django(ticket: Ticket) -> Callable[[], Ticket]:
    """Insert the rows that accepting `ticket` wrote, under other numbers."""
    submission = _fields(Submission.objects.get(ticket=ticket), "ticket")
    entry = _fields(LedgerEntry.objects.get(source=ticket.draw_source))
    event = _fields(Event.objects.get(subject=ticket.event_subject))
    message = _fields(Message.objects.get(ticket=ticket), "ticket")
    case = _fields(ticket)

    def insert() -> Ticket:
        number = 10_000_000 + next(serial)
        with transaction.atomic():
            made = Ticket.objects.create(**case | {"number": number})
            Submission.objects.create(**submission | {"key": f"bare:{number}", "ticket": made})
            LedgerEntry.objects.create(**entry | {"source": f"ticket:{number}:1"})
            Message.objects.create(**message | {"ticket": made})
            Event.objects.create(**event | {"subject": made.event_subject})
        return made

    return insert


def _fields(row: models.Model, *without: str) -> dict[str, Any]:
    return {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in without
    }


def rows_written(write: Callable[[], object]) -> Counter[str]:
    """How many rows of which table one call inserts."""

    def counted() -> Counter[str]:
        return Counter({model._meta.label: model._base_manager.count() for model in apps.get_models()})

    before = counted()
    write()
    return counted() - before


def main() -> None:
    accept = through_the_service(cast())
    insert = with_bare_django(accept())
    written, inserted = rows_written(accept), rows_written(insert)
    assert written == inserted, f"not the same rows: {written} and {inserted}"
    found = compare(accept, insert)
    ours, bare = found.milliseconds
    tell(
        "accept",
        {
            "submit_request": {"ms a case": ours, "cases a s": 1000 / ours},
            "bare Django": {"ms a case": bare, "cases a s": 1000 / bare},
            "of its rate": {"ratio": 1 / found.ratio, "at least": LIMIT},
        },
        passed=1 / found.ratio >= LIMIT,
    )


if __name__ == "__main__":
    main()
