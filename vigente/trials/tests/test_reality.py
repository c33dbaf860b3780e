"""Lived through again under the rules that were in force, a vendor's life comes out as it was."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Q, Sum

from vigente.billing.models import LedgerEntry
from vigente.demo.seeding import seed_demo
from vigente.rules.rulebook import Rulebook
from vigente.rules.simulate_compare import Why
from vigente.trials import running, services
from vigente.trials.history import AT_ONCE_DRAWN
from vigente.trials.models import Trial, TrialRow
from vigente.worker.simulation.run import simulate
from vigente.worker.simulation.world import START

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MONTHS = 7


def test_every_decision_comes_out_as_it_was_and_every_exception_has_its_reason():
    simulate(organizations=16, months=MONTHS, seed=9)
    now = START + timedelta(days=round(MONTHS * 30.44))
    trial = services.start(draft=Rulebook(), months=MONTHS, direction="back", author=None, now=now)
    services.run_next(now=now)
    trial.refresh_from_db()
    assert trial.status == Trial.Status.DONE, trial.error
    otherwise = TrialRow.objects.filter(trial=trial, listed=TrialRow.List.REALITY)
    assert {row.before["why"] for row in otherwise} <= {Why.OVERRIDE, Why.CLOCK, Why.FOLLOWS}
    assert otherwise.exclude(before__why=Why.OVERRIDE).count() <= trial.result["before"]["requests"] / 25
    assert trial.result["before"]["requests"] > 20
    assert trial.result["before"]["expired"] == _expired_really(trial, now)


def _expired_really(trial, now):
    """What the books say nobody used, in the same months; not of what a supervisor gave for one case. What a refund
    took back is among it: a trial gives no money back, there those cases are left over at the contract's end.
    """
    since = running.question(trial, running.catalogue.read(), now=now).past.start
    unused = Q(kind="expiry") | Q(kind="revoke", reason__in=["refunded", "payment_lost"])
    entries = LedgerEntry.objects.filter(unused, at__gt=since, at__lte=now)
    for key in AT_ONCE_DRAWN:
        entries = entries.exclude(grant__key__startswith=key)
    return entries.aggregate(cases=Sum("cases"))["cases"] or 0


def test_the_demonstration_vendor_comes_out_as_it_was():
    now = datetime(2026, 11, 24, 15, tzinfo=UTC)
    seed_demo(now=now)
    trial = services.start(draft=Rulebook(), months=12, direction="back", author=None, now=now)
    services.run_next(now=now)
    trial.refresh_from_db()
    assert trial.status == Trial.Status.DONE, trial.error
    otherwise = TrialRow.objects.filter(trial=trial, listed=TrialRow.List.REALITY)
    assert not otherwise.exclude(before__why=Why.OVERRIDE).exists()
    assert trial.result["before"]["requests"] > 200
    assert trial.result["before"]["expired"] == _expired_really(trial, now)
