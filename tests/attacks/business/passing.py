"""Time: minutes to weeks, a worker that sleeps, jobs in any order and twice, a clock that goes back."""

from datetime import timedelta

from tests.attacks.business.world import START, World, act
from vigente.billing.services.renewals import renew_ordinary
from vigente.worker import clock
from vigente.worker.consumers import WITHOUT_MAIL
from vigente.worker.drain import drain_all

LEFT_OUT = (
    "forget_old_sessions",
    "forget_old_prints",
    "erase_old_deliveries",
    "forget_old_trials",
    "forget_old_bulk_actions",
)
JOBS = [job for job in clock.JOBS if job.name not in LEFT_OUT and not job.long]
WORDS = (
    "remind_of_terms",
    "remind_of_expiring_cases",
    "remind_of_ending",
    "remind_of_invoices",
    "erase_held_texts",
)
MOVING = [job for job in JOBS if job.name not in WORDS]  # books; the others only tell somebody something
STEPS = [timedelta(minutes=5), timedelta(hours=7), timedelta(days=1), timedelta(days=3), timedelta(days=8),
         timedelta(days=28), timedelta(days=31), timedelta(days=40)]  # fmt: skip


@act(4)
def time_passes(world: World, a: int, b: int, c: int) -> None:
    """And nobody looks at the clock."""
    world.now += STEPS[a % len(STEPS)]


@act(2)
def time_passes_and_the_clock_runs(world: World, a: int, b: int, c: int) -> None:
    world.now += STEPS[a % 6]
    the_clock_runs(world, a, b, c)


@act(2)
def to_the_next_instant_that_matters(world: World, a: int, b: int, c: int) -> None:
    """A boundary exactly, or a microsecond before."""
    contract = world.one("contract", a, "next_due_at IS NOT NULL")
    if world.now < contract.next_due_at < world.now + timedelta(days=400):
        world.now = contract.next_due_at - timedelta(microseconds=b % 2)


@act()
def the_clock_runs(world: World, a: int, b: int, c: int) -> None:
    for job in JOBS if a % 4 == 0 else MOVING:
        job.run(now=world.now)
    drain_all(now=world.now, consumers=WITHOUT_MAIL)


@act(2)
def many_renew_at_once(world: World, a: int, b: int, c: int) -> None:
    """As in a night in which thousands are due; twice, as two machines do it."""
    for _ in range(1 + a % 2):
        renew_ordinary(now=world.now)


@act(4)
def some_jobs_run(world: World, a: int, b: int, c: int) -> None:
    """In any order, one of them twice."""
    for job in (JOBS[a % len(JOBS)], JOBS[b % len(JOBS)], JOBS[c % len(JOBS)], JOBS[a % len(JOBS)]):
        job.run(now=world.now)
    if c % 2:
        drain_all(now=world.now, consumers=WITHOUT_MAIL)


@act()
def the_clock_goes_back(world: World, a: int, b: int, c: int) -> None:
    if world.now > START + timedelta(days=2):
        world.now -= timedelta(seconds=(1, 3600, 86_400)[a % 3])
