"""Every address of the workspace × everybody it is not for. The table is the address map itself."""

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tests.access.writes import rows_written
from tests.support.rules import rule_rows
from vigente.accounts.models import Membership, Role, UserSession
from vigente.accounts.services import invite, issue_token
from vigente.billing.models import MissedTerm, RulebookVersion
from vigente.billing.prices import Priced
from vigente.billing.services import invoices, orders
from vigente.billing.services.transfers import send_proof
from vigente.bulk.models import BulkAction
from vigente.factories import make_customer, make_policy, make_user, publish
from vigente.mail.models import InboundMessage, Mailbox, OutboundMessage
from vigente.rules.conditions import ALWAYS
from vigente.rules.invoicing import Label, LabelCode, Line
from vigente.tickets.files import File
from vigente.tickets.models import Department
from vigente.tickets.services import canned, views
from vigente.tickets.services.fields import Wanted, save_field
from vigente.tickets.services.follow_ups import set_follow_up
from vigente.tickets.services.structure import add_tag
from vigente.webhooks.services import create_endpoint, send_test
from vigente.workspace.urls import urlpatterns

pytestmark = [pytest.mark.django_db, pytest.mark.once]

PATTERNS = {str(pattern.name) + "/" * (pattern.pattern._route.count("<")): pattern for pattern in urlpatterns}
OWNER = {
    "audit",
    "emptying",
    "sessions",
    "session_end",
    "security",
    "rules_new",
    "rules_withdrawal",
    "plan_version",
    "plans_import",
    "settings",
    "vendor",
    "tokens",
    "token_new",
    "token_revocation",
    "section",
    "section_new",
    "holidays",
    "section_row",
    "rules_import",
    "rules_draft_discard",
    "announcement",
    "announcement_of_version",
    "announcement_of_draft",
    "announcement_preview",
    "announcement_sending",
    "announcement_discard",
    "switch_reminders",
    "switch_invitations",
}
MONEY = {
    *("money", "invoices", "invoice", "invoice_pdf", "invoice_payment", "invoice_credit", "invoice_refund"),
    *(
        "invoice_fiscal",
        "transfers",
        "transfer",
        "transfer_proof",
        "transfer_confirmation",
        "transfer_rejection",
    ),
    *(
        "payments",
        "payment",
        "payment_resending",
        "payment_by_hand",
        "credits",
        "orders",
        "order",
        "order_cancellation",
        "order_payment",
        "order_new",
    ),
    *("money_exports", "money_export", "organization_payment", "organization_payout", "organization_billing"),
    *("licence_transfer", "contract_order"),
}
OWNER |= {
    *(
        "webhooks",
        "webhook_new",
        "webhook",
        "webhook_edit",
        "webhook_secret",
        "webhook_test",
        "webhook_replay",
    ),
    *("webhook_deletion", "webhook_delivery", "webhook_delivery_replay", "seller", "documents", "document"),
    *("document_preview", "finance", "finance_rows"),
}
ONLY_SOMETIMES = {
    *("spam_rule/", "spam_rule_deletion/"),  # of one there is
    *("payment_by_hand/", "payment_resending/"),  # of a refund that failed
    "emptying/",  # of what lies in the trash
}
OWNER |= {"arranged"} | {f"arranged_{what}" for what in ("new", "row", "order", "retirement", "restoration")}
OWNER |= {"tags", "tag", "tag_new", "tag_order", "tag_retirement", "tag_restoration", "tag_deletion"}
OWNER |= {
    "fields",
    "field",
    "field_new",
    "field_order",
    "field_retirement",
    "field_restoration",
    "field_deletion",
}
OWNER |= {"plan_new", "version_prices", "letters", "letter", "letter_page"}
SUPERVISOR = {
    *("spam_rules", "spam_rule_new", "spam_rule", "spam_rule_deletion"),
    *("automation", "automation_rule", "automation_past", "automation_new", "automation_edit"),
    *("automation_order", "automation_ready", "automation_switch", "automation_deletion"),
    *MONEY,
    *(
        *("line", "place", "agent"),
        "trials",
        "trial_new",
        "trial",
        "trial_progress",
        "trial_cancellation",
        "trial_rows",
        "report",
        "report_rows",
    ),
    "message_versions",
    "announcement_copies",
    "switch",
    "switch_customers",
    "switch_template",
    "switch_import",
    "switch_legacy",
    "switch_date",
    "switch_uncovered",
    "switch_announcement",
    "switch_adoption",
    "quotation",
    "held_override",
    "membership_end",
    "organization_edit",
    "organization_block",
    "organization_unblock",
    "subscription_new",
    "subscription_activation",
    "subscription_notice",
    "subscription_notice_withdrawal",
    "subscription_change",
    "pack_new",
    "overview",
    "overview_order",
    "missed_term",
    "mail",
    "inbound",
    "inbound_raw",
    "inbound_replay",
    "outbound",
    "outbound_retry",
}


