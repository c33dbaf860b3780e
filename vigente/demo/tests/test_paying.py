"""While the demonstration's clock is moved, its customers keep paying, each in its own way."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from django.test import TestCase

from vigente.billing.models import Invoice, Payment, Subscription
from vigente.demo.paying import NEVER, Customers
from vigente.demo.seeding import seed_demo
from vigente.installation.models import Installation
from vigente.worker.advancing import live_through
from vigente.worker.verification import verify

NOW = datetime(2026, 7, 14, 16, 30, tzinfo=UTC)
DAY = timedelta(days=1)
STATUS = Subscription.Status


def states() -> Counter[str]:
    return Counter(Subscription.objects.filter(is_billed=True).values_list("status", flat=True))


class SevenWeeksOn(TestCase):
    """Seeded and lived through once for all of these."""

    now = NOW + 50 * DAY

    @classmethod
    def setUpTestData(cls) -> None:
        seed_demo(now=NOW)
        cls.before = states()
        cls.done = live_through(NOW, cls.now, people=Customers())

    def test_who_was_covered_is_covered_and_only_one_never_paid(self) -> None:
        assert states()[STATUS.ACTIVE] >= self.before[STATUS.ACTIVE] - 3, (self.before, states())
        unpaid = Subscription.objects.filter(status__in=[STATUS.GRACE, STATUS.SUSPENDED])
        assert unpaid.count() <= 2
        late = Invoice.objects.filter(balance_minor__gt=0, due_at__lt=self.now - 5 * DAY)
        assert {invoice.organization.external_ref for invoice in late} <= NEVER
        voided = Invoice.objects.filter(corrects__isnull=False, issued_at__gt=NOW, corrects__purpose="term")
        assert {note.organization.external_ref for note in voided} == NEVER

    def test_most_pay_on_the_day_some_by_card_a_few_late(self) -> None:
        assert self.done["payments"] > 20
        paid = Payment.objects.filter(key__startswith="demo:paid:", status=Payment.Status.CONFIRMED)
        waited = [
            (one.invoice.organization.external_ref, one.created_at - one.invoice.due_at)
            for one in paid.select_related("invoice__organization")
            if one.invoice is not None
        ]
        late = {key for key, delay in waited if delay > DAY}
        assert late == {"agro-yali", "el-piston", "cristal-norte"}
        assert {one.method for one in paid} == {Payment.Method.CARD, Payment.Method.TRANSFER}

    def test_a_transfer_with_its_proof_is_found_by_staff(self) -> None:
        sent = Payment.objects.filter(organization__external_ref="huellitas", invoice__isnull=False)
        assert sent.filter(status=Payment.Status.REVIEW, created_at__lt=self.now - 2 * DAY).count() == 0
        assert sent.exclude(proof="").filter(created_at__gte=NOW, status=Payment.Status.CONFIRMED).exists()

    def test_the_books_balance(self) -> None:
        assert [str(difference) for difference in verify(now=self.now)] == []

    def test_nobody_pays_for_a_real_vendors_customers(self) -> None:
        Installation.objects.update(is_demo=False, demo_secrets={})
        nobody = Customers()
        assert nobody.next_at(after=NOW) is None
        assert nobody.act(now=self.now + 365 * DAY) == 0
