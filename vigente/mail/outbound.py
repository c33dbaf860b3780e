"""Mail out: a row in the transaction of what it tells, sent by whoever gets to it, always as the same mail.

A row is claimed by a conditional UPDATE with a lease: killed between the server's yes and our note of it, the mail is
sent again under the same Message-ID. What the server refuses for good, or for too long, stays visible as dead.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from vigente.accounts.models import User
from vigente.mail.charsets import clean, clean_line
from vigente.mail.models import OutboundMessage
from vigente.mail.own import reply_base
from vigente.mail.sending import Line
from vigente.mail.tokens import message_id
from vigente.tickets.models import Ticket

LEASE = timedelta(seconds=55)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
ATTEMPTS = len(PAUSES) + 1
BATCH = 25
# Automatic mails an hour at most, whatever the reason: the last wall against a loop.
MOST_TO_ONE_ADDRESS = 60
MOST_FOR_ONE_CASE = 30
Status = OutboundMessage.Status
log = structlog.get_logger(__name__)


def enqueue(
    *,
    kind: str,
    to: str,
    subject: str,
    text: str,
    dedupe_key: str,
    now: datetime,
    html: str = "",
    recipient: User | None = None,
    ticket: Ticket | None = None,
    headers: Mapping[str, str] | None = None,
    automatic: bool = True,
) -> OutboundMessage:
    """Write a mail to be sent, in the caller's transaction. The same `dedupe_key` again gives the first one.

    `headers` go along as they are, but for "about": what the mail is about, kept for us. Beyond the caps an automatic
    mail is kept as muted and never sent.
    """
    before = OutboundMessage.objects.filter(dedupe_key=dedupe_key[:160]).first()
    if before is not None:
        return before
    muted = automatic and _too_many(to, ticket, now=now)
    try:
        with transaction.atomic():
            return OutboundMessage.objects.create(
                dedupe_key=dedupe_key[:160],
                message_id=message_id(kind, dedupe_key, domain=reply_base().rpartition("@")[2]),
                kind=kind,
                recipient=recipient,
                to=to,
                subject=clean_line(subject, 255),
                text=clean(text),
                html=clean(html),
                headers=dict(headers or {}),
                automatic=automatic,
                ticket=ticket,
                status=Status.MUTED if muted else Status.QUEUED,
                next_attempt_at=now,
                created_at=now,
            )
    except IntegrityError:
        return OutboundMessage.objects.get(dedupe_key=dedupe_key[:160])


def send_due(*, now: datetime, limit: int = BATCH) -> int:
    """Send what is due, oldest first; returns how many were sent. One that fails stops no other."""
    waiting = list(_waiting(now).order_by("next_attempt_at", "id").values_list("pk", flat=True)[:limit])
    if not waiting:
        return 0
    with Line() as line:
        return sum(_send(pk, line, now=now) for pk in waiting)


def retry(*, mail: OutboundMessage, now: datetime) -> None:
    """Try a dead or muted mail anew, because somebody asked for it."""
    OutboundMessage.objects.filter(pk=mail.pk, status__in=(Status.DEAD, Status.MUTED)).update(
        status=Status.QUEUED, attempts=0, next_attempt_at=now, claimed_until=None, last_error=""
    )


def _waiting(now: datetime) -> "QuerySet[OutboundMessage]":
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    return OutboundMessage.objects.filter(free, status=Status.QUEUED, next_attempt_at__lte=now)


def _too_many(to: str, ticket: Ticket | None, *, now: datetime) -> bool:
    lately = OutboundMessage.objects.filter(automatic=True, created_at__gt=now - timedelta(hours=1)).exclude(
        status=Status.MUTED
    )
    if lately.filter(to=to).count() >= MOST_TO_ONE_ADDRESS:
        return True
    return ticket is not None and lately.filter(ticket=ticket).count() >= MOST_FOR_ONE_CASE


def _send(pk: int, line: Line, *, now: datetime) -> bool:
    if not _waiting(now).filter(pk=pk).update(claimed_until=now + LEASE, attempts=F("attempts") + 1):
        return False
    mail = OutboundMessage.objects.get(pk=pk)
    try:
        line.send(mail, now=now)
    except Exception as error:
        line.hang_up()
        _failed(mail, error, now=now)
        return False
    done = OutboundMessage.objects.filter(pk=pk, status=Status.QUEUED)
    return bool(done.update(status=Status.SENT, sent_at=now, claimed_until=None, last_error=""))


def _failed(mail: OutboundMessage, error: Exception, *, now: datetime) -> None:
    """Put off, or give up: a refusal for good is not repeated."""
    dead = mail.attempts >= ATTEMPTS or _is_final(error)
    pause = timedelta() if dead else PAUSES[mail.attempts - 1]
    OutboundMessage.objects.filter(pk=mail.pk, status=Status.QUEUED).update(
        status=Status.DEAD if dead else Status.QUEUED,
        next_attempt_at=now + pause,
        claimed_until=None,
        last_error=clean(f"{type(error).__name__}: {error}")[:2000],
    )
    log.warning("mail not sent", outbound=mail.pk, attempts=mail.attempts, dead=dead, exc_info=error)


def _is_final(error: Exception) -> bool:
    """Whether the server said never (5xx) about this mail, rather than not now."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, SMTPSenderRefused):
        return False  # our own address is refused: a matter of settings, for all mails
    return (
        isinstance(error, SMTPResponseException)
        and 500 <= error.smtp_code < 600
        and error.smtp_code not in (530, 535)
    )
