"""Row 33: half a year in, a customer is given its money back for what it did not use, and may buy again."""

import pytest

from stories.conftest import local
from stories.rows.buying import PRICE, again, contracted, left, order
from vigente.billing.models import CustomerAccount, Invoice
from vigente.billing.money_verification import balance_sheet
from vigente.billing.services import payments, refunds
from vigente.factories import make_version

pytestmark = pytest.mark.django_db


def test_a_refund_in_the_year(live_until, owner):
    now = local("2026-02-10T09:00")
    shop = contracted(now, version=make_version(cases=4, interval="year", price_minor=2_400_000))

    # Five months go by; two cases were drawn in the fifth.
    at = local("2026-06-20T09:00")
    for month in range(3, 7):
        live_until(local(f"2026-{month:02}-10T00:00"))
    shop.ticket(at)
    shop.ticket(at)

    # 48 cases were paid: two of this month and 28 of the seven to come are left; what expired was used up by time.
    invoice = Invoice.objects.get()
    seen = refunds.preview(invoice=invoice, now=at)
    assert (seen.cases, seen.undrawn, seen.total_minor) == (48, 30, 1_500_000)
    note = refunds.refund(invoice=invoice, actor=owner, now=at)
    assert (note.total_minor, note.corrects_id, again(shop).status, left(shop, at)) == (
        1_500_000, invoice.pk, "ended", 0,
    )  # fmt: skip
    live_until(at)

    # A million goes back to the bank; with the rest in hand it orders a month, and the rest pays the next.
    payments.pay_out(organization=shop.organization, amount_minor=1_000_000, currency="NIO", method="transfer",
                     key="devuelto", actor=owner, now=local("2026-06-22T09:00"))  # fmt: skip
    shop.version = make_version(cases=2)
    month = order(shop, local("2026-07-01T09:00"), key="julio")
    assert (month.status, left(shop, local("2026-07-01T09:00"))) == ("done", 2)
    assert CustomerAccount.objects.get().credit_minor == 500_000 - PRICE
    for day in ("08-01", "09-01"):
        live_until(local(f"2026-{day}T00:00"))
    live_until(local("2027-02-10T00:00"))
    sheet = balance_sheet()
    assert sheet["NIO", "cash"] == 2_400_000
    assert sheet["NIO", "bank"] == -1_000_000
    assert sheet["NIO", "credit"] == -CustomerAccount.objects.get().credit_minor
    assert sheet["NIO", "revenue"] == -(900_000 + 500_000)  # what was used, and the months the rest paid
    assert sheet["NIO", "receivable"] == 0
