"""Everything that moves money, contracts, cases or the clock, at random and in any order; the books stay exact.

After every step that wrote anything the database is asked whether the books are wrong anywhere (`business.checks`),
after every few `verify` runs; what is refused must have written nothing. Hypothesis shrinks what it finds; many more
steps are lived through from fixed seeds, which costs half as much. `python -m tests.long` goes on for as long as one
likes.
"""

import gc

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.attacks.business import checks, money, passing, plans  # noqa: F401  (their acts)
from tests.attacks.business.world import ACTS, World, live, run

SHARDS = 8
SQLITE = connection.vendor == "sqlite"
EXAMPLES = 4 if SQLITE else 1
LIVES = 7 if SQLITE else 1  # of 350 steps, per shard: with what Hypothesis does, more than 20,000 in all
number = st.integers(0, 9_999)


@pytest.fixture(autouse=True)
def _look_for_garbage_seldom():
    """The ORM makes much that dies at once."""
    before = gc.get_threshold()
    gc.set_threshold(100_000)
    yield
    gc.set_threshold(*before)


class Business(RuleBasedStateMachine):
    """A world, taken back at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = World()

    def teardown(self) -> None:
        try:
            checks.everything(self.world.latest)
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)


def _rule(name: str):
    def step(self: Business, a: int, b: int, c: int) -> None:
        run(self.world, name, a, b, c)

    step.__name__ = name
    return rule(a=number, b=number, c=number)(step)


for _name, (_, _weight) in ACTS.items():
    for _turn in range(_weight):
        setattr(Business, f"{_name}_{_turn}", _rule(_name))


@pytest.mark.django_db
@pytest.mark.parametrize("shard", range(SHARDS))
def test_money_and_cases_balance_whatever_happens_in_whatever_order(shard: int) -> None:
    run_state_machine_as_test(
        seed(shard)(Business),
        settings=settings(max_examples=EXAMPLES, stateful_step_count=250, deadline=None, database=None,
                          suppress_health_check=list(HealthCheck)),
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("shard", range(SHARDS))
def test_money_and_cases_balance_through_long_lives(shard: int) -> None:
    for life in range(LIVES):
        assert live(1000 * shard + life, 350).steps == 350
