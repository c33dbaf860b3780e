"""R6, row 26: cases bought extra outlive the plan they were bought with, to their own expiry."""

from datetime import timedelta

import pytest

from stories.conftest import local
from stories.rows.buying import PRICE, again, contracted, left, order, pay
from vigente.billing.models import Invoice
from vigente.billing.services.subscriptions import give_notice
from vigente.factories import publish

pytestmark = pytest.mark.django_db


def test_a_pack_across_a_cancellation(live_until):
    publish(pack_validity="days", pack_days=60)
    now = local("2026-05-04T09:00")
    shop = contracted(now, cases=1)
    for term, month in ((1, 6), (2, 7)):
        day = local(f"2026-{month:02}-04T00:00")
        live_until(day)
        pay(shop, day, PRICE, invoice=Invoice.objects.get(term=term), key=f"mes{month}")

    # July's one case is used; a pack of two is ordered, and covers from the moment it is paid, for sixty days.
    shop.ticket(local("2026-07-10T09:00"))
    waits = shop.held(local("2026-07-10T10:00"))
    pack = order(
        shop, local("2026-07-11T09:00"), kind="pack", key="pack", subscription=again(shop), quantity=2
    )
    live_until(local("2026-07-11T10:00"))
    assert left(shop, local("2026-07-11T10:00")) == 0
    paid = local("2026-07-12T09:00")
    pay(shop, paid, pack.total_minor, order=pack, key="pack")
    live_until(paid)
    waits.refresh_from_db()
    assert (waits.status, left(shop, paid)) == ("released", 1)

    # It cancels; the plan ends on 4 August, the case of the pack does not.
    give_notice(subscription=again(shop), now=local("2026-07-20T09:00"))
    end = local("2026-08-04T00:00")
    live_until(end)
    assert (again(shop).status, left(shop, end)) == ("ended", 1)
    shop.ticket(local("2026-08-30T09:00"))
    assert left(shop, local("2026-08-30T09:00")) == 0

    # Coming back is as easy as before, and the pack is not sold without a plan.
    back = order(shop, local("2026-09-01T09:00"), key="vuelve")
    pay(shop, local("2026-09-01T09:00"), PRICE, order=back, key="vuelve")
    live_until(paid + timedelta(days=60))
    assert left(shop, paid + timedelta(days=60)) == 1
    shop.subscription = back.subscription
    give_notice(subscription=again(shop), now=local("2026-09-20T09:00"))
    live_until(local("2026-10-01T00:00"))
    live_until(local("2027-05-04T00:00"))
    assert sum(Invoice.objects.values_list("balance_minor", flat=True)) == 0
