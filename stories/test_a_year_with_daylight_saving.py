"""Row 35: where clocks go forward and back, months begin at local midnight, or at the first minute of that day."""

from zoneinfo import ZoneInfo

import pytest

from stories.conftest import local
from stories.rows.buying import PRICE, again, contracted, left, pay
from vigente.billing.models import Grant, Invoice
from vigente.factories import publish

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["America/Santiago", "Europe/Madrid"])
def test_a_year_with_daylight_saving(live_until, name):
    """In Santiago the clocks go forward on 6 September 2026 at midnight: that day has no 00:00."""
    publish(billing_zone=name)
    zone = ZoneInfo(name)
    shop = contracted(local("2026-01-06T09:00", zone), cases=2)
    for term, month in enumerate(range(2, 13), start=1):
        day = again(shop).next_due_at
        assert day.astimezone(zone).strftime("%m-%d") == f"{month:02}-06"
        first = "01:00" if (name, month) == ("America/Santiago", 9) else "00:00"
        assert day.astimezone(zone).strftime("%H:%M") == first
        live_until(day)
        pay(shop, day, PRICE, invoice=Invoice.objects.get(term=term), key=str(month))
        assert left(shop, day) == 2
    live_until(again(shop).next_due_at)
    spans = list(Grant.objects.order_by("period").values_list("start", "end"))
    assert len(spans) == 13
    assert all(one[1] == other[0] and one[0] < one[1] for one, other in zip(spans, spans[1:], strict=False))
    assert Invoice.objects.count() == 13
