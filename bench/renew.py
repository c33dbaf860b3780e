"""Renewing thousands of contracts in one night, against inserting exactly the same rows in bulk.

One renewal reads a contract, decides, and writes an invoice, its line, two entries of money, a grant, its ledger entry
and four events, and moves the contract on. The other side only inserts those rows, a batch at a time in one transaction
each: it reads nothing, decides nothing, moves nothing. `--scale` renews 1,000, 10,000 and 100,000 and tells time and
memory.
"""

import gc
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from django.db import models, transaction

import bench.database  # noqa: F401  (makes the database ready)
from bench.measure import tell
from vigente.accounts.models import Organization
from vigente.billing.models import (
    Grant,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    Licence,
    MoneyEntry,
    PlanVersion,
    Subscription,
    TaxCategory,
    TaxRate,
)
from vigente.billing.services.renewals import BATCH, renew_ordinary
from vigente.events.models import Event
from vigente.factories import LONG_AGO, make_edition, make_version
from vigente.rules.periods import boundary

LIMIT = 0.25  # of the rate of bulk inserts
ZONE = "America/Managua"
ANCHOR = datetime(2026, 1, 10, 15, tzinfo=LONG_AGO.tzinfo)
WRITTEN: tuple[type[models.Model], ...] = (Invoice, InvoiceLine, MoneyEntry, Grant, LedgerEntry, Event)
ROUNDS = 3


def customers(count: int, version: PlanVersion) -> list[int]:
    """`count` organizations, each with a licence and a billed monthly contract that runs; their contracts' ids."""
    first = Organization.objects.count()
    made = []
    for start in range(first, first + count, 1000):
        some = range(start, min(start + 1000, first + count))
        companies = Organization.objects.bulk_create(
            Organization(name=f"Comercial {n}", created_at=LONG_AGO) for n in some
        )
        licences = Licence.objects.bulk_create(
            Licence(
                key=f"LIC-{n:08d}", organization=one, edition=version.plan.edition, registered_at=LONG_AGO
            )
            for n, one in zip(some, companies, strict=True)
        )
        made += Subscription.objects.bulk_create(
            Subscription(
                organization=licence.organization,
                licence=licence,
                version=version,
                status=Subscription.Status.ACTIVE,
                anchor=ANCHOR,
                time_zone=ZONE,
                periods_opened=1,
                next_due_at=boundary(ANCHOR, ZONE, 1),
                is_billed=True,
                created_at=ANCHOR,
            )
            for licence in licences
        )
    return [contract.pk for contract in made]


def renew(now: datetime) -> float:
    """Seconds to renew all that is due."""
    gc.collect()
    began = perf_counter()
    while renew_ordinary(now=now):
        pass
    return perf_counter() - began


def paid_up(contracts: list[int], index: int) -> None:
    """As if all had paid: the next night finds them as this one did."""
    Invoice.objects.filter(balance_minor__gt=0).update(balance_minor=0, settled_at=ANCHOR)
    for start in range(0, len(contracts), 5000):
        Subscription.objects.filter(pk__in=contracts[start : start + 5000]).update(
            status=Subscription.Status.ACTIVE, unpaid_until=None, next_due_at=boundary(ANCHOR, ZONE, index)
        )


def last_ids() -> dict[type[models.Model], int]:
    return {
        model: model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
        for model in WRITTEN
    }


def insert_again(since: dict[type[models.Model], int], renewals: int) -> tuple[float, int]:
    """Seconds to insert in bulk the rows written after `since`, and how many; it is taken back at the end."""
    rows = {
        model: list(model._default_manager.filter(pk__gt=pk).order_by("pk")) for model, pk in since.items()
    }
    count = sum(len(found) for found in rows.values())
    for model, found in rows.items():
        for number, row in enumerate(found):
            _another(model, row, number)
    ids = {model: [row.pk for row in found] for model, found in rows.items()}
    gc.collect()
    with transaction.atomic():
        began = perf_counter()
        for model, found in rows.items():
            size = max(len(found) * BATCH // renewals, 1)
            for batch in _batches(found, size):
                with transaction.atomic():
                    model._default_manager.bulk_create(batch)
        seconds = perf_counter() - began
        transaction.set_rollback(True)
    assert all(len(found) == len(ids[model]) for model, found in rows.items())
    return seconds, count


def _another(model: type[models.Model], row: models.Model, number: int) -> None:
    """The same row under other keys, so that it can stand beside the first."""
    row.pk = None
    row._state.adding = True
    if isinstance(row, Invoice):
        row.key, row.code, row.number, row.subscription, row.term = (
            f"again:{number}",
            f"B-{number}",
            10**8 + number,
            None,
            None,
        )
    elif isinstance(row, InvoiceLine):
        row.position = 1
    elif isinstance(row, MoneyEntry | LedgerEntry):
        row.source = f"again:{number}"
    elif isinstance(row, Grant):
        row.key, row.period = f"again:{number}", None


def _batches(rows: list, size: int) -> Iterator[list]:  # type: ignore[type-arg]
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def night(count: int) -> None:
    """`count` renewals a night, against the same rows in bulk; the median of a few nights."""
    contracts = customers(count, _plan())
    ours, theirs, rows = [], [], 0
    for index in range(1, ROUNDS + 1):
        since = last_ids()
        ours.append(renew(boundary(ANCHOR, ZONE, index)))
        paid_up(contracts, index + 1)
        seconds, rows = insert_again(since, count)
        theirs.append(seconds)
    ratio = median(b / a for a, b in zip(ours, theirs, strict=True))
    table = {
        "renewing": {"per second": count / median(ours), "seconds": median(ours), "ratio": ratio},
        "bulk insert": {"per second": count / median(theirs), "seconds": median(theirs)},
        "limit": {"ratio": LIMIT},
        "rows a renewal": {"seconds": rows / count},
    }
    tell("renew", table, passed=ratio >= LIMIT)


def scale() -> None:
    """Time and memory as the number grows."""
    table, version = {}, _plan()
    for count in (1_000, 10_000, 100_000):
        contracts = customers(count, version)
        Subscription.objects.exclude(pk__in=contracts[:1]).filter(pk__lt=contracts[0]).update(
            next_due_at=None
        )
        gc.collect()
        before = _peak_from_here()
        seconds = renew(boundary(ANCHOR, ZONE, 1))
        table[f"{count:,}"] = {
            "seconds": seconds,
            "ms each": 1000 * seconds / count,
            "MiB more": _peak() - before,
        }
    each = [row["ms each"] for row in table.values()]
    tell("renew --scale", table, passed=each[-1] <= 1.5 * each[0])


def _plan() -> PlanVersion:
    iva, _ = TaxCategory.objects.get_or_create(
        code="iva", defaults={"name_es": "IVA", "name_en": "VAT", "is_default": True}
    )
    TaxRate.objects.get_or_create(category=iva, defaults={"basis_points": 1500})
    return make_version(cases=4, edition=make_edition())


def _peak_from_here() -> float:
    """Forget the peak of this process's memory so far; returns what it holds now, in MiB (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> float:
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


if __name__ == "__main__":
    scale() if "--scale" in sys.argv else night(10_000)
