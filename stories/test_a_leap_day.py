"""Row 35, 51: a year bought on 29 February 2028 renews on 28 February 2029, and on the 29th when there is one again."""

from datetime import timedelta

import pytest

from stories.conftest import local
from stories.rows.buying import again, contracted, left, pay
from vigente.billing.models import Grant, Invoice
from vigente.factories import make_version

pytestmark = pytest.mark.django_db


def test_a_leap_day(live_until):
    year = make_version(cases=1, interval="year", price_minor=900_000)
    shop = contracted(local("2028-02-29T09:00"), version=year)
    for term, day in enumerate(("2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"), start=1):
        at = local(f"{day}T00:00")
        live_until(local(f"{int(day[:4]) - 1}-08-29T00:00"))
        live_until(at - timedelta(microseconds=1))
        assert Invoice.objects.count() == term
        live_until(at)
        invoice = Invoice.objects.get(term=term)
        assert (invoice.due_at, again(shop).status) == (at, "grace")
        pay(shop, at, 900_000, invoice=invoice, key=day)
        assert left(shop, at) == 1
    assert Grant.objects.filter(source="period").count() == 4 * 12 + 1