def roles_of(name):
    if name in OWNER:
        return {Role.OWNER}
    return {Role.SUPERVISOR, Role.OWNER} if name in SUPERVISOR else {Role.AGENT, Role.SUPERVISOR, Role.OWNER}


def money(shop, now):
    """An order that waits, an invoice, a transfer for it with its proof."""
    order = orders.place(organization=shop.organization, kind="pack", version=shop.version, licence=shop.licence,
                         subscription=shop.subscription, key="o", actor=shop.manager, now=now)  # fmt: skip
    priced = Priced((Line(Label(LabelCode.OTHER, {"text": "Visita"}), 1, 5_000),), "NIO")
    invoice = invoices.issue(key="i", organization=shop.organization, priced=priced, purpose="other", now=now)
    proof = File("recibo.png", b"\x89PNG\r\n\x1a\n0")
    transfer = send_proof(target=invoice, amount_minor=5_000, reference="1", file=proof, user=shop.manager, key="t",
                          now=now)  # fmt: skip
    return {"invoice": invoice.pk, "transfer": transfer.pk, "payment": transfer.pk, "order_new": shop.organization.pk,
            "order": order.pk, "contract_order": shop.subscription.pk, "version_prices": shop.version.pk,
            "licence_transfer": shop.licence.pk, "holidays": make_policy().hours_id,
            "agent": make_user("Ana", role=Role.AGENT).pk}  # fmt: skip


def letters(now):
    """One mail that came and was set aside, one that could not be sent."""
    box = Mailbox.objects.create(address="soporte@sisnorte.test")
    inbound = InboundMessage.objects.create(
        mailbox=box,
        raw=b"From: a@b.test\r\n\r\nhola",
        size=10,
        digest="d",
        status="quarantined",
        received_at=now,
    )
    outbound = OutboundMessage.objects.create(
        dedupe_key="k",
        message_id="<1@x>",
        kind="x",
        to="a@b.test",
        subject="s",
        text="t",
        next_attempt_at=now,
        created_at=now,
        status="dead",
    )
    return inbound, outbound


def made_by_the_team(owner, now):
    """A saved text, a list, a field, a tag, a webhook with what it was sent, a session."""
    hook = create_endpoint(url="https://hooks.vendedor.test/x", actor=owner, now=now)
    sent = send_test(endpoint=hook, now=now)
    saved = canned.save_response(response=None, title="Saludo", texts={"es": "Hola"}, tags=[], sharing="all",
                                 department=None, actor=owner, now=now)  # fmt: skip
    listed = views.save_view(view=None, name="X", sharing="all", department=None, search="", condition=ALWAYS,
                             order="newest", is_default=False, actor=owner, now=now)  # fmt: skip
    return {
        "webhook_delivery": sent.pk, "webhook": hook.pk, "response": saved.pk, "saved_view": listed.pk,
        "field": save_field(field=None, wanted=Wanted(names={"es": "Caja"}, kind="text")).pk,
        "tag": add_tag(names={"es": "Visita"}).pk,
        "arranged": Department.objects.create(name="Visitas").pk,
        "bulk": BulkAction.objects.create(actor=owner, act="unassign", key="k", total=1, created_at=now).pk,
        "session_end": UserSession.objects.create(user=owner, key="k", began_at=now).pk,
    }  # fmt: skip


