"""What is said in a case: replies and internal notes (rows 8, 9, 10)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from vigente.accounts.models import User
from vigente.billing.models.rulebooks import rulebook_at
from vigente.events.kinds import Kind
from vigente.installation.rows import insert_if_new
from vigente.rules.coverage import Outcome
from vigente.rules.lifecycle import PAUSED, Closing, ReplyEffect, Status, after_customer_reply
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.files import File, attach, check
from vigente.tickets.html import clean_html, html_of_text, text_of_html
from vigente.tickets.models import HeldRequest, Message, Ticket
from vigente.tickets.services import sending
from vigente.tickets.services.canned import count_use
from vigente.tickets.services.classification import cover_again, lost_cover
from vigente.tickets.services.state import finish, locked, move, save, tell
from vigente.tickets.services.submission import submit_request
from vigente.tickets.stamps import hours_of


def reply(
    *,
    ticket: Ticket,
    author: User,
    now: datetime,
    channel: str,
    html: str = "",
    text: str = "",
    quoted_html: str = "",
    files: tuple[File, ...] = (),
    key: str | None = None,
    status_after: str | None = None,
    responses: tuple[int, ...] = (),
    hold: timedelta | None = None,
    copies: bool = True,
) -> Message | Ticket | HeldRequest:
    """Say something in a case. A customer's reply is always accepted while it runs (row 8), reopens it within the
    window (row 9),
    and later becomes a new case linked to it, decided as any other (row 10): then the answer is that Ticket or
    HeldRequest. A locked case takes no reply of anybody.

    `key` makes it happen once. `status_after`: what an agent leaves the case in; by default it then waits for the
    customer. `responses`: the saved replies it was written with, which an agent's counts as used. `hold`: how
    long an agent's reply waits before anybody is told (`services/sending`). `copies`: whether an agent's reply is
    written to everybody who takes part or gets a copy; else only to whoever asked.
    """
    html, text = written(html, text, files)
    if key is not None and (before := Message.objects.filter(key=key).first()) is not None:
        return before
    with transaction.atomic():
        ticket = locked(ticket.pk)
        while ticket.merged_into_id is not None:
            ticket = locked(ticket.merged_into_id)
        if author.is_staff_member:
            _is_unlocked(ticket)
            after = Status(status_after) if status_after else Status.WAITING_CUSTOMER
            begun = sending.begin(ticket) if hold else None
            message = _agent_reply(
                ticket, author, html, text, quoted_html, files, channel, key, after, now, copies
            )
            if begun is not None and hold is not None:
                sending.hold_back(message, ticket, begun, until=now + hold, author=author)
            count_use(responses, author=author, now=now)
            return message
        effect = reply_effect(ticket, now=now)
        if effect is ReplyEffect.FOLLOW_UP:
            return _follow_up(ticket, author, html, text, files, channel, key, now)
        _is_unlocked(ticket)
        message = _write(ticket, author, html, text, quoted_html, files, channel, key, now)
        ticket.last_reply_by = "customer"
        tell(Kind.TICKET_REPLIED, ticket, now=now, actor=author, message=message.pk, by="customer")
        if effect is ReplyEffect.REOPENS:
            _reopen(ticket, author, now=now)
        elif ticket.status in PAUSED:
            move(ticket, Status.OPEN, actor=author, now=now)
        finish(ticket, now=now)
    return message


def _is_unlocked(ticket: Ticket) -> None:
    if ticket.locked_at is not None:
        raise Refused(RefusalCode.CASE_LOCKED)


def living(ticket: Ticket) -> Ticket:
    """The case that a merged one goes on in; any other is itself."""
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    return ticket


def _follow_up(
    ticket: Ticket,
    author: User,
    html: str,
    text: str,
    files: tuple[File, ...],
    channel: str,
    key: str | None,
    now: datetime,
) -> Ticket | HeldRequest:
    return submit_request(
        requester=author,
        organization=ticket.organization,
        licence=ticket.licence,
        work_type=ticket.work_type,
        subject=ticket.subject,
        html=html,
        text=text,
        channel=channel,
        key=key or f"follow-up:{ticket.number}:{author.pk}:{now.isoformat()}",
        files=files,
        follows=ticket,
        now=now,
    )


def reply_effect(ticket: Ticket, *, now: datetime) -> ReplyEffect:
    """What a customer's reply to this case would do now; the page says it before they write (row 10)."""
    if not _exemption_runs(ticket, now=now):
        return ReplyEffect.FOLLOW_UP
    if not ticket.is_done:
        return ReplyEffect.CONTINUES
    if lost_cover(ticket):
        return ReplyEffect.FOLLOW_UP
    closing = Closing(Status(ticket.status), ticket.closed_by_person_at)
    days = rulebook_at(ticket.closed_by_person_at or now).reopen_days
    return after_customer_reply(closing, hours=hours_of(ticket), reopen_days=days, now=now)


