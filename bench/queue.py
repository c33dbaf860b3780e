"""The queue page and *Siguiente caso* with 100,000 cases, against the same with 1,000.

Two databases, each with its history (see `history`: the waiting line grows with the cases), asked in turn by the
same process: the page's query as the workspace calls it, the whole page over HTTP, and the next case.
"""

from collections.abc import Callable
from contextlib import closing

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from bench.database import DATA, POSTGRESQL
from bench.history import NOW, live_through
from bench.measure import Comparison, compare, tell
from vigente.accounts.models import User
from vigente.tickets.queries import queue_page
from vigente.tickets.services.work import take_next

LIMIT = 1.3
FEW, MANY = 1_000, 100_000
PAGE = 50


class Vendor:
    """A database with a history, and the agent who asks."""

    def __init__(self, alias: str, cases: int, fill: Callable[[int], User] = live_through) -> None:
        self.connection = connections[alias]
        self.enter()
        self.agent = fill(cases)
        self.departments = list(self.agent.departments.values_list("pk", flat=True))
        self.client = Client(headers={"host": "127.0.0.1"})
        self.client.force_login(self.agent, backend="allauth.account.auth_backends.AuthenticationBackend")

    def enter(self) -> None:
        """Make it the database that the program works with."""
        connections[DEFAULT_DB_ALIAS] = self.connection

    def query(self) -> None:
        """The page's rows, for the agent's own departments."""
        page = queue_page(self.agent, view="line", now=NOW, limit=PAGE, departments=self.departments)
        assert len(page.rows) == PAGE
        assert page.has_more

    def page(self) -> None:
        """The whole page, as a browser asks for it."""
        response = self.client.get(reverse("workspace:queue"))
        assert response.status_code == 200, response

    def next_case(self) -> None:
        """Take it, and put it back."""
        with transaction.atomic():
            assert take_next(agent=self.agent, now=NOW) is not None
            transaction.set_rollback(True)


def second_database() -> str:
    """A migrated database beside the default one; gives its alias."""
    other = connections.settings[DEFAULT_DB_ALIAS] | {"NAME": str(DATA / "many.sqlite3")}
    if POSTGRESQL:
        with closing(connection.cursor()) as cursor:
            cursor.execute("CREATE DATABASE many")
        other["NAME"] = "many"
    connections.settings["many"] = other
    first = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections["many"]  # migrations write to the default database
    call_command("migrate", verbosity=0)
    connections[DEFAULT_DB_ALIAS] = first
    return "many"


def side_by_side(many: Vendor, few: Vendor, ask: Callable[..., None], *, calls: int) -> Comparison:
    """Time `ask` on both, block by block in turn."""

    def asked(vendor: Vendor) -> Callable[[], None]:
        def call() -> None:
            vendor.enter()
            ask(vendor)

        return call

    return compare(asked(many), asked(few), calls=calls)


def main() -> None:
    few = Vendor(DEFAULT_DB_ALIAS, FEW)
    many = Vendor(second_database(), MANY)
    asked = {"queue_page": Vendor.query, "the page by HTTP": Vendor.page, "take_next": Vendor.next_case}
    rows: dict[str, dict[str, float]] = {}
    for name, ask in asked.items():
        found = side_by_side(many, few, ask, calls=10)
        ms = dict(zip((f"ms of {MANY}", f"ms of {FEW}"), found.milliseconds, strict=True))
        rows[name] = {**ms, "ratio": found.ratio, "at most": LIMIT}
    tell("queue", rows, passed=all(row["ratio"] <= LIMIT for row in rows.values()))


if __name__ == "__main__":
    main()
