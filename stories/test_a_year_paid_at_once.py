"""R2, row 19: a year paid once; its cases come month by month, and the next year is billed on its first day."""

import pytest

from stories.conftest import local
from stories.rows.buying import again, contracted, left, pay
from vigente.billing.models import Grant, Invoice
from vigente.factories import make_version

pytestmark = pytest.mark.django_db


def test_a_year_paid_at_once(live_until):
    now = local("2026-03-15T10:00")
    year = make_version(cases=3, interval="year", price_minor=2_000_000)
    shop = contracted(now, version=year)

    # Three cases each month, whatever was used; one invoice in twelve months.
    for month in range(4, 13):
        at = local(f"2026-{month:02}-15T00:00")
        live_until(at)
        assert left(shop, at) == 3
        shop.ticket(at)
    live_until(local("2027-03-14T23:59"))
    assert Invoice.objects.get().total_minor == 2_000_000
    assert Grant.objects.filter(source="period").count() == 12

    # Reminded before, billed on the day; in grace one case may be drawn, and paying brings the rest of the month's.
    day = local("2027-03-15T00:00")
    live_until(day)
    assert (again(shop).status, left(shop, day)) == ("grace", 1)
    shop.ticket(day)
    pay(shop, local("2027-03-17T09:00"), 2_000_000, invoice=Invoice.objects.get(term=1), key="2027")
    assert (again(shop).status, left(shop, local("2027-03-17T09:00"))) == ("active", 2)
    live_until(local("2027-04-15T00:00"))
    assert left(shop, local("2027-04-15T00:00")) == 3
    assert Invoice.objects.count() == 2
