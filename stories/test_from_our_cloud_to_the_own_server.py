"""R3, row 27: in our cloud the plan costs forty per cent less, term by term; moved away all, moved back less again."""

import pytest

from stories.conftest import local
from stories.rows.buying import PRICE, again, contracted, pay
from vigente.billing.models import Invoice
from vigente.billing.services.licences import set_hosting

pytestmark = pytest.mark.django_db


def test_from_our_cloud_to_the_own_server(live_until, supervisor):
    now = local("2026-01-05T09:00")
    shop = contracted(now, hosting="vendor_cloud")

    def renew(term, day):
        live_until(local(f"2026-{day}T00:00"))
        invoice = Invoice.objects.get(term=term, corrects=None)
        if invoice.balance_minor:
            pay(shop, local(f"2026-{day}T08:00"), invoice.balance_minor, invoice=invoice, key=day)
        live_until(local(f"2026-{day}T09:00"))
        assert again(shop).status == "active"
        return invoice.total_minor

    # The discount is a line of its own on each invoice.
    first = Invoice.objects.get().lines.get()
    assert (first.unit_minor, first.discount_minor, first.discount_code) == (PRICE, 84_000, "cloud_web")
    assert renew(1, "02-05") == 126_000

    # In the middle of February it moves to its own server: what is paid stays paid; the next term costs all.
    set_hosting(licence=shop.licence, hosting="customer", now=local("2026-02-20T10:00"), actor=supervisor)
    assert [renew(2, "03-05"), renew(3, "04-05")] == [PRICE, PRICE]

    # On 20 April it moves back: fifteen days of thirty are left, so half of the discount is the customer's again.
    back = local("2026-04-20T00:00")
    set_hosting(licence=shop.licence, hosting="vendor_cloud", now=back, actor=supervisor)
    note = Invoice.objects.get(corrects__isnull=False)
    assert (note.reason, note.total_minor) == ("hosting_changed", 42_000)
    set_hosting(licence=shop.licence, hosting="customer", now=back, actor=supervisor)
    set_hosting(licence=shop.licence, hosting="vendor_cloud", now=back, actor=supervisor)
    assert Invoice.objects.filter(corrects__isnull=False).count() == 1  # to and fro gives nothing more
    live_until(local("2026-05-05T00:00"))
    fifth = Invoice.objects.get(term=4, corrects=None)
    assert (fifth.total_minor, fifth.balance_minor) == (126_000, 84_000)  # the credit paid its part by itself
    for term, month in enumerate(range(5, 13), start=4):
        assert renew(term, f"{month:02}-05") == 126_000
