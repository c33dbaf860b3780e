"""Row 35, 51: bought on the 31st, billed on the last day of shorter months and on the 31st again where there is one."""

import pytest

from stories.conftest import local
from stories.rows.buying import PRICE, again, contracted, left, pay
from vigente.billing.models import Grant, Invoice

pytestmark = pytest.mark.django_db


def test_a_year_from_31_january(live_until):
    shop = contracted(local("2026-01-31T16:00"), cases=2)
    days = ("02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31")
    for term, day in enumerate(days, start=1):
        at = local(f"2026-{day}T00:00")
        live_until(local(f"2026-{day[:2]}-27T12:00"))
        assert Invoice.objects.count() == term
        live_until(at)
        invoice = Invoice.objects.get(term=term)
        assert (invoice.due_at, invoice.total_minor) == (at, PRICE)
        pay(shop, at, PRICE, invoice=invoice, key=day)
        assert left(shop, at) == 2
    live_until(local("2027-01-31T00:00"))
    assert (again(shop).status, Invoice.objects.count()) == ("grace", 13)
    spans = list(Grant.objects.order_by("period").values_list("start", "end"))
    assert all(one[1] == other[0] for one, other in zip(spans, spans[1:], strict=False))
