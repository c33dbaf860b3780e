"""Row 25: a renewal nobody pays covers one case, then none; paid after all, everything is back with the same dates."""

import pytest

from stories.conftest import local
from stories.rows.buying import PRICE, again, contracted, left, pay
from vigente.billing.models import Invoice
from vigente.billing.services import payments
from vigente.events.models import Event

pytestmark = pytest.mark.django_db


def test_unpaid_then_paid(live_until, supervisor):
    now = local("2026-01-20T09:00")
    shop = contracted(now)
    live_until(local("2026-02-13T00:00"))

    # 20 February: billed, unpaid; one case, then a request waits and says why.
    due = local("2026-02-20T00:00")
    live_until(due)
    shop.ticket(due)
    waits = shop.held(local("2026-02-21T09:00"))
    assert waits.decision["reasons"][0]["code"] == "grace_spent"

    # The transfer the customer sends is a picture of another one: rejected, and the days go on.
    sent = payments.submit_transfer(organization=shop.organization, amount_minor=PRICE, currency="NIO", reference="77",
                                    invoice=Invoice.objects.get(term=1), user=shop.manager, key="uno",
                                    now=local("2026-02-22T09:00"))  # fmt: skip
    live_until(local("2026-02-26T09:00"))
    assert again(shop).status == "grace"  # under review nothing is held against it
    payments.reject(payment=sent, note="Es de otra fecha", actor=supervisor, now=local("2026-02-26T10:00"))
    live_until(local("2026-02-26T11:00"))
    assert (again(shop).status, left(shop, local("2026-02-26T11:00"))) == ("suspended", 0)

    # The right one is confirmed: the month is what it was, the request that waited is let in, its end has not moved.
    paid = local("2026-03-01T09:00")
    right = payments.submit_transfer(organization=shop.organization, amount_minor=PRICE, currency="NIO", reference="78",
                                     invoice=Invoice.objects.get(term=1), user=shop.manager, key="dos",
                                     now=paid)  # fmt: skip
    payments.confirm(payment=right, actor=supervisor, now=paid)
    live_until(paid)
    waits.refresh_from_db()
    assert (again(shop).status, waits.status, left(shop, paid)) == ("active", "released", 2)
    assert again(shop).next_due_at == local("2026-03-20T00:00")

    # From then on it pays on the day, to the end of the year, and nobody reminds it of anything.
    reminded = Event.objects.filter(kind="invoice.reminder").count()
    for term, month in enumerate(range(3, 13), start=2):
        day = local(f"2026-{month:02}-20T00:00")
        live_until(day)
        pay(shop, day, PRICE, invoice=Invoice.objects.get(term=term), key=f"mes{month}")
        live_until(day)
    assert again(shop).status == "active"
    assert Event.objects.filter(kind="invoice.reminder").count() == reminded
    assert Invoice.objects.count() == 12
