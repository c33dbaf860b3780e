"""The days of the simulation, one after another: what time brings, then what people do, hour by hour."""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any

from django.db import transaction

from vigente.billing.models import Grant, LedgerEntry, Subscription
from vigente.events.models import Event
from vigente.rules.refusal import Refused
from vigente.tickets.models import HeldRequest, Ticket
from vigente.worker import clock
from vigente.worker.consumers import WITHOUT_MAIL
from vigente.worker.drain import drain_all
from vigente.worker.simulation import agents, contracts, customers, money, world
from vigente.worker.simulation.world import START, Company, World
from vigente.worker.verification import Difference, verify

DAYS_A_MONTH = 30.44
DAILY = (
    clock.roll_over_subscriptions,
    clock.expire_grants,
    clock.settle_unpaid,
    clock.suspend_unpaid,
    clock.give_up_unpaid,
    clock.expire_orders,
    clock.remind_of_invoices,
    clock.put_rulebook_in_force,
    clock.expire_held_requests,
    clock.close_split_questions,
    clock.close_solved_cases,
)
WEEKLY = (
    clock.announce_new_terms,
    clock.erase_held_texts,
    clock.remind_of_terms,
    clock.remind_of_expiring_cases,
)


@dataclass
class Report:
    """What happened, and whether the books agree with it."""

    organizations: int
    months: int
    seed: int
    counts: dict[str, int]
    refusals: dict[str, int]
    differences: list[Difference]
    balance_sheet: dict[str, dict[str, int]]

    def to_json(self) -> dict[str, Any]:
        return {
            "organizations": self.organizations,
            "months": self.months,
            "seed": self.seed,
            "counts": self.counts,
            "refusals": self.refusals,
            "balance_sheet": self.balance_sheet,
            "differences": len(self.differences),
            "named": [difference.to_json() for difference in self.differences[:100]],
        }


Act = Callable[[datetime], object]


