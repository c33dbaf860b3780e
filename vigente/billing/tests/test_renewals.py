"""Renewing many at a time writes what renewing each alone writes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from stories.conftest import local
from stories.rows.buying import again, contracted, order, pay
from vigente.billing.models import (
    BillingProfile,
    Grant,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    MoneyEntry,
    PriceList,
    Subscription,
    TaxCategory,
    TaxRate,
)
from vigente.billing.services.renewals import renew_ordinary
from vigente.billing.services.subscriptions import give_notice, roll_over
from vigente.events.models import Event
from vigente.factories import make_customer, make_version, publish
from vigente.worker.clock import run_due
from vigente.worker.verification import verify

pytestmark = pytest.mark.django_db
NOW = local("2026-07-01T09:00")


def rows_after(renew: Callable[[], object]) -> dict[str, list[Any]]:
    """What the database holds after `renew`, without ids and numbers; then it is taken back."""
    last_event = Event.objects.order_by("-id").values_list("id", flat=True)[0]
    with transaction.atomic():
        renew()
        keys = {None: None, **dict(Invoice.objects.values_list("pk", "key"))}
        hidden = {"id", "series_id", "number", "code", "_state"}

        def plain(row: Any, *more: str) -> list[tuple[str, Any]]:
            data = {name: value for name, value in vars(row).items() if name not in hidden | set(more)}
            if "invoice_id" in data:
                data["invoice_id"] = keys[data["invoice_id"]]
            return sorted(data.items())

        found = {
            "subscriptions": [plain(s) for s in Subscription.objects.order_by("pk")],
            "grants": [plain(g) for g in Grant.objects.order_by("key")],
            "entries": [plain(e, "grant_id") for e in LedgerEntry.objects.order_by("source", "kind")],
            "invoices": [plain(i) for i in Invoice.objects.order_by("key")],
            "lines": [plain(one) for one in InvoiceLine.objects.order_by("invoice__key", "position")],
            "money": sorted(str(plain(m, "source")) for m in MoneyEntry.objects.all()),
            "events": sorted(
                f"{e.kind} {e.organization_id} {sorted(without_numbers(e.data).items())}"
                for e in Event.objects.filter(pk__gt=last_event)
            ),
        }
        transaction.set_rollback(True)
    return found


def without_numbers(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in ("invoice", "code")}


@pytest.fixture
def world() -> datetime:
    """Customers in every state in which a renewal is ordinary, and some in which it is not; all due at once."""
    publish(billing_zone="America/Managua")
    iva = TaxCategory.objects.create(code="iva", name_es="IVA", name_en="VAT", is_default=True)
    TaxRate.objects.create(category=iva, basis_points=1500)
    dollars = PriceList.objects.create(code="usd", name="USD", currency="USD", includes_tax=True)
    contracted(NOW)
    contracted(NOW, hosting="vendor_cloud")
    year = contracted(NOW, version=make_version(cases=4, interval="year", price_minor=1_200_000))
    BillingProfile.objects.create(
        organization=year.organization, legal_name="Comercial Año, S. A.", language="en"
    )
    unlimited = contracted(NOW, version=make_version(cases=None, price_minor=999_999))
    BillingProfile.objects.create(organization=unlimited.organization, tax_exempt=True)
    abroad = make_version(cases=6)
    dollars.prices.create(version=abroad, price_minor=10_000)
    who = make_customer(now=NOW, plan=False, version=abroad)
    BillingProfile.objects.create(organization=who.organization, price_list=dollars)
    bought = order(who, NOW)
    pay_dollars(who, bought)
    make_customer(now=NOW)  # not billed
    leaving = contracted(NOW)
    give_notice(subscription=again(leaving), now=NOW)
    ahead = contracted(NOW)
    pay(ahead, NOW, 210_000, key="ahead")
    due = Subscription.objects.filter(next_due_at__gt=NOW).order_by("next_due_at")[0].next_due_at
    assert due is not None
    return due


def pay_dollars(who: Any, bought: Any) -> None:
    from vigente.billing.services.payments import record_payment

    record_payment(
        organization=who.organization,
        method="card",
        amount_minor=bought.total_minor,
        currency="USD",
        key="usd",
        order=bought,
        now=NOW,
    )


def each_alone(now: datetime) -> None:
    for pk in Subscription.objects.filter(next_due_at__lte=now).values_list("pk", flat=True):
        roll_over(subscription_id=pk, now=now)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=3)])
def test_many_at_a_time_and_each_alone_write_the_same(world: datetime, late: timedelta) -> None:
    now = world + late
    assert Subscription.objects.filter(next_due_at__lte=now).count() == 8
    alone = rows_after(lambda: each_alone(now))
    many = rows_after(lambda: (renew_ordinary(now=now), each_alone(now)))
    for what, rows in alone.items():
        assert many[what] == rows, what


def test_only_what_is_out_of_the_ordinary_is_left(world: datetime) -> None:
    assert renew_ordinary(now=world) == 6 + 5  # six allotments, and five terms that begin
    assert renew_ordinary(now=world) == 0
    run_due(now=world)
    assert not Subscription.objects.filter(next_due_at__lte=world).exists()
    assert list(verify(now=world)) == []


def test_asleep_for_months_is_nothing_ordinary(world: datetime) -> None:
    assert renew_ordinary(now=world + timedelta(days=95)) == 0
    run_due(now=world + timedelta(days=95))
    assert list(verify(now=world + timedelta(days=95))) == []


def test_carried_cases_are_counted_one_contract_at_a_time() -> None:
    publish(rollover_max=2)
    who = contracted(NOW)
    due = again(who).next_due_at
    assert due is not None
    assert renew_ordinary(now=due) == 0
    run_due(now=due)
    assert Grant.objects.get(subscription=again(who), period=1).granted == 6
