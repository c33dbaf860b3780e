"""The demonstration as it stands when it is made: every state is there, and the books balance."""

from collections import Counter
from datetime import UTC, datetime

from django.test import TestCase

from vigente.accounts.models import Organization, User
from vigente.billing.models import Invoice, Licence, Order, Payment, Subscription
from vigente.billing.money_verification import balance_sheet
from vigente.billing.queries import coverage_of, meter_of, price_of
from vigente.demo.seeding import DemoResult, seed_demo
from vigente.installation.models import Installation
from vigente.rules.coverage import Outcome
from vigente.rules.reasons import Code
from vigente.tickets.models import DrawDispute, HeldRequest, Message, Quotation, Ticket
from vigente.worker.models import JobRun
from vigente.worker.verification import verify

NOW = datetime(2026, 7, 14, 16, 30, tzinfo=UTC)


def licence(name: str) -> Licence:
    key = Installation.current().demo_secrets["licences"][name]
    return Licence.objects.select_related("organization", "edition").get(key=key)


def covers(one: Licence, *, now: datetime = NOW) -> Outcome:
    from vigente.billing.models import WorkType

    work = WorkType.objects.get(code="error")
    return coverage_of(organization=one.organization, licence=one, work_type=work, user=None, now=now).outcome


class TheDemonstration(TestCase):
    """Made once for all of these: it takes seconds to live through."""

    demo: DemoResult

    @classmethod
    def setUpTestData(cls) -> None:
        cls.demo = seed_demo(now=NOW)

    def test_the_books_balance(self) -> None:
        assert [str(difference) for difference in verify(now=NOW)] == []

    def test_nothing_is_left_undone_and_no_job_failed(self) -> None:
        from vigente.events.models import Event

        assert not Event.objects.filter(dispatched_at__isnull=True).exists()
        assert not Event.objects.exclude(last_error="").exists()
        assert not JobRun.objects.filter(failures__gt=0).exists()

    def test_a_dozen_organizations_and_a_few_hundred_cases(self) -> None:
        assert self.demo.organizations >= 12
        assert self.demo.tickets >= 240
        assert Message.objects.count() > 4 * self.demo.tickets - 300

    def test_conversations_differ(self) -> None:
        """No two customers open a case with the same long text; a colleague's duplicate may."""
        cases = Ticket.objects.filter(merged_into__isnull=True)
        openings = Counter(case.messages.order_by("id")[0].text for case in cases)
        repeated = [text for text, count in openings.items() if count > 1 and len(text) > 160]
        assert len(repeated) <= 2, repeated
        assert cases.values("subject").distinct().order_by().count() > 180

    def test_the_line_is_long_and_of_several_ranks_some_of_it_late(self) -> None:
        waiting = Ticket.objects.in_line().filter(assignee__isnull=True)
        assert waiting.count() >= 25
        assert waiting.values("rank").distinct().order_by().count() >= 4
        assert waiting.filter(due_at__lt=NOW).exists()
        assert waiting.filter(due_at__gt=NOW).count() > 20
        assert waiting.values("department").distinct().order_by().count() == 2

    def test_the_technician_who_logs_in_has_cases_of_her_own(self) -> None:
        ana = User.objects.get(email="ana@sisnorte.example")
        assert Ticket.objects.in_line().filter(assignee=ana).count() >= 2

    def test_every_state_of_a_case_is_there(self) -> None:
        for status in Ticket.Status.values:
            assert Ticket.objects.filter(status=status).exists(), status

    def test_every_state_of_a_subscription_is_there(self) -> None:
        for status in ["scheduled", "awaiting_payment", "active", "grace", "suspended", "ended"]:
            assert Subscription.objects.filter(status=status).exists(), status

    def test_subscriptions_are_monthly_annual_legacy_included_and_organization_wide(self) -> None:
        running = Subscription.objects.filter(status="active")
        assert set(running.values_list("source", flat=True)) == {"bought", "legacy", "included"}
        assert set(running.values_list("version__plan__interval", flat=True)) == {"month", "year"}
        assert running.filter(licence__isnull=True).exists()
        assert running.filter(version__cases__isnull=True).exists()
        assert running.filter(notice_given_at__isnull=False, change_to__isnull=True).exists()
        assert running.filter(change_to__isnull=False).exists()

    def test_every_state_of_money_is_there(self) -> None:
        invoices = Invoice.objects.filter(corrects__isnull=True)
        assert invoices.filter(balance_minor=0).count() > 100
        assert invoices.filter(balance_minor__gt=0, due_at__lt=NOW).count() >= 2
        assert {"term", "pack", "work"} <= set(invoices.values_list("purpose", flat=True))
        assert set(invoices.values_list("currency", flat=True)) == {"NIO", "USD"}
        assert Payment.objects.filter(status="review", proof__gt="").count() == 2
        assert set(Payment.objects.values_list("method", flat=True)) == {"card", "transfer"}
        assert Order.objects.filter(status="open").exists()
        assert Order.objects.filter(coupon="BIENVENIDA", status="done").exists()
        assert Invoice.objects.filter(lines__discount_code="cloud_web").exists()
        assert {
            sum(v for (c, _), v in balance_sheet().items() if c == money) for money in ("NIO", "USD")
        } == {0}

    def test_an_unpaid_renewal_covers_a_little_or_nothing(self) -> None:
        half = Subscription.objects.get(organization__external_ref="cristal-norte")
        assert half.status == "grace"
        assert 0 < half.invoices.get(balance_minor__gt=0).balance_minor < half.invoices.first().total_minor
        assert Subscription.objects.get(organization__external_ref="tia-chabela").status == "suspended"

    def test_the_covered_licence_has_cases_left(self) -> None:
        one = licence("covered")
        assert one.organization.name == "Ferretería El Clavo"
        assert covers(one) is Outcome.COVERED
        assert (meter_of(organization=one.organization, licence=one, now=NOW).left or 0) >= 2

    def test_the_uncovered_licence_is_not_covered_and_has_requests_waiting(self) -> None:
        one = licence("uncovered")
        assert covers(one) is Outcome.NOT_COVERED
        assert one.held_requests.filter(status=HeldRequest.Status.WAITING).count() == 2

    def test_the_exhausted_licence_used_its_month_and_has_requests_waiting(self) -> None:
        one = licence("exhausted")
        assert covers(one) is Outcome.NOT_COVERED
        held = one.held_requests.filter(status=HeldRequest.Status.WAITING)
        assert [reason.code for reason in held[0].decision_value().reasons] == [Code.NO_CASES_LEFT]

    def test_the_legacy_licence_is_covered_by_a_plan_that_is_not_sold(self) -> None:
        one = licence("legacy")
        subscription = one.subscriptions.get(status="active")
        assert subscription.source == "legacy"
        assert subscription.version.sold_until < NOW
        assert covers(one) is Outcome.COVERED

    def test_the_cloud_licence_gets_forty_percent_off(self) -> None:
        one = licence("cloud_web")
        version = one.subscriptions.get(status="active").version
        price = price_of(version=version, licence=one, organization=one.organization, now=NOW)
        assert price.total_minor * 10 == price.list_minor * 6

    def test_two_licences_of_one_organization_have_their_own_plans(self) -> None:
        two = Organization.objects.get(name="Café y Abarrotes Peñas Blancas")
        assert set(two.licences.values_list("edition__code", flat=True)) == {"LOCAL", "WEB"}
        assert two.subscriptions.filter(status="active").count() == 2

    def test_one_organization_is_blocked(self) -> None:
        assert Organization.objects.filter(blocked_at__isnull=False).count() == 1

    def test_a_pack_let_a_held_request_in(self) -> None:
        mango = Organization.objects.get(name="Mini Súper El Mango")
        held = mango.held_requests.get(status=HeldRequest.Status.RELEASED)
        assert held.ticket is not None
        assert held.ticket.decision_value().reasons[0].code is Code.PACK_PAYS

    def test_cases_from_before_the_rules_were_exempt(self) -> None:
        assert Ticket.objects.filter(decision__outcome="exempt").count() > 10

    def test_quotations_are_asked_quoted_accepted_and_declined(self) -> None:
        assert set(Quotation.objects.values_list("status", flat=True)) >= {
            "requested",
            "quoted",
            "accepted",
            "declined",
        }
        assert Quotation.objects.filter(status="requested", ticket__status="new").count() >= 2
        assert Quotation.objects.filter(reclassified_by__isnull=False).exists()

    def test_some_draws_were_given_back_and_say_why(self) -> None:
        from vigente.billing.models import LedgerEntry

        reasons = set(LedgerEntry.objects.filter(kind="release").values_list("reason", flat=True))
        assert reasons >= {"development", "vendor_fault", "duplicate"}
        assert DrawDispute.objects.exists()
