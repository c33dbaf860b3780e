"""A small world with one of everything an address can name, people of every role, and words nobody else may read.

El Clavo is the customer whose things are asked for. Each canary is a word written where only some may read it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress

from tests.support.rules import rule_rows
from vigente.accounts.models import SCOPES, ApiToken, Membership, Role, User, UserSession
from vigente.accounts.services import deactivate, invitation_token, invite, issue_token
from vigente.billing.models import CardRefund, MissedTerm, RulebookVersion
from vigente.billing.prices import Priced
from vigente.billing.services import invoices, orders, wishes
from vigente.billing.services.organizations import block
from vigente.billing.services.packs import add_pack
from vigente.billing.services.transfers import send_proof
from vigente.bulk import services as bulk
from vigente.factories import (
    Customer,
    join,
    make_customer,
    make_licence,
    make_policy,
    make_user,
    make_version,
    publish,
)
from vigente.mail.models import InboundMessage, Mailbox, OutboundMessage
from vigente.rules.conditions import ALWAYS
from vigente.rules.invoicing import Label, LabelCode, Line
from vigente.tickets.files import File
from vigente.tickets.models import Department, Ticket
from vigente.tickets.services import (
    canned,
    classification,
    conversation,
    disputes,
    merging,
    spam,
    trash,
    views,
    work,
)
from vigente.tickets.services.fields import Wanted, save_field, set_values
from vigente.tickets.services.follow_ups import set_follow_up
from vigente.tickets.services.structure import add_tag, tag_case
from vigente.tickets.services.submission import submit_request
from vigente.webhooks.services import create_endpoint, send_test

ROLES = (
    "nobody", "inactive", "removed", "outsider", "bystander", "member", "manager", "agent", "supervisor", "owner",
)  # fmt: skip
CUSTOMERS = ("removed", "outsider", "bystander", "member", "manager")
STAFF_ONLY = ("NOTAINTERNA", "MOTIVOBLOQUEO", "NOTASDELAEMPRESA", "MOTIVOEXCEPCION", "ARCHIVODENOTA")
EL_CLAVO = ("ElClavoSecreto", "kardexsecreto")  # its name, and what its member wrote
OTHERS = ("FarmaciaAjena", "recetaajena")


@dataclass
class World:
    """People by role, their API tokens, and the arguments of every address."""

    people: dict[str, Any]
    tokens: dict[str, str]
    objects: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    shop: Customer | None = None
    case: Ticket | None = None


def build(now: datetime) -> World:
    """Everything, made through the services."""
    shop = make_customer("ElClavoSecreto", now=now - timedelta(days=3), cases=12)
    other = make_customer("FarmaciaAjena", now=now - timedelta(days=3), cases=12)
    people = _people(shop, other)
    world = World(people, {role: _token(user, now) for role, user in people.items()}, shop=shop)
    owner = people["owner"]
    other.ticket(now, user=other.manager, subject="recetaajena", text="recetaajena")
    block(organization=other.organization, reason="MOTIVOBLOQUEO", actor=owner, now=now)
    for customer in (shop, other):
        customer.organization.notes = "NOTASDELAEMPRESA"
        customer.organization.save()
    case = world.case = _case(shop, people, now)
    _name_things(world, shop, case, now)
    return world


def _people(shop: Customer, other: Customer) -> dict[str, Any]:
    removed, bystander = make_user("Renato"), make_user("Beatriz")
    join(removed, shop.organization)
    join(bystander, shop.organization)
    found: dict[str, Any] = {
        "nobody": None,
        "inactive": make_user("Inés"),
        "removed": removed,
        "outsider": other.colleague,
        "bystander": bystander,
        "member": shop.colleague,
        "manager": shop.manager,
        "agent": make_user("Ana", role=Role.AGENT),
        "supervisor": make_user("Sofía", role=Role.SUPERVISOR),
        "owner": make_user("Óscar", role=Role.OWNER),
    }
    join(found["inactive"], shop.organization, role="manager")
    User.objects.filter(pk=found["inactive"].pk).update(is_active=False)
    for user in filter(None, found.values()):
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return found


def _token(user: User | None, now: datetime) -> str:
    if user is None:
        return ""
    scopes = [scope for scope in SCOPES if scope != "coverage:any"]
    token, secret = issue_token(name="matriz", user=user, scopes=scopes, now=now)
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=now + timedelta(days=9))
    return secret


def _case(shop: Customer, people: dict[str, Any], now: datetime) -> Ticket:
    """The member's case: with a file, a note that has one too, an exception, and everything that can be decided."""
    agent, supervisor = people["agent"], people["supervisor"]
    note = (File("ARCHIVODENOTA.txt", b"solo para el equipo"),)
    case = shop.ticket(now, user=shop.colleague, subject="kardexsecreto", text="kardexsecreto",
                       files=(File("nota.txt", b"hola"),))  # fmt: skip
    conversation.add_note(ticket=case, author=agent, text="NOTAINTERNA", files=note, now=now)
    conversation.reply(
        ticket=case, author=agent, text="Lo reviso.", channel="web", status_after="open", now=now
    )
    shop.ticket(now, user=people["removed"], subject="kardexsecreto", text="kardexsecreto")
    gone = Membership.objects.get(user=people["removed"])
    deactivate(membership=gone)
    licence = make_licence(shop.organization, now=now)
    excepted = submit_request(
        requester=shop.manager, organization=shop.organization, licence=licence, work_type=shop.work["error"],
        subject="kardexsecreto", text="sin plan", channel="phone", key="excepción", opened_by=supervisor,
        override_reason="MOTIVOEXCEPCION", now=now,
    )  # fmt: skip
    conversation.add_note(ticket=excepted, author=agent, text="NOTAINTERNA", now=now)
    disputes.dispute(ticket=excepted, user=shop.manager, text="No lo pedí", now=now)
    return case


