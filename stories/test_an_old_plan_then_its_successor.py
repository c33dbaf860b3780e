"""R11, row 29: the terms of before are kept, and never billed, until they expire; the new plan goes on from there."""

from datetime import timedelta

import pytest

from stories.conftest import local
from stories.rows.buying import PRICE, buyer, left, order, pay
from vigente.billing.models import Invoice, Subscription
from vigente.billing.services.subscriptions import subscribe
from vigente.events.models import Event
from vigente.factories import make_version

pytestmark = pytest.mark.django_db


def test_an_old_plan_then_its_successor(live_until):
    now = local("2026-07-01T09:00")
    shop = buyer(now, version=make_version(cases=4, rank=3))
    old = make_version(cases=2, rank=1, is_public=False, sold_until=now - timedelta(days=90))
    subscribe(
        organization=shop.organization, licence=shop.licence, version=old, source="legacy",
        anchor=local("2026-01-10T00:00"), ends_at=local("2026-12-10T00:00"), now=now,
    )  # fmt: skip

    # The old plan goes on as it was: its cases each month, its rank, and no invoice.
    for month in (8, 9, 10):
        at = local(f"2026-{month:02}-10T00:00")
        live_until(at)
        assert left(shop, at) == 2
        assert shop.ticket(at).rank == 1
    assert not Invoice.objects.exists()

    # The new one is bought a month before the end: both serve, what ends first is drawn first, the better rank counts.
    buying = local("2026-11-20T08:00")
    live_until(buying)
    bought = order(shop, buying)
    pay(shop, buying, PRICE, order=bought)
    assert left(shop, buying) == 6
    assert shop.ticket(buying).rank == 1
    live_until(local("2026-12-04T00:00"))
    assert Event.objects.filter(kind="subscription.ending").exists()

    # On 10 December the old one is over, with what was left of it; the new one is alone and billed as any other.
    over = local("2026-12-10T00:00")
    live_until(over)
    assert (left(shop, over), shop.ticket(over).rank) == (4, 3)
    renewal = local("2026-12-20T00:00")
    live_until(renewal)
    pay(shop, renewal, PRICE, invoice=Invoice.objects.get(term=1), key="diciembre")
    live_until(local("2027-01-20T00:00"))  # billed, and nobody pays
    live_until(local("2027-02-20T00:00"))
    live_until(local("2027-07-01T00:00"))
    assert set(Subscription.objects.values_list("source", "status")) == {
        ("legacy", "ended"),
        ("bought", "ended"),
    }
    assert not Invoice.objects.filter(subscription__source="legacy").exists()