@pytest.fixture
def things(shop, owner, now):
    """One of everything an address can name."""
    publish(now=now.replace(year=2030))
    coming = RulebookVersion.objects.get()
    ticket = shop.ticket(now, files=(File("nota.txt", b"secreto"),))
    held = make_customer("Sin plan", now=now, plan=False).held(now)
    inbound, outbound = letters(now)
    term = MissedTerm.objects.create(subscription=shop.subscription, number=1, start=now, end=now)
    token, _secret = issue_token(name="x", user=None, scopes=["coverage"], now=now)
    offer = invite(organization=shop.organization, email="n@c.test", role="member", may_draw=True, invited_by=owner,
                   now=now)  # fmt: skip
    return {
        "number": ticket.number,
        "view": "line",
        "token": ticket.messages.get().attachments.get().token,
        "slug": "work",
        "words": "departments",
        "ready": "remind",
        "follow_up": set_follow_up(ticket=ticket, due_at=now.replace(year=2030), actor=owner, now=now).pk,
        "kind": "invoice",
        "listed": "customers",
        "report": "waiting",
        "finance": "renewals",
        "which": "month",
        "part": "30",
        "currency": "NIO",
        "export": "payments",
        "letter": "welcome",
        "language": "es",
        "pk": {
            **money(shop, now),
            **made_by_the_team(owner, now),
            "message": ticket.messages.get().pk,
            **rule_rows(owner=owner, now=now),
            "organization": shop.organization.pk,
            "open_for": shop.organization.pk,
            "phone_preview": shop.organization.pk,
            "licence_hosting": shop.licence.pk,
            "licence_key": shop.licence.pk,
            "membership": Membership.objects.get(user=shop.colleague).pk,
            "invitation_revocation": offer.pk,
            "subscription_new": shop.organization.pk,
            "subscription": shop.subscription.pk,
            "pack_new": shop.subscription.pk,
            "plan_version": shop.version.plan_id,
            "missed_term": term.pk,
            "held": held.pk,
            "rules": coming.pk,
            "inbound": inbound.pk,
            "outbound": outbound.pk,
            "token_revocation": token.pk,
            "section_row": ticket.work_type_id,
        },
    }


def url_of(key, things):
    pattern = PATTERNS[key]
    values = []
    for name in pattern.pattern.converters:
        if name != "pk":
            values.append(things[name])
            continue
        by_name = things["pk"]
        stem = next((stem for stem in by_name if pattern.name.startswith(stem)), "organization")
        values.append(by_name[stem])
    return reverse(f"workspace:{pattern.name}", args=values)


def snapshot():
    """Every row of every table, sessions apart."""
    return {
        model: list(model.objects.order_by("pk").values())
        for model in apps.get_models()
        if model is not Session and not model._meta.proxy
    }


def signed_in(user):
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user)
    return client


def test_every_view_wears_a_gate():
    for key, pattern in PATTERNS.items():
        assert set(pattern.callback.roles) == roles_of(pattern.name), key


def test_a_get_writes_nothing(things, owner):
    """A link, a picture or a prefetch changes nothing. (Who is let in where: tests/access.)"""
    client, wrote = signed_in(owner), []
    for key in PATTERNS:
        before = rows_written()
        response = client.get(url_of(key, things))
        if response.get("Content-Type", "").startswith("text/csv"):
            continue  # a list taken away is written down: tests/access/test_trail.py
        fine = (200, 302, 405, 404) if key in ONLY_SOMETIMES else (200, 302, 405)
        if rows_written() != before or response.status_code not in fine:
            wrote.append(f"{key}: {response.status_code}")
    assert not wrote


def test_a_post_without_its_token_is_refused(things, owner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    before = snapshot()
    for key in PATTERNS:
        assert client.post(url_of(key, things)).status_code == 403, key
    assert snapshot() == before


def test_somebody_deactivated_is_out_at_once(agent):
    client = signed_in(agent)
    agent.is_active = False
    agent.save()
    assert client.get(reverse("workspace:queue")).status_code == 302


@pytest.mark.parametrize("number", [0, 999_999_999, 2**62, 10**30])
def test_numbers_that_name_nothing_are_simply_not_found(number, owner):
    client = signed_in(owner)
    for path in ("cases/{}/", "held/{}/", "organizations/{}/", "preview/{}/", "open/{}/"):
        assert client.get("/es/desk/" + path.format(number)).status_code == 404