def _name_things(world: World, shop: Customer, case: Ticket, now: datetime) -> None:
    agent = world.people["agent"]
    quoted = shop.ticket(now, user=shop.colleague, subject="kardexsecreto", text="kardexsecreto")
    classification.classify(ticket=quoted, work_type=shop.work["development"], actor=agent, now=now)
    closed = shop.ticket(now, user=shop.colleague, subject="kardexsecreto", text="kardexsecreto")
    work.close(ticket=closed, actor=shop.colleague, now=now)
    gone = shop.ticket(now, user=shop.colleague, subject="kardexsecreto", text="kardexsecreto", work="outage")
    trash.trash(ticket=gone, actor=agent, now=now)
    rule = spam.save_rule(wanted=spam.Wanted("sender", "@spam.test"), actor=agent, now=now)
    second = conversation.reply(
        ticket=case, author=shop.colleague, text="y otra cosa", channel="web", now=now
    )
    split = merging.propose_split(ticket=case, messages=[second], subject="Otra", actor=agent, now=now)
    shop.organization.draw_by = "approve"
    shop.organization.save()
    held = shop.held(now, user=shop.colleague, subject="kardexsecreto", text="kardexsecreto")
    offer = invite(organization=shop.organization, email="nueva@clavo.test", role="member", may_draw=True,
                   invited_by=shop.manager, now=now)  # fmt: skip
    bigger = make_version(name="Empresa", cases=10, rank=1)
    publish(now=now + timedelta(days=900))
    inbound, outbound = _letters(now)
    term = MissedTerm.objects.create(subscription=shop.subscription, number=1, start=now, end=now)
    pack = add_pack(organization=shop.organization, licence=shop.licence, subscription=shop.subscription, cases=1,
                    key="matriz", now=now)  # fmt: skip
    wish = wishes.ask(
        organization=shop.organization, user=shop.colleague, kind="plan", version=bigger, now=now
    )
    prepared = orders.place(organization=shop.organization, kind="plan", version=bigger, key="matriz", prepared=True,
                            licence=make_licence(shop.organization, now=now), actor=world.people["owner"],
                            now=now)  # fmt: skip
    member = Membership.objects.get(user=world.people["member"])
    shown = case.messages.get(kind="reply", attachments__isnull=False).attachments.get().token
    subscription, organization = shop.subscription, shop.organization.pk
    world.numbers = {"quotation": quoted.number, "objection": quoted.number, "reopening": closed.number,
                     "restoration": gone.number, "emptying": gone.number}  # fmt: skip
    world.objects = {
        "number": case.number, "proposal": split.pk, "version": bigger.pk, "subscription": subscription.pk,
        "membership": member.pk, "invitation": offer.pk, "file": shown, "held": held.token,
        "seat": invitation_token(offer), "view": "line", "slug": "work", "words": "departments", "name": "queue",
        "uidb36": "1", "key": "abc-def", "kind": "invoice", "pack": pack, "wish": wish.pk, "prepared": prepared.token,
        "listed": "customers", "report": "waiting", "finance": "renewals", "which": "month", "part": "30",
    }  # fmt: skip
    later = set_follow_up(ticket=case, due_at=now + timedelta(days=900), actor=world.people["owner"], now=now)
    world.objects |= {"ready": "remind", "follow_up": later.pk}
    rules = rule_rows(owner=world.people["owner"], now=now)
    team = _of_the_team(world, shop, case, now)
    world.rows = rules | team | _money(world, shop, now) | {
        "held": held.pk, "spam_release": held.pk, "spam_rule": rule.pk,
        "holidays": make_policy().hours_id, "inbound": inbound.pk,
        "invitation_revocation": offer.pk, "membership": member.pk,
        "licence_hosting": shop.licence.pk, "licence_key": shop.licence.pk, "missed_term": term.pk,
        "outbound": outbound.pk, "pack_new": subscription.pk, "plan_version": bigger.plan_id,
        "rules_withdrawal": RulebookVersion.objects.get().pk, "section_row": case.work_type_id,
        "subscription_new": organization, "subscription": subscription.pk,
        "pack": pack, "": organization,
    }  # fmt: skip


