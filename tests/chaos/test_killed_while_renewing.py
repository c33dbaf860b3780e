"""Kill -9 at random points while 5,000 billed contracts renew, two workers at once: one invoice, one allotment each.

Moments are decided by a seed: after so many invoices, and a little later. After the last restart numbers have no gaps,
nothing is there twice, and the books are exact.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from tests.support.databases import url_of
from tests.support.environment import ROOT
from vigente.accounts.models import Organization
from vigente.billing.models import Grant, Invoice, InvoiceSeries, LedgerEntry, Licence, Subscription
from vigente.events.models import Event
from vigente.factories import LONG_AGO, make_edition, make_version
from vigente.rules.periods import boundary
from vigente.worker.verification import verify

CONTRACTS = int(os.environ.get("CHAOS_CONTRACTS", "5000"))
KILLS = int(os.environ.get("CHAOS_KILLS", "6"))
PATIENCE = 300  # seconds
ZONE = "America/Managua"
ANCHOR = datetime(2026, 1, 31, 15, tzinfo=UTC)
DUE = boundary(ANCHOR, ZONE, 1)
CASES = 4

pytestmark = pytest.mark.django_db(transaction=True)


def contracts():
    """Billed monthly contracts whose first month is over, with its allotment."""
    version = make_version(cases=CASES, edition=make_edition())
    names = range(CONTRACTS)
    companies = Organization.objects.bulk_create(
        [Organization(name=f"Comercial {n}", created_at=LONG_AGO) for n in names]
    )
    licences = Licence.objects.bulk_create(
        [
            Licence(
                key=f"LIC-{n:08d}", organization=one, edition=version.plan.edition, registered_at=LONG_AGO
            )
            for n, one in enumerate(companies)
        ]
    )
    made = Subscription.objects.bulk_create(
        [
            Subscription(organization=one.organization, licence=one, version=version, status="active", anchor=ANCHOR,
                         time_zone=ZONE, periods_opened=1, next_due_at=DUE, is_billed=True, created_at=ANCHOR)
            for one in licences
        ]
    )  # fmt: skip
    grants = Grant.objects.bulk_create(
        [
            Grant(key=f"period:{one.pk}:0", organization=one.organization, licence=one.licence, subscription=one,
                  source="period", period=0, granted=CASES, remaining=CASES, start=ANCHOR, end=DUE, rank=version.rank,
                  work=version.work, created_at=ANCHOR)
            for one in made
        ]
    )  # fmt: skip
    LedgerEntry.objects.bulk_create(
        [LedgerEntry(grant=one, kind="grant", cases=CASES, source=one.key, at=ANCHOR) for one in grants]
    )


def start(now):
    """A worker, ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.renewing", now.isoformat()],
        env=os.environ | {"DATABASE_URL": url_of(connection.settings_dict), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        start_new_session=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def wait_for_invoices(count, workers):
    deadline = time.monotonic() + PATIENCE
    while Invoice.objects.count() < count and time.monotonic() < deadline:
        if all(worker.poll() is not None for worker in workers):
            return
        time.sleep(0.005)


def test_each_renews_once_however_often_the_clock_is_killed():
    rng = random.Random(f"{CONTRACTS}:{connection.vendor}")
    contracts()
    now = DUE + timedelta(minutes=1)
    workers = [start(now), start(now)]
    for moment in sorted(rng.randrange(1, CONTRACTS) for _ in range(KILLS)):
        wait_for_invoices(moment, workers)
        time.sleep(rng.uniform(0, 0.15))
        for number in {rng.randrange(2), rng.randrange(2)}:
            kill(workers[number])
            workers[number] = start(now)
    assert [worker.wait(timeout=PATIENCE) for worker in workers] == [0, 0]

    billed = Counter(Invoice.objects.values_list("subscription", "term"))
    assert set(billed.values()) == {1}
    assert {term for _, term in billed} == {1}
    assert len(billed) == CONTRACTS
    granted = Counter(Grant.objects.values_list("subscription", "period"))
    assert set(granted.values()) == {1}
    assert len(granted) == 2 * CONTRACTS
    for kind in ("subscription.renewed", "subscription.period_opened", "invoice.issued"):
        assert Event.objects.filter(kind=kind).count() == CONTRACTS
    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert numbers == list(range(1, CONTRACTS + 1))
    assert InvoiceSeries.objects.get().next_number == CONTRACTS + 1
    assert set(Subscription.objects.values_list("status", "periods_opened")) == {("grace", 2)}
    assert list(verify(now=now)) == []