@dataclass
class Simulation:
    """Acts wait in a heap by their instant; a day is done in one transaction, so that few commits are needed."""

    world: World
    waiting: list[tuple[datetime, int, Act]] = field(default_factory=list)
    serial: "count[int]" = field(default_factory=count)
    refusals: Counter[str] = field(default_factory=Counter)

    def plan(self, at: datetime, act: Act) -> None:
        heapq.heappush(self.waiting, (at, next(self.serial), act))

    def day(self, number: int) -> None:
        """Midnight first, now and then a day late (a machine that slept), then everything that people do."""
        begins = START + timedelta(days=number)
        if self.world.rng.random() > 0.03:
            self._midnight(begins, number)
        self._plan_the_day(begins, number)
        while self.waiting and self.waiting[0][0] < begins + timedelta(days=1):
            at, _, act = heapq.heappop(self.waiting)
            try:
                with transaction.atomic():
                    act(at)
            except Refused as refused:
                self.refusals[refused.code.value] += 1
        drain_all(now=begins + timedelta(hours=23), consumers=WITHOUT_MAIL)

    def _midnight(self, now: datetime, number: int) -> None:
        for job in (*DAILY, *(WEEKLY if number % 7 == 0 else ())):
            while job(now=now) >= 200:
                pass
        drain_all(now=now, consumers=WITHOUT_MAIL)

    def _plan_the_day(self, begins: datetime, number: int) -> None:
        rng = self.world.rng
        if number and number % 30 == 0:
            contracts.change_the_rules(self.world, number // 30, begins)
        for company in self.world.companies:
            if rng.random() < company.asks / DAYS_A_MONTH:
                self.plan(self._hour(begins), partial(self._ask, company))
            if rng.random() < 1 / DAYS_A_MONTH:
                self.plan(self._hour(begins), partial(contracts.reconsider, self.world, company))
            if rng.random() < 0.0005:
                self._block(company, begins)
        for payer, owed in money.who_pays(self.world):
            self.plan(self._hour(begins), partial(money.pay, self.world, payer, owed))
        company = rng.choice(self.world.companies)
        self.plan(self._hour(begins), lambda at: contracts.move_hosting(self.world, company, at))
        self.plan(begins + timedelta(hours=19), lambda at: money.decide_transfers(self.world, at))
        self.plan(begins + timedelta(hours=20), lambda at: money.correct_something(self.world, at))
        self.plan(begins + timedelta(hours=20), lambda at: agents.decide_what_is_asked(self.world, at))
        self.plan(begins + timedelta(hours=21), lambda at: agents.solve_old_ones(self.world, at))

    def _hour(self, begins: datetime) -> datetime:
        return begins + timedelta(seconds=self.world.rng.randrange(8 * 3600, 19 * 3600))

    def _block(self, company: Company, begins: datetime) -> None:
        weeks = timedelta(days=self.world.rng.randrange(3, 60))
        self.plan(self._hour(begins), lambda at: contracts.block_for_a_while(self.world, company, at))
        self.plan(self._hour(begins) + weeks, lambda at: contracts.unblock(self.world, company, at))

    def _ask(self, company: Company, now: datetime) -> None:
        rng = self.world.rng
        result = customers.ask(self.world, company, now)
        if isinstance(result, HeldRequest):
            if rng.random() < 0.4:
                self.plan(now + timedelta(hours=1), lambda at: contracts.buy_pack(self.world, company, at))
            if rng.random() < 0.5:
                days = timedelta(days=rng.randrange(1, 25))
                self.plan(now + days, lambda at: customers.after_holding(self.world, company, result, at))
            return
        self.plan(
            now + timedelta(hours=rng.randrange(1, 30)), lambda at: agents.take_and_work(self.world, at)
        )
        if rng.random() < 0.25:
            days = timedelta(days=rng.choice((1, 2, 5, 20, 40)))
            self.plan(now + days, lambda at: customers.answer(self.world, company, result, at))
            self.plan(now + days + timedelta(hours=5), lambda at: agents.take_and_work(self.world, at))
        if rng.random() < 0.25:
            days = timedelta(days=rng.randrange(1, 8))
            self.plan(now + days, lambda at: customers.settle(self.world, company, result, at))


def simulate(
    *, organizations: int, months: int, seed: int, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Live through `months` months of `organizations` customers on the current (empty) database, and verify.

    The same seed gives the same life. `progress(done, all)` counts days.
    """
    days = round(months * DAYS_A_MONTH)
    with transaction.atomic():
        simulation = Simulation(world.build(Random(seed), organizations))
    for company in simulation.world.companies:
        later = simulation.world.rng.choice((0, 0, 0, 10, 40, 90))
        begins = START + timedelta(days=later)
        simulation.plan(
            simulation._hour(begins), partial(contracts.first_contract, simulation.world, company)
        )
    for number in range(days):
        with transaction.atomic():
            simulation.day(number)
        if progress:
            progress(number + 1, days)
    end = START + timedelta(days=days)
    with transaction.atomic():
        simulation._midnight(end, 0)
    differences = list(verify(now=end))
    differences += [
        Difference(f"event:{event.pk}", "consumers", event.last_error[-500:], "all done")
        for event in Event.objects.filter(dispatched_at__isnull=True).exclude(last_error="")
    ]
    sheet = money.sheet()
    differences += [
        Difference(f"money:{currency}", "sum of all accounts", sum(accounts.values()), 0)
        for currency, accounts in sheet.items()
        if sum(accounts.values())
    ]
    return Report(organizations, months, seed, _counts(), dict(simulation.refusals), differences, sheet)


def _counts() -> dict[str, int]:
    return {
        "subscriptions": Subscription.objects.count(),
        "grants": Grant.objects.count(),
        **{
            f"{kind}s": LedgerEntry.objects.filter(kind=kind).count()
            for kind in ("draw", "release", "revoke")
        },
        "expiries": LedgerEntry.objects.filter(kind="expiry").count(),
        "cases": Ticket.objects.count(),
        "cases_merged": Ticket.objects.filter(merged_into__isnull=False).count(),
        "cases_following_others": Ticket.objects.filter(follows__isnull=False).count(),
        **{
            f"held_{status}": HeldRequest.objects.filter(status=status).count()
            for status in HeldRequest.Status.values
        },
        "events": Event.objects.count(),
        **money.counts(),
    }