def _exemption_runs(ticket: Ticket, *, now: datetime) -> bool:
    """A case opened before plans were required is seen through for `exempt_days` after that date, no longer (row
    30).
    """
    if ticket.decision.get("outcome") != Outcome.EXEMPT:
        return True
    book = rulebook_at(now)
    if book.plans_required_from is None:
        return True
    return (now - book.plans_required_from).days < book.exempt_days


def _agent_reply(
    ticket: Ticket,
    author: User,
    html: str,
    text: str,
    quoted_html: str,
    files: tuple[File, ...],
    channel: str,
    key: str | None,
    after: Status,
    now: datetime,
    copies: bool,
) -> Message:
    if ticket.status == Ticket.Status.CLOSED:
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    message = _write(ticket, author, html, text, quoted_html, files, channel, key, now)
    ticket.last_reply_by = "agent"
    only: dict[str, bool] = {} if copies else {"copies": False}
    tell(Kind.TICKET_REPLIED, ticket, now=now, actor=author, message=message.pk, by="agent", **only)
    if ticket.assignee_id is None:
        ticket.assignee = author
        tell(Kind.TICKET_ASSIGNED, ticket, now=now, actor=author, assignee=author.pk, by_line=False)
    if ticket.status != after:
        move(ticket, after, actor=author, now=now)
    finish(ticket, now=now)
    return message


def add_note(
    *,
    ticket: Ticket,
    author: User | None,
    now: datetime,
    html: str = "",
    text: str = "",
    files: tuple[File, ...] = (),
    key: str | None = None,
    author_name: str = "",
    channel: str = Ticket.Channel.WEB,
    responses: tuple[int, ...] = (),
) -> Message:
    """Write an internal note, seen by staff only. `author` None: a mail from somebody who takes no part in the case."""
    html, text = written(html, text, files)
    if author is not None and not author.is_staff_member and not author_name:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if key is not None and (before := Message.objects.filter(key=key).first()) is not None:
        return before
    with transaction.atomic():
        ticket = locked(ticket.pk)
        message = _write(
            ticket,
            author,
            html,
            text,
            "",
            files,
            channel,
            key,
            now,
            kind=Message.Kind.NOTE,
            author_name=author_name,
        )
        tell(Kind.TICKET_NOTED, ticket, now=now, actor=author, message=message.pk)
        if author is not None:
            count_use(responses, author=author, now=now)
        ticket.last_activity_at = now
        save(ticket)
    return message


def written(html: str, text: str, files: tuple[File, ...]) -> tuple[str, str]:
    """What was written, checked and made safe: (html, text). Raises Refused."""
    for value in (html, text):
        if "\0" in value or any(0xD800 <= ord(c) <= 0xDFFF for c in value):
            raise Refused(RefusalCode.BAD_CHARACTERS, field="text")
    if len(text) > settings.MESSAGE_MAX_CHARS or len(html) > 4 * settings.MESSAGE_MAX_CHARS:
        raise Refused(RefusalCode.TOO_LONG, field="text", limit=settings.MESSAGE_MAX_CHARS)
    html = clean_html(html) if html else html_of_text(text)
    text = text.strip() or text_of_html(html)
    if not text.strip() and not files:
        raise Refused(RefusalCode.EMPTY, field="text")
    check(files)
    return html, text


def _write(
    ticket: Ticket,
    author: User | None,
    html: str,
    text: str,
    quoted_html: str,
    files: tuple[File, ...],
    channel: str,
    key: str | None,
    now: datetime,
    *,
    kind: str = Message.Kind.REPLY,
    author_name: str = "",
) -> Message:
    message = Message(
        ticket=ticket,
        kind=kind,
        author=author,
        author_name=author_name,
        by_staff=author is not None and author.is_staff_member,
        html=html,
        text=text,
        quoted_html=clean_html(quoted_html) if quoted_html else "",
        channel=channel,
        key=key,
        created_at=now,
    )
    if not insert_if_new(message):
        return Message.objects.get(key=key)  # the same mail or call, won by somebody else a moment ago
    attach(files, now=now, message=message)
    return message


def _reopen(ticket: Ticket, actor: User | None, *, now: datetime) -> None:
    ticket.status = Ticket.Status.OPEN
    ticket.solved_at = ticket.closed_at = ticket.closed_by_person_at = None
    tell(Kind.TICKET_REOPENED, ticket, now=now, actor=actor)


def reopen(*, ticket: Ticket, actor: User, now: datetime) -> None:
    """Open a solved or closed case again: a customer within the window (row 9), staff at any time. What was given back
    as spam or a mistake, or found not covered, draws anew.
    """
    with transaction.atomic():
        ticket = locked(ticket.pk)
        if not ticket.is_done or ticket.merged_into_id is not None:
            raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
        if not actor.is_staff_member and reply_effect(ticket, now=now) is not ReplyEffect.REOPENS:
            raise Refused(RefusalCode.TOO_LATE)
        if not actor.is_staff_member:
            _is_unlocked(ticket)
        cover_again(ticket, now=now)
        _reopen(ticket, actor, now=now)
        finish(ticket, now=now)
