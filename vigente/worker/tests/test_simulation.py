"""A small vendor through half a year: the books agree, and the same seed gives the same life."""

import pytest
from django.db import transaction

from vigente.worker.simulation.run import simulate

pytestmark = pytest.mark.django_db


def test_the_books_of_a_simulated_vendor_agree_with_what_happened():
    report = simulate(organizations=15, months=6, seed=11)
    assert [str(difference) for difference in report.differences] == []
    assert report.counts["cases"] > 10
    assert report.counts["draws"] > 5
    assert report.counts["expiries"] > 30
    assert report.counts["invoices"] > 15
    assert report.counts["payments_confirmed"] > 10
    assert sum(report.balance_sheet["NIO"].values()) == 0


def test_the_same_seed_gives_the_same_life():
    lives = []
    for _ in range(2):
        with transaction.atomic():
            lives.append(simulate(organizations=4, months=2, seed=5).to_json())
            transaction.set_rollback(True)
    assert lives[0] == lives[1]
    assert lives[0]["counts"]["events"] > 20
