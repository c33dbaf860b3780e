"""R4, row 24: a shop that pays for the months it needs, leaves, and comes back when the season begins."""

import pytest

from stories.conftest import local
from stories.rows.buying import PRICE, again, buyer, left, order, pay
from vigente.billing.models import Grant, Invoice, Subscription
from vigente.billing.services.subscriptions import give_notice

pytestmark = pytest.mark.django_db


def test_a_year_month_by_month_with_gaps(live_until):
    now = local("2026-01-12T09:00")
    shop = buyer(now, cases=2)

    # January to March: ordered, paid, renewed by itself, each renewal paid two days later.
    bought = order(shop, now)
    pay(shop, now, bought.total_minor, order=bought, key="enero")
    shop.subscription = Subscription.objects.get()
    for term, day in ((1, "2026-02-12"), (2, "2026-03-12")):
        live_until(local(f"{day}T00:00"))
        assert (again(shop).status, left(shop, local(f"{day}T00:00"))) == ("grace", 1)
        pay(shop, local(f"{day[:-2]}14T10:00"), PRICE, invoice=Invoice.objects.get(term=term), key=day)
        assert (again(shop).status, left(shop, local(f"{day[:-2]}14T10:00"))) == ("active", 2)
        live_until(local(f"{day[:-2]}14T11:00"))

    # It gives notice at the last minute; what is paid is used to the last minute, and nothing more is billed.
    last = local("2026-04-11T23:58")
    assert give_notice(subscription=again(shop), now=last, actor=shop.manager).effective == local(
        "2026-04-12T00:00"
    )
    shop.ticket(local("2026-04-11T23:59"))
    live_until(local("2026-04-12T00:00"))
    shop.held(local("2026-04-12T00:00"))
    live_until(local("2026-08-20T09:00"))
    assert Invoice.objects.count() == 3

    # In August it comes back, on another day of the month: a new anchor, no cases and no invoices for the gap.
    back = local("2026-08-20T09:30")
    once_more = order(shop, back, key="agosto")
    pay(shop, back, once_more.total_minor, order=once_more, key="agosto")
    shop.subscription = once_more.subscription
    assert again(shop).anchor == back
    live_until(local("2026-09-19T23:59"))
    assert left(shop, local("2026-09-19T23:59")) == 2
    live_until(local("2026-09-20T00:00"))
    assert again(shop).status == "grace"

    # This time nobody pays: no cover after five days, no renewal over it, the invoice is given up, the year ends clean.
    live_until(local("2026-09-25T00:00"))
    assert (again(shop).status, left(shop, local("2026-09-25T00:00"))) == ("suspended", 0)
    live_until(local("2026-10-20T00:00"))
    live_until(local("2026-12-31T12:00"))
    assert again(shop).status == "ended"
    assert sum(Invoice.objects.values_list("balance_minor", flat=True)) == 0
    starts = Grant.objects.order_by("start").values_list("start", flat=True)
    assert [start.astimezone(now.tzinfo).month for start in starts] == [1, 2, 3, 8, 9]
