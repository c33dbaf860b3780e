"""What speaks for a mail: the cases it points to, who sent it, how much was answered lately. Decides nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from vigente.accounts.models import User
from vigente.mail.identity import header_key
from vigente.mail.models import InboundMessage, Mailbox, OutboundMessage
from vigente.mail.own import own, own_addresses
from vigente.mail.parsed import ParsedMail
from vigente.mail.sending import ABOUT
from vigente.mail.tokens import token_in
from vigente.rules.mailauth import authentication
from vigente.rules.mailsigns import Sign, signs_of
from vigente.rules.mailthread import Claim, Road, Sender, Traffic, numbers_in
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services.additions import PENDING

WINDOW = timedelta(hours=1)
LATEST_REFERENCES = 20


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything `rules.mailthread.thread` asks for, and the account behind the sender's address, if there is one.

    `held`: a request of this very sender that still waits, when the mail answers what we wrote about it.
    `thrown_away`: it answers a case that lies in the trash, and none that does not.
    """

    user: User | None
    held: HeldRequest | None
    sender: Sender
    signs: frozenset[Sign]
    claims: tuple[Claim, ...]
    traffic: Traffic
    thrown_away: bool = False


def gather(mail: ParsedMail, *, mailbox: Mailbox, now: datetime, as_person: bool = False) -> Evidence:
    """The evidence for one mail. `as_person`: staff looked at it and say that a person wrote it."""
    email = mail.sender.email
    user = User.objects.filter(email=email, is_active=True).first() if email else None
    sender = Sender(
        email=email,
        staff=user is not None and user.is_staff_member,
        ambiguous="several_senders" in mail.defects,
        authentication=authentication(mail.auth_results, own_host=mailbox.auth_host, sender=email),
    )
    signs = frozenset() if as_person else signs_of(mail.signs, sender=email, own=own())
    sent = _ours([*mail.in_reply_to, *mail.references[-LATEST_REFERENCES:]])
    about = _held_about(sent)
    everything = _pointed_to(mail, sent, about)
    there = set(Ticket.objects.filter(pk__in=[pk for _, pk in everything]).values_list("pk", flat=True))
    pointed = [(road, pk) for road, pk in everything if pk in there]
    theirs, visible = _standing(user, [pk for _, pk in pointed])
    claims = tuple(Claim(road, pk, takes_part=pk in theirs, may_see=pk in visible) for road, pk in pointed)
    waiting = next((one for one in about if one.email == email and one.status in PENDING), None)
    traffic = _traffic(email, [claim.ticket for claim in claims], now=now)
    return Evidence(
        user,
        None if sender.refuted else waiting,
        sender,
        signs,
        claims,
        traffic,
        bool(everything) and not there,
    )


def _pointed_to(
    mail: ParsedMail, sent: list[OutboundMessage], about: list[HeldRequest]
) -> list[tuple[Road, int]]:
    """(road, id of the case), each once."""
    tokens = _tickets_by_number(_tokens(mail))
    references = [one.ticket_id for one in sent if one.ticket_id]
    references += [one.ticket_id for one in about if one.ticket_id]
    references += _tickets_of_theirs([*mail.in_reply_to, *mail.references[-LATEST_REFERENCES:]])
    numbers = _tickets_by_number(numbers_in(mail.subject))
    pointed = [(Road.TOKEN, pk) for pk in tokens]
    pointed += [(Road.REFERENCES, pk) for pk in references]
    pointed += [(Road.NUMBER, pk) for pk in numbers]
    return list(dict.fromkeys(pointed))


def _tokens(mail: ParsedMail) -> list[int]:
    addresses = [*mail.delivered_to, *(person.email for person in (*mail.to, *mail.cc))]
    ours = own_addresses()
    found = [token_in(address, mailboxes=ours) for address in dict.fromkeys(addresses)]
    return [token.ticket for token in found if token]


def _tickets_by_number(numbers: Iterable[int]) -> list[int]:
    wanted = list(dict.fromkeys(numbers))
    found = dict(Ticket.everything.filter(number__in=wanted).values_list("number", "pk")) if wanted else {}
    return [found[number] for number in wanted if number in found]


def _ours(ids: Iterable[str]) -> list[OutboundMessage]:
    """The mails of ours that are referred to, the latest reference first."""
    wanted = list(dict.fromkeys(reversed(list(ids))))
    found = (
        {one.message_id: one for one in OutboundMessage.objects.filter(message_id__in=wanted)}
        if wanted
        else {}
    )
    return [found[one] for one in wanted if one in found]


def _held_about(sent: list[OutboundMessage]) -> list[HeldRequest]:
    """The held requests that these mails were about."""
    subjects = [str(one.headers.get(ABOUT, "")).partition(":") for one in sent]
    ids = [int(pk) for name, _colon, pk in subjects if name == "held" and pk.isdigit()]
    found = HeldRequest.objects.in_bulk(ids)
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found]


def _tickets_of_theirs(ids: Iterable[str]) -> list[int]:
    """Cases of the mails referred to that came from outside and joined one."""
    wanted = list(dict.fromkeys(header_key(one) for one in reversed(list(ids))))
    if not wanted:
        return []
    came = InboundMessage.objects.filter(header_id__in=wanted, ticket__isnull=False, message__isnull=False)
    found = dict(came.values_list("header_id", "ticket"))
    return [found[one] for one in wanted if one in found]


def _standing(user: User | None, tickets: list[int]) -> tuple[set[int], set[int]]:
    """Of these cases: those the person takes part in and still may see, and all those they may see."""
    if user is None or not tickets:
        return set(), set()
    visible = Ticket.objects.visible_to(user).filter(pk__in=tickets)
    theirs = set(visible.filter(requester=user).values_list("pk", flat=True))
    theirs |= set(visible.filter(participants__user=user).values_list("pk", flat=True))
    return theirs, set(visible.values_list("pk", flat=True))


NOT_MAIL = [channel for channel in Ticket.Channel.values if channel != Ticket.Channel.EMAIL]


def _traffic(email: str, tickets: list[int], *, now: datetime) -> Traffic:
    """Automatic mails of the last hour that were really sent or will be. What answers a form, a program or a call is no
    answer to mail, and keeps nobody's mail from its own.
    """
    lately = OutboundMessage.objects.filter(automatic=True, created_at__gt=now - WINDOW).exclude(
        status=OutboundMessage.Status.MUTED
    )
    return Traffic(
        to_sender=lately.filter(to=email).exclude(ticket__channel__in=NOT_MAIL).count() if email else 0,
        for_case=max((lately.filter(ticket=pk).count() for pk in tickets[:3]), default=0),
    )
