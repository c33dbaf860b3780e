"""A vendor's life in which everything that people wrote is lorem ipsum: what else is on a page is Vigente's own.

Requires a database; `now` is an aware UTC instant. Nearly every state of a case, a request or a contract is here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.languages.money import make_money
from tests.support.rules import rule_rows
from vigente.accounts import services as people
from vigente.accounts.models import Membership, Role, User
from vigente.billing.models import MissedTerm
from vigente.billing.services import ledger, orders, organizations, packs, rulebooks, subscriptions, wishes
from vigente.factories import (
    Customer,
    join,
    make_customer,
    make_edition,
    make_licence,
    make_policy,
    make_user,
    make_version,
)
from vigente.installation.models import Installation
from vigente.mail.models import InboundMessage, Mailbox, OutboundMessage
from vigente.rules.reasons import Release
from vigente.rules.rulebook import Rulebook
from vigente.tickets.files import File
from vigente.tickets.models import Department, HeldRequest, Ticket
from vigente.tickets.services import classification, conversation, disputes, held, merging, quotations, work
from vigente.tickets.services.follow_ups import set_follow_up
from vigente.webhooks.services import create_endpoint, send_test

TEXT = "Lorem ipsum dolor sit amet."
FILE = File("lorem.txt", b"lorem")


@dataclass
class World:
    """Who and what there is; `cases` and `requests` by the state they are in."""

    shop: Customer
    owner: User
    supervisor: User
    agent: User
    cases: dict[str, Ticket]
    requests: dict[str, HeldRequest]
    rows: dict[str, Any]


def make_world(now: datetime) -> World:
    """Everything, made at `now` or shortly before."""
    Installation.objects.update_or_create(
        pk=1, defaults={"vendor_name": "Lorem Soft", "support_email": "ipsum@lorem.example"}
    )
    Department.objects.create(name="Ipsum", is_default=True)
    Department.objects.create(name="Dolor")
    policy = make_policy()
    version = make_version(
        name="Amet", cases=40, rank=2, sla_policy=policy, sold_from=now - timedelta(days=90)
    )
    shop = make_customer("Lorem Ipsum", now=now - timedelta(days=3), version=version, hosting="vendor_cloud")
    owner, supervisor, agent = (
        make_user(name, role=role)
        for name, role in (("Odio Sit", Role.OWNER), ("Sed Sit", Role.SUPERVISOR), ("Ac Sit", Role.AGENT))
    )
    world = World(shop, owner, supervisor, agent, {}, {}, {})
    _contracts(world, now)
    _cases(world, now)
    _requests(world, now)
    _vendor(world, now)
    world.rows |= make_money(shop, supervisor, now)
    return world


def _contracts(world: World, now: datetime) -> None:
    shop = world.shop
    bigger = make_version(name="Elit", cases=80, rank=1)
    make_version(name="Elit anno", cases=80, rank=1, interval="year", price_minor=2_000_000)
    make_version(name="Infinitum", cases=None, rank=1)
    waiting = make_licence(shop.organization, label="Nulla")
    ending = make_licence(shop.organization, label="Vitae")
    legacy = make_licence(shop.organization, label="Porta")
    make_licence(shop.organization, label="Nuda")
    world.rows["awaiting"] = subscriptions.subscribe(
        organization=shop.organization, licence=waiting, version=bigger, now=now, activate=False
    )
    leaving = subscriptions.subscribe(
        organization=shop.organization, licence=ending, version=bigger, now=now - timedelta(days=4)
    )
    subscriptions.give_notice(subscription=leaving, now=now, actor=shop.manager)
    subscriptions.subscribe(
        organization=shop.organization, licence=legacy, version=make_version(name="Vetus", cases=3), now=now,
        source="legacy", ends_at=now + timedelta(days=20),
    )  # fmt: skip
    world.rows |= {"bigger": bigger, "leaving": leaving, "shop": shop.subscription}
    world.rows["pack"] = packs.add_pack(
        organization=shop.organization, licence=shop.licence, subscription=shop.subscription, cases=2, key="pack:1",
        now=now, actor=world.supervisor,
    )  # fmt: skip
    world.rows["wish"] = wishes.ask(
        organization=shop.organization, user=shop.colleague, kind="plan", version=bigger, now=now
    )
    orders.place(
        organization=shop.organization, kind="plan", version=bigger, key="prepared", prepared=True, note=TEXT,
        licence=make_licence(shop.organization, label="Nuda"), actor=world.owner, now=now,
    )  # fmt: skip
    ledger.add_goodwill(
        organization=shop.organization, licence=shop.licence, key="goodwill:1", cases=1, now=now, note=TEXT,
        reason=Release.VENDOR_FAULT, actor=world.agent, is_favour=True,
    )  # fmt: skip
    world.rows["invitation"] = people.invite(
        organization=shop.organization, email="novus@lorem.example", role="member", may_draw=True,
        invited_by=shop.manager, now=now, language="en",
    )  # fmt: skip
    world.rows["member"] = Membership.objects.get(user=shop.colleague)


def _cases(world: World, now: datetime) -> None:
    shop, agent, supervisor = world.shop, world.agent, world.supervisor

    def case(name: str, **more: Any) -> Ticket:
        made = shop.ticket(now - timedelta(hours=3), subject=f"Lorem {name}", text=TEXT, **more)
        world.cases[name] = made
        return made

    def reply(ticket: Ticket, author: User, **more: Any) -> Any:
        return conversation.reply(ticket=ticket, author=author, text=TEXT, channel="web", now=now, **more)

    case("line", files=(FILE,))
    case("second", channel="email")
    late = case("late")
    Ticket.objects.filter(pk=late.pk).update(
        first_reply_due_at=now - timedelta(hours=1), due_at=now - timedelta(hours=1)
    )
    talked = case("talked", user=shop.colleague)
    reply(talked, agent)
    conversation.add_note(ticket=talked, author=agent, text=TEXT, now=now)
    third = reply(talked, shop.manager)
    later = now + timedelta(days=2)
    world.rows["follow_up"] = set_follow_up(ticket=talked, due_at=later, note=TEXT, actor=agent, now=now)
    merging.propose_split(ticket=talked, messages=[third], subject="Lorem pars", actor=agent, now=now)
    asked = case("asked")
    reply(asked, agent)
    reply(case("third"), agent, status_after="waiting_third")
    work.change_status(ticket=case("hold"), status="on_hold", actor=agent, now=now)
    work.set_severity(ticket=case("severe"), severity=2, actor=agent, now=now)
    work.assign(ticket=case("mine"), assignee=agent, actor=agent, now=now)
    reply(case("solved"), agent, status_after="solved")
    closed = case("closed")
    reply(closed, agent, status_after="solved")
    work.close(ticket=closed, actor=shop.manager, now=now)
    classification.release(
        ticket=case("released"), reason=Release.VENDOR_FAULT, actor=agent, now=now, note=TEXT
    )
    merging.merge(ticket=case("merged"), into=world.cases["line"], actor=agent, now=now)
    case("quotation", work="development")
    for name in ("quoted", "objected", "accepted", "declined", "covered"):
        _quotation(world, case(name), name, now)
    disputes.dispute(ticket=case("disputed", opened_by=agent), user=shop.manager, text=TEXT, now=now)
    case("opened", opened_by=agent)
    case("always", work="outage")
    decided = case("decided", opened_by=agent)
    disputes.dispute(ticket=decided, user=shop.manager, text=TEXT, now=now)
    disputes.decide_dispute(ticket=decided, upheld=False, actor=supervisor, now=now)


def _quotation(world: World, ticket: Ticket, state: str, now: datetime) -> None:
    user, actor = world.shop.manager, world.supervisor
    classification.classify(
        ticket=ticket, work_type=world.shop.work["development"], actor=world.agent, now=now
    )
    if state in {"objected", "covered"}:
        quotations.object_to(ticket=ticket, user=user, text=TEXT, now=now)
        if state == "covered":
            quotations.decide_objection(ticket=ticket, covered=True, actor=actor, now=now)
        return
    quotations.quote(ticket=ticket, amount_minor=100_000, currency="NIO", scope=TEXT, actor=actor, now=now)
    if state == "accepted":
        quotations.accept_quotation(ticket=ticket, user=user, now=now)
    elif state == "declined":
        quotations.decline_quotation(ticket=ticket, user=user, now=now)


def _requests(world: World, now: datetime) -> None:
    poor = make_customer("Sine Pacto", now=now, plan=False)
    join(world.shop.manager, poor.organization, role="manager")
    world.rows["poor"] = poor
    for name in ("waiting", "answered", "withdrawn", "choose", "approval", "expired"):
        made = poor.held(now, user=world.shop.manager, subject=f"Lorem {name}", text=TEXT)
        world.requests[name] = made
    held.answer(held=world.requests["answered"], actor=world.agent, text=TEXT, now=now)
    held.withdraw(held=world.requests["withdrawn"], user=world.shop.manager, now=now)
    for name in ("choose", "approval"):
        HeldRequest.objects.filter(pk=world.requests[name].pk).update(status=name, requester=poor.colleague)
    HeldRequest.objects.filter(pk=world.requests["expired"].pk).update(status="expired", settled_at=now)
    make_user("Solus Sit")
    blocked = make_customer("Clausus", now=now)
    organizations.block(organization=blocked.organization, reason=TEXT, now=now, actor=world.supervisor)
    world.rows["blocked"] = blocked
    many = make_customer("Multi", now=now, cases=1, edition="LOCAL")
    many.ticket(now, subject="Lorem unus", text=TEXT)
    world.requests["spent"] = many.held(now, subject="Lorem nullus", text=TEXT)
    world.rows["many"] = many


def _vendor(world: World, now: datetime) -> None:
    rulebooks.publish(
        rulebook=Rulebook(hold_days=20, notice_days=5, rollover_max=2), effective_from=now + timedelta(days=30),
        actor=world.owner, now=now, note=TEXT,
    )  # fmt: skip
    world.rows |= rule_rows(owner=world.owner, now=now)
    box = Mailbox.objects.create(address="ipsum@lorem.example", host="imap.lorem.example")
    inbound = {
        status: InboundMessage.objects.create(
            mailbox=box, raw=b"From: a@b.example\r\n\r\nlorem", size=10, digest=status, status=status,
            received_at=now, subject="Lorem", sender="a@b.example",
        )
        for status in ("quarantined", "ignored", "processed")
    }  # fmt: skip
    outbound = OutboundMessage.objects.create(
        dedupe_key="k", message_id="<1@lorem.example>", kind="x", to="a@b.example", subject="Lorem", text=TEXT,
        next_attempt_at=now, created_at=now, status="dead",
    )  # fmt: skip
    hook = create_endpoint(
        url="https://ipsum.lorem.example/x", description="Dolor", actor=world.owner, now=now
    )
    sent = send_test(endpoint=hook, now=now)
    sent.tries.create(at=now, error="timeout")
    sent.tries.create(at=now, code=500, error="status", response="Lorem")
    world.rows |= {
        "hook": hook,
        "sent": sent,
        "term": MissedTerm.objects.create(subscription=world.shop.subscription, number=9, start=now, end=now),
        "token": people.issue_token(name="Lorem", user=None, scopes=["coverage"], now=now)[0],
        "mailbox": box,
        "inbound": inbound,
        "outbound": outbound,
        "edition": make_edition(),
    }