def _letters(now: datetime) -> tuple[InboundMessage, OutboundMessage]:
    """A mail that was set aside, and one that could not be sent."""
    box = Mailbox.objects.create(address="soporte@vendedor.test")
    inbound = InboundMessage.objects.create(mailbox=box, raw=b"From: a@b.test\r\n\r\nhola", size=26, digest="d",
                                            status="quarantined", received_at=now)  # fmt: skip
    outbound = OutboundMessage.objects.create(
        dedupe_key="k", message_id="<1@x>", kind="x", to="a@b.test", subject="s", text="t", status="dead",
        next_attempt_at=now, created_at=now,
    )  # fmt: skip
    return inbound, outbound


def _of_the_team(world: World, shop: Customer, case: Ticket, now: datetime) -> dict[str, int]:
    """What the team has made for itself: texts, lists, tags, fields, tokens, webhooks."""
    reply = canned.save_response(response=None, title="Saludo", texts={"es": "NOTAINTERNA"}, tags=[], sharing="all",
                                 department=None, actor=world.people["supervisor"], now=now)  # fmt: skip
    listed = views.save_view(view=None, name="NOTAINTERNA", sharing="all", department=None, search="", condition=ALWAYS,
                             order="newest", is_default=False, actor=world.people["supervisor"], now=now)  # fmt: skip
    hook = create_endpoint(url="https://hooks.vendedor.test/x", actor=world.people["owner"], now=now)
    sent = send_test(endpoint=hook, now=now)
    token, _secret = issue_token(name="x", user=None, scopes=["coverage"], now=now)
    session = UserSession.objects.create(user=shop.manager, key="matriz", began_at=now)
    tag = add_tag(names={"es": "NOTAINTERNA"})
    tag_case(ticket=case, tags=[tag], actor=world.people["agent"], now=now)
    custom = save_field(field=None, wanted=Wanted(names={"es": "NOTAINTERNA"}, kind="text"))
    set_values(ticket=case, sent={custom.pk: "NOTAINTERNA"}, actor=world.people["agent"], now=now)
    many = bulk.start(act="tag", value={"value": str(tag.pk)}, cases=Ticket.objects.filter(pk=case.pk),
                      actor=world.people["supervisor"], key="matriz", now=now)  # fmt: skip
    return {
        "bulk": many.pk,
        "token_revocation": token.pk, "session_end": session.pk, "account_session_end": session.pk, "tag": tag.pk,
        "field": custom.pk, "arranged": Department.objects.create(name="NOTAINTERNA").pk, "saved_view": listed.pk,
        "response": reply.pk,
        "message": case.messages.filter(by_staff=True).latest("pk").pk,
        "webhook_delivery": sent.pk, "webhook": hook.pk,
    }  # fmt: skip


def _money(world: World, shop: Customer, now: datetime) -> dict[str, int]:
    """An open order, an open invoice, and a transfer for it that waits with its proof."""
    order = orders.place(organization=shop.organization, kind="pack", version=shop.version, licence=shop.licence,
                         subscription=shop.subscription, key="pedido", actor=shop.manager, now=now)  # fmt: skip
    priced = Priced((Line(Label(LabelCode.OTHER, {"text": "Visita"}), 1, 5_000),), "NIO")
    invoice = invoices.issue(
        key="factura", organization=shop.organization, priced=priced, purpose="other", now=now
    )
    transfer = send_proof(
        target=invoice, amount_minor=5_000, reference="8841", file=File("comprobante.png", b"\x89PNG\r\n\x1a\n0"),
        user=shop.manager, key="transferencia", now=now,
    )  # fmt: skip
    world.objects |= {"order": order.pk, "invoice": invoice.pk, "currency": "NIO", "export": "payments",
                      "letter": "welcome", "language": "es"}  # fmt: skip
    lost = CardRefund.objects.create(payment=transfer, status=CardRefund.Status.FAILED, next_at=now)
    returned = {"payment_resending": lost.payment_id, "payment_by_hand": lost.payment_id}
    return returned | {"invoice": invoice.pk, "payment": transfer.pk, "transfer": transfer.pk,
            "order_new": shop.organization.pk,
            "order": order.pk, "contract_order": shop.subscription.pk, "licence_transfer": shop.licence.pk,
            "version_prices": shop.version.pk, "holidays": make_policy().hours_id,
            "agent": world.people["agent"].pk}  # fmt: skip


def arguments(world: World, key: str, wanted: Iterable[str]) -> list[Any]:
    """The values of the arguments of the address with this key (see `routes`), all naming things of El Clavo."""
    bare = key.rstrip("/").rpartition(":")[2]
    return [_value(world, bare, argument) for argument in wanted]


def _value(world: World, bare: str, argument: str) -> Any:
    if argument == "pk":
        return next(pk for stem, pk in world.rows.items() if bare.startswith(stem))
    if argument == "number":
        return world.numbers.get(bare, world.objects["number"])
    if argument == "token":
        kinds = {"file": "file", "invitation": "seat", "order": "prepared"}
        return world.objects[kinds.get(bare.partition("_")[0], "held")]
    return world.objects[argument]
