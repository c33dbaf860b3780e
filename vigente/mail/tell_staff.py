"""What the people of the desk are written: what a customer answered, what waits for their decision, what went wrong."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.safestring import mark_safe

from vigente.accounts.models import STAFF_ROLES, Role, User
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.mail.letters import Reader, Words, link, post
from vigente.mail.tell_cases import said_by, ticket_of
from vigente.rules.automation import TO_PERSON
from vigente.tickets.html import clean_html
from vigente.tickets.models import DrawDispute, Message, Quotation, Ticket

MOST_DIFFERENCES = 10


def customer_replied(event: Event, *, now: datetime) -> None:
    """The agent whose case it is reads the reply, and whoever watches it."""
    ticket = ticket_of(event)
    message = Message.objects.filter(pk=event.data.get("message")).select_related("author").first()
    if event.data.get("by") != "customer" or ticket is None or message is None:
        return
    readers = {user.pk: user for user in (ticket.assignee, *watchers_of(ticket)) if user is not None}
    _to(readers.values(), "staff_customer_replied", event, ticket, now=now, words=lambda: {
        "who": str(message.author or message.author_name),
        "said": mark_safe(clean_html(message.html, inline={})),  # cleaned here
    })  # fmt: skip


def watched(event: Event, *, now: datetime) -> None:
    """Whoever watches a case reads what a colleague writes in it, and learns how it goes on. Nobody is told of what
    they did themselves, nor twice of a change that came with a reply.
    """
    ticket = ticket_of(event)
    what = WATCHED.get(Kind(event.kind))
    if ticket is None or what is None or event.data.get("by") == "customer":
        return
    message = Message.objects.filter(pk=event.data.get("message") or 0, deleted_at=None).first()
    if what in ("reply", "note") and message is None:
        return
    if message is None and ticket.messages.filter(by_staff=True, created_at=event.occurred_at).exists():
        return  # the reply that said so was sent
    author = event.actor_id or (message.author_id if message else None)
    people = [user for user in watchers_of(ticket) if user.pk not in (author, event.data.get("assignee"))]
    _to(people, "staff_watched", event, ticket, now=now, words=lambda: {
        "who": (message and message.author_name) or said_by(event.actor),
        "what": what,
        "said": mark_safe(clean_html(message.html, inline={})) if message else "",  # cleaned here
    })  # fmt: skip


WATCHED: dict[Kind, str] = {
    Kind.TICKET_REPLIED: "reply",
    Kind.TICKET_NOTED: "note",
    Kind.TICKET_ASSIGNED: "assigned",
    Kind.TICKET_SOLVED: "solved",
    Kind.TICKET_CLOSED: "closed",
    Kind.TICKET_REOPENED: "reopened",
}


def watchers_of(ticket: Ticket) -> Iterable[User]:
    """Of the desk, as long as they are there."""
    return User.objects.filter(watches__ticket=ticket, role__in=STAFF_ROLES, is_active=True).order_by("pk")


def assigned(event: Event, *, now: datetime) -> None:
    """Somebody else gave them a case. Whoever took it from the line, or by replying, knows."""
    ticket = ticket_of(event)
    agent = User.objects.filter(pk=event.data.get("assignee") or 0).first()
    if ticket is None or agent is None or event.data.get("by_line") or _knows(event, agent):
        return
    _to([agent], "staff_assigned", event, ticket, now=now, words=lambda: {"who": said_by(event.actor)})


def _knows(event: Event, agent: User) -> bool:
    """They did it themselves, or a rule did, which nobody is written about; of a new case of theirs they are told."""
    return event.actor_id in (None, agent.pk) and not event.data.get("of_department")


def somebody_must_decide(event: Event, *, now: datetime) -> None:
    """An objection waits for a second person (rows 11, 15): supervisors and owners, never the one it is about."""
    ticket = ticket_of(event)
    if ticket is None:
        return
    text, first = _objection(event.kind, ticket)
    deciders = User.objects.filter(role__in=(Role.SUPERVISOR, Role.OWNER), is_active=True).exclude(
        pk=first or 0
    )
    _to(
        deciders,
        "staff_decide",
        event,
        ticket,
        now=now,
        words=lambda: {"who": said_by(event.actor), "text": text},
    )


def _objection(kind: str, ticket: Ticket) -> tuple[str, int | None]:
    """(what was objected, whose decision it is about)."""
    if kind == Kind.DRAW_DISPUTED:
        dispute = DrawDispute.objects.filter(ticket=ticket).first()
        return (dispute.text if dispute else ""), ticket.opened_by_id
    quotation = Quotation.objects.filter(ticket=ticket).first()
    return (quotation.objection, quotation.reclassified_by_id) if quotation else ("", None)


def rule_says(event: Event, *, now: datetime) -> None:
    """A rule of automation writes to the desk: the case's agent, its department, the supervisors, or one person."""
    ticket = ticket_of(event)
    if ticket is None:
        return
    _to(_meant(str(event.data.get("to")), ticket), "staff_rule", event, ticket, now=now, words=lambda: {
        "rule": event.data.get("name", ""), "text": event.data.get("text", ""),
    })  # fmt: skip


def come_back(event: Event, *, now: datetime) -> None:
    """A follow-up is due: the case's agent, or whoever asked for it while it has none."""
    ticket = ticket_of(event)
    if ticket is None:
        return
    maker = User.objects.filter(pk=event.data.get("made_by") or 0, role__in=STAFF_ROLES).first()
    agent = ticket.assignee or maker
    _to([agent] if agent else [], "staff_follow_up", event, ticket, now=now, words=lambda: {
        "note": event.data.get("note", ""),
    })  # fmt: skip


def _meant(to: str, ticket: Ticket) -> Iterable[User]:
    people = User.objects.filter(role__in=STAFF_ROLES, is_active=True).order_by("pk")
    if to == "assignee":
        return people.filter(pk=ticket.assignee_id or 0)
    if to == "department":
        return people.filter(departments=ticket.department_id)
    if to == "supervisors":
        return people.filter(role__in=(Role.SUPERVISOR, Role.OWNER))
    key = to.removeprefix(TO_PERSON)
    return (
        people.filter(pk=int(key)) if key.isascii() and key.isdecimal() and len(key) < 19 else people.none()
    )


def books_do_not_add_up(event: Event, *, now: datetime) -> None:
    """The nightly verification found a difference: the owners."""
    differences = [str(one) for one in event.data.get("differences", [])][:MOST_DIFFERENCES]
    for owner in User.objects.filter(role=Role.OWNER, is_active=True):
        post(
            "staff_alarm",
            to=Reader.of(owner),
            kind=event.kind,
            key=f"event:{event.pk}",
            words=lambda: {"count": event.data.get("count", len(differences)), "differences": differences},
            now=now,
        )


def webhook_switched_off(event: Event, *, now: datetime) -> None:
    """Nothing is sent to another program any more, and nobody here decided it: the owners."""
    for owner in User.objects.filter(role=Role.OWNER, is_active=True):
        post(
            "staff_webhook",
            to=Reader.of(owner),
            kind=event.kind,
            key=f"event:{event.pk}",
            words=lambda: {"host": event.data.get("host", ""), "gone": event.data.get("reason") == "gone"},
            now=now,
        )


def _to(
    people: Iterable[User], template: str, event: Event, ticket: Ticket, *, now: datetime, words: Words
) -> None:
    for user in people:
        post(
            template,
            to=Reader.of(user),
            kind=event.kind,
            key=f"event:{event.pk}",
            ticket=ticket,
            words=lambda: {"link": link("workspace:case", ticket.number), **words()},
            now=now,
        )
