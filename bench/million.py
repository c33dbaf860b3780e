"""The workspace with 1,000,000 cases and 3,000,000 messages, against the same with 10,000 (PostgreSQL).

`python -m bench.million --postgresql [--cases 1000000]`. Two databases filled by `flood`, asked in turn by the same
process. The plans of what was asked of the larger one are written beside this file, to `plans/`.
"""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.database import POSTGRESQL
from bench.flood import flood
from bench.history import NOW
from bench.measure import tell
from bench.queue import Vendor, second_database, side_by_side
from bench.words import COMMON, RARE
from vigente.rules.conditions import ALWAYS, write
from vigente.tickets.models import SavedView, Ticket
from vigente.tickets.queries import queue_page

LIMIT = 1.5
FEW = 10_000
PAGE = 50
DEEP = 10  # pages down
PLANS = Path(__file__).parent / "plans"


class Desk(Vendor):
    """A database with a large vendor in it, and the agent who asks."""

    def __init__(self, alias: str, cases: int, advance: Callable[[int], None]) -> None:
        super().__init__(alias, cases, fill=partial(flood, advance=advance))
        self.deep = self._cursor_after(DEEP)
        self.view = SavedView.objects.create(
            name="Sin asignar de la semana",
            owner=self.agent,
            search=f"is:unassigned is:open {COMMON[3]}",
            condition=write(ALWAYS),
            order=SavedView.Order.ACTIVE,
            created_at=NOW,
            changed_at=NOW,
        )
        self.number = Ticket.objects.in_line().values_list("number", flat=True)[0]

    def _cursor_after(self, pages: int) -> str | None:
        cursor = None
        for _ in range(pages):
            cursor = queue_page(self.agent, view="line", now=NOW, cursor=cursor, limit=PAGE).next_cursor
        return cursor

    def first_page(self) -> None:
        """The rows of the line, for the agent's own departments."""
        assert queue_page(self.agent, view="line", now=NOW, limit=PAGE, departments=self.departments).has_more

    def deep_page(self) -> None:
        """The same, far down."""
        assert queue_page(self.agent, view="line", now=NOW, cursor=self.deep, limit=PAGE).rows

    def rare_word(self) -> None:
        """The search page for a name that twenty cases hold."""
        self.read(reverse("workspace:search"), q=RARE[0])

    def common_word(self) -> None:
        """The search page for a word that most cases hold."""
        self.read(reverse("workspace:search"), q=COMMON[8])

    def both_words(self) -> None:
        """The search page for a word that most cases hold, and one that few do."""
        self.read(reverse("workspace:search"), q=f"{COMMON[8]} {RARE[0]}")

    def saved_view(self) -> None:
        """The page of what somebody keeps an eye on."""
        self.read(reverse("workspace:saved_view", args=[self.view.pk]))

    def read(self, address: str, **asked: str) -> None:
        assert self.client.get(address, asked).status_code == 200

    def case(self) -> None:
        """The whole case page, as a browser asks for it."""
        self.read(reverse("workspace:case", args=[self.number]))


ASKED: dict[str, Callable[..., None]] = {
    "queue, first page": Desk.first_page,
    "queue, a page far down": Desk.deep_page,
    "search, a rare word": Desk.rare_word,
    "search, a common word": Desk.common_word,
    "search, both words": Desk.both_words,
    "saved view by HTTP": Desk.saved_view,
    "case page by HTTP": Desk.case,
    "next case": Desk.next_case,
}


def explain(desk: Desk, name: str, ask: Callable[..., None]) -> None:
    """Write how the database finds what this asks for."""
    desk.enter()
    with CaptureQueriesContext(connection) as asked:
        ask(desk)
    plans = []
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {query['sql']}")
                plans.append(query["sql"] + "\n\n" + "\n".join(line for (line,) in cursor.fetchall()))
    PLANS.mkdir(exist_ok=True)
    (PLANS / f"{name.replace(',', '').replace(' ', '-')}.txt").write_text("\n\n\n".join(plans) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true")
    cases = parser.parse_args().cases
    from vigente.cli.output import progress

    with progress() as bar:
        task = bar.add_task("cases", total=cases + FEW)
        few = Desk(DEFAULT_DB_ALIAS, FEW, lambda many: bar.advance(task, many))
        many = Desk(second_database(), cases, lambda many: bar.advance(task, many))
    rows: dict[str, dict[str, float]] = {}
    for name, ask in ASKED.items():
        found = side_by_side(many, few, ask, calls=3)
        ms = dict(zip((f"ms of {cases}", f"ms of {FEW}"), found.milliseconds, strict=True))
        rows[name] = {**ms, "ratio": found.ratio, "at most": LIMIT}
        if POSTGRESQL:
            explain(many, name, ask)
    tell("million", rows, passed=all(row["ratio"] <= LIMIT for row in rows.values()))


if __name__ == "__main__":
    main()
