"""What customers are written about their cases."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from vigente.accounts.models import Membership, User
from vigente.events.models import Event
from vigente.mail import facts
from vigente.mail.addresses import address_key
from vigente.mail.letters import Reader, Words, link, may_read, post
from vigente.mail.models import InboundMessage
from vigente.mail.own import own_addresses
from vigente.rules.lifecycle import DONE
from vigente.rules.reasons import Release
from vigente.tickets.html import clean_html
from vigente.tickets.models import DrawDispute, HeldRequest, Message, Quotation, SplitProposal, Ticket
from vigente.tickets.quoted import work_total
from vigente.ui import formats
from vigente.ui.wording import release_text

# Given back by somebody's judgement. The others are told with what they belong to, or concern nobody but us.
TOLD_RELEASES = frozenset(
    {
        Release.SAME_PROBLEM,
        Release.VENDOR_FAULT,
        Release.OPENED_BY_MISTAKE,
        Release.DUPLICATE,
        Release.LATE_RELEASE,
    }
)


def accepted(event: Event, *, now: datetime) -> None:
    """A case was accepted. One that had waited is told by `tell_held.released`, one that we opened by the next."""
    ticket = ticket_of(event)
    if ticket is None or ticket.opened_by_id != ticket.requester_id or _had_waited(ticket):
        return
    source = (
        InboundMessage.objects.defer("raw").filter(ticket=ticket, silent=True, outcome="new_request").first()
    )
    if source is None:
        _to_requester("accepted", event, ticket, now=now, words=lambda: facts.of_ticket(ticket, now=now))


def opened_for_customer(event: Event, *, now: datetime) -> None:
    """We opened a case for them: they may dispute its draw (row 15)."""
    ticket = ticket_of(event)
    if ticket is None:
        return
    until = facts.instant(event.data.get("dispute_until"))

    def words() -> dict[str, object]:
        return facts.of_ticket(ticket, now=now) | {
            "agent": said_by(event.actor),
            "dispute_until": facts.exact(until),
            "dispute_link": link("portal:dispute", ticket.number),
        }

    _to_requester("opened_for_you", event, ticket, now=now, words=words)


def replied(event: Event, *, now: datetime) -> None:
    """An agent replied: everybody who takes part reads it, each with a reply address of their own, and whoever gets
    a copy. One mail each: nobody's address stands in another's, and the same address is written once.
    """
    message = Message.objects.filter(pk=event.data.get("message"), kind=Message.Kind.REPLY).first()
    ticket = ticket_of(event)
    if event.data.get("by") != "agent" or message is None or message.deleted_at or ticket is None:
        return
    files = list(message.attachments.filter(deleted_at=None).values_list("filename", flat=True))

    def words() -> dict[str, object]:
        return {
            "agent": said_by(message.author),
            "said": mark_safe(clean_html(message.html, inline={})),  # cleaned here
            "files": files,
            "solved": ticket.status in DONE,
            "reopening": facts.reopening(ticket, now=now),
            "link": link("portal:ticket", ticket.number),
            "copies": others if to_all else [],
        }

    to_all = event.data.get("copies", True)
    copies = list(ticket.copies.all()) if to_all else []
    others = [copy.email for copy in copies if not copy.hidden]
    people = people_of(ticket) if to_all else askers_of(ticket)
    for user in people:
        if user.pk != message.author_id:
            post("reply", to=Reader.of(user), kind=event.kind, key=f"event:{event.pk}", ticket=ticket,
                 automatic=False, words=words, now=now)  # fmt: skip
    ours = own_addresses() if copies else frozenset()
    for copy in copies:
        if address_key(copy.email) not in ours:
            reader = Reader(copy.email, speaks=ticket.requester.language, copied=True)
            post("reply_copy", to=reader, kind=event.kind, key=f"event:{event.pk}", ticket=ticket,
                 automatic=False, words=lambda: words() | {"link": ""}, now=now)  # fmt: skip


def replied_automatically(event: Event, *, now: datetime) -> None:
    """A rule answered. Written to whoever takes part, as the mail of a machine: no machine answers it, and none that
    spoke last is answered by it.
    """
    message = Message.objects.filter(pk=event.data.get("message"), kind=Message.Kind.REPLY).first()
    ticket = ticket_of(event)
    if message is None or message.deleted_at or ticket is None or _machine_spoke_last(ticket):
        return

    def words() -> dict[str, object]:
        return {
            "said": mark_safe(clean_html(message.html, inline={})),  # cleaned here
            "link": link("portal:ticket", ticket.number),
        }

    for user in people_of(ticket):
        post("auto_reply", to=Reader.of(user), kind=event.kind, key=f"event:{event.pk}", ticket=ticket, words=words,
             now=now)  # fmt: skip


def _machine_spoke_last(ticket: Ticket) -> bool:
    last = (
        ticket.messages.filter(kind=Message.Kind.REPLY, by_staff=False).order_by("-created_at", "-id").first()
    )
    return last is not None and InboundMessage.objects.filter(message=last, silent=True).exists()


def solved(event: Event, *, now: datetime) -> None:
    """A case was solved without a reply that says so."""
    ticket = ticket_of(event)
    if ticket is None or ticket.messages.filter(by_staff=True, created_at=event.occurred_at).exists():
        return
    _to_requester(
        "solved", event, ticket, now=now, words=lambda: {"reopening": facts.reopening(ticket, now=now)}
    )


def draw_released(event: Event, *, now: datetime) -> None:
    """A case was given back (rows 10, 12, 13, 16)."""
    ticket = ticket_of(event)
    reason = Release(event.data["reason"])
    if ticket is None or reason not in TOLD_RELEASES:
        return
    _to_requester("draw_released", event, ticket, now=now, words=lambda: {
        "reason": release_text(reason), "coverage": _coverage(ticket, now=now),
    })  # fmt: skip


def quotation_requested(event: Event, *, now: datetime) -> None:
    """Not covered, quoted apart (R9, row 11): why, and what happens now."""
    ticket = ticket_of(event)
    quotation = Quotation.objects.filter(ticket=ticket).first() if ticket else None
    if ticket is None or quotation is None or quotation.reclassified_by_id is None:
        return  # they asked for something new themselves: the acceptance said so
    _to_requester("quotation", event, ticket, now=now, words=lambda: {
        "given_back": ticket.draw > 0 and not ticket.drawn, "may_object": quotation.objected_at is None,
    })  # fmt: skip


def quoted(event: Event, *, now: datetime) -> None:
    """The quotation is ready."""
    ticket = ticket_of(event)
    quotation = Quotation.objects.filter(ticket=ticket).first() if ticket else None
    if ticket is None or quotation is None or quotation.amount_minor is None:
        return
    amount, currency = quotation.amount_minor, quotation.currency
    total = work_total(ticket, amount, currency, now=now)
    _to_requester("quoted", event, ticket, now=now, words=lambda: {
        "amount": formats.money(amount, currency), "scope": quotation.scope,
        "total": formats.money(total, currency) if total else "",
        "link": link("portal:quotation", ticket.number),
    })  # fmt: skip


def objection_decided(event: Event, *, now: datetime) -> None:
    ticket = ticket_of(event)
    if ticket is not None:
        covered = bool(event.data.get("covered"))
        _to_requester("objection_decided", event, ticket, now=now, words=lambda: {
            "covered": covered, "coverage": _coverage(ticket, now=now) if covered else "",
        })  # fmt: skip


def split_proposed(event: Event, *, now: datetime) -> None:
    """A second problem in a case: the customer is asked first (row 14)."""
    ticket = ticket_of(event)
    proposal = SplitProposal.objects.filter(pk=event.data.get("proposal")).first()
    if ticket is None or proposal is None or proposal.status != SplitProposal.Status.ASKED:
        return
    _to_requester("split_proposed", event, ticket, now=now, words=lambda: {
        "proposal": proposal, "until": facts.exact(proposal.answer_until), "coverage": _coverage(ticket, now=now),
        "link": link("portal:split", ticket.number, proposal.pk),
    })  # fmt: skip


def dispute_decided(event: Event, *, now: datetime) -> None:
    ticket = ticket_of(event)
    if ticket is not None and DrawDispute.objects.filter(ticket=ticket).exists():
        upheld = bool(event.data.get("upheld"))
        _to_requester("dispute_decided", event, ticket, now=now, words=lambda: {
            "upheld": upheld, "coverage": _coverage(ticket, now=now) if upheld else "",
        })  # fmt: skip


def ticket_of(event: Event) -> Ticket | None:
    """The case an event is about, with what letters say of it."""
    name, _colon, pk = event.subject.partition(":")
    if name != "ticket" or not pk.isdigit():
        return None
    related = ("organization", "licence", "requester", "work_type", "sla_policy__hours", "assignee")
    return Ticket.objects.select_related(*related).filter(pk=int(pk)).first()


def people_of(ticket: Ticket) -> Iterable[User]:
    """Everybody outside the desk who takes part in a case, each once."""
    found = [*askers_of(ticket), *User.objects.filter(participations__ticket=ticket).order_by("pk")]
    return {user.pk: user for user in found if not user.is_staff_member}.values()


def askers_of(ticket: Ticket) -> list[User]:
    """Whoever asked; once they may not see the case any more, the managers of its organization in their place."""
    if ticket.organization_id is None or may_read(ticket, ticket.requester):
        return [ticket.requester]
    seats = Membership.objects.filter(organization=ticket.organization_id, role=Membership.Role.MANAGER)
    return [seat.user for seat in seats.select_related("user").order_by("pk")]


def said_by(user: User | None) -> str:
    return user.name if user and user.name else _("Soporte")


def _to_requester(template: str, event: Event, ticket: Ticket, *, now: datetime, words: Words) -> None:
    for user in askers_of(ticket):
        post(
            template,
            to=Reader.of(user),
            kind=event.kind,
            key=f"event:{event.pk}",
            ticket=ticket,
            about=event.subject,
            words=lambda: {"link": link("portal:ticket", ticket.number), **words()},
            now=now,
        )


def _coverage(ticket: Ticket, *, now: datetime) -> str:
    return facts.coverage(ticket.organization, ticket.licence, now=now)


def _had_waited(ticket: Ticket) -> bool:
    return HeldRequest.objects.filter(ticket=ticket).exists()
