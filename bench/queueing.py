"""The queue page and the next case, with 100,000 cases against 1,000: at most 1.3 times as long."""

import sys
from datetime import timedelta
from random import Random

from bench.measuring import NOW, Result, main, median, set_up

FEW, MANY = 1_000, 100_000
LIMIT = 1.3
TIMES = 60
STATUSES = ("new", "open", "waiting_customer", "solved", "closed")
WEIGHTS = (12, 8, 10, 5, 65)  # a fifth waits in line: far more than any desk should have


def bench() -> list[Result]:
    set_up()
    from vigente.factories import make_customer, make_user

    rng = Random(7)
    customers = [make_customer(now=NOW, cases=None, rank=1 + number % 4) for number in range(40)]
    agents = [make_user(role="agent") for _ in range(10)]
    for customer in customers:
        customer.ticket(NOW)
    fill(rng, agents, FEW)
    few = measure(agents[0])
    fill(rng, agents, MANY)
    many = measure(agents[0])
    return [
        Result(
            f"{name}, {MANY:,} cases against {FEW:,}",
            many[name] / few[name],
            LIMIT,
            False,
            f"{few[name]:.2f} → {many[name]:.2f} ms",
        )
        for name in few
    ]


def fill(rng: Random, agents: list, total: int) -> None:
    """Copies of real cases, until there are `total`."""
    from django.db import connection

    from vigente.tickets.models import Message, Ticket, TicketNumber

    models = list(Ticket.objects.select_related("requester").order_by("id")[:40])
    last = Ticket.objects.order_by("-number").values_list("number", flat=True)[0]
    missing = total - Ticket.objects.count()
    for start in range(0, missing, 2_000):
        batch = [_copy(rng, agents, models, last + 1 + n) for n in range(start, min(start + 2_000, missing))]
        made = Ticket.objects.bulk_create(batch)
        text = "Desde ayer la existencia no coincide con el kárdex."
        Message.objects.bulk_create(
            Message(
                ticket=ticket,
                author=ticket.requester,
                html=f"<p>{text}</p>",
                text=text,
                channel="web",
                created_at=ticket.accepted_at,
            )
            for ticket in made
        )
    TicketNumber.objects.update(last=last + missing)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(rng: Random, agents: list, models: list, number: int) -> object:
    from copy import copy

    ticket = copy(rng.choice(models))
    ticket.pk, ticket._state.adding, ticket.number = None, True, number
    ticket.accepted_at = NOW - timedelta(minutes=rng.randrange(500_000))
    ticket.last_activity_at = ticket.accepted_at
    ticket.status = rng.choices(STATUSES, WEIGHTS)[0]
    ticket.place_group = ticket.rank * 3 + 2
    ticket.place_at = ticket.accepted_at + timedelta(hours=8)
    ticket.assignee = None if ticket.status == "new" else rng.choice(agents)
    return ticket


def measure(agent: object) -> dict[str, float]:
    from django.conf import settings
    from django.db import transaction
    from django.test import Client

    from vigente.tickets.queries import queue_page
    from vigente.tickets.services.work import take_next

    settings.ALLOWED_HOSTS.append("testserver")
    client = Client()
    client.force_login(agent, backend=settings.AUTHENTICATION_BACKENDS[0])

    def next_case() -> None:
        with transaction.atomic():
            assert take_next(agent=agent, now=NOW)
            transaction.set_rollback(True)

    def page() -> None:
        answer = client.get("/es/desk/queue/line/")
        assert answer.status_code == 200, (answer.status_code, answer.get("Location"))

    return {
        "queue page (queries)": median(lambda: queue_page(agent, view="line", now=NOW), TIMES),
        "queue page (HTTP)": median(page, TIMES),
        "next case": median(next_case, TIMES),
    }


if __name__ == "__main__":
    sys.exit(main("queueing", bench))
