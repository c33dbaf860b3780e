"""Mail in: keep the bytes, then read them. Nothing is lost, nothing is doubled, one bad mail never stops the next.

`receive` commits the raw mail before anybody answers the mail server; the database refuses the same mail twice.
`process` claims a row, parses it in its cage, and does what follows in one transaction with marking it as done. What
cannot be read goes to quarantine, from where `replay` takes it back.
"""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.mail.evidence import gather
from vigente.mail.identity import content_digest, glimpse
from vigente.mail.joining import apply
from vigente.mail.models import InboundMessage, Mailbox
from vigente.mail.parsing import Unreadable
from vigente.mail.sandbox import parse_safely
from vigente.rules.mailthread import thread
from vigente.rules.refusal import Refused

LEASE = timedelta(seconds=20)  # longer than any mail takes
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (2, 15, 60, 300))
ATTEMPTS = len(PAUSES) + 1  # after that many failures it is set aside
DEATHS = 12  # and after that many readers that died over it
BATCH = 50
Status = InboundMessage.Status
log = structlog.get_logger(__name__)


def receive(raw: bytes, *, mailbox: Mailbox, now: datetime) -> InboundMessage:
    """Keep a mail. Once this returns it is committed, and the server it came from may forget it.

    The same mail again gives the first row, with `duplicate` set. Raises Unreadable when it is larger than any mail.
    """
    if len(raw) > settings.MAIL_MAX_BYTES:
        raise Unreadable("too_large", f"{len(raw)} bytes, at most {settings.MAIL_MAX_BYTES}")
    header_id, sender, subject = glimpse(raw)
    digest = content_digest(raw)
    try:
        with transaction.atomic():
            return InboundMessage.objects.create(
                mailbox=mailbox,
                raw=raw,
                size=len(raw),
                header_id=header_id,
                digest=digest,
                sender=sender,
                subject=subject,
                received_at=now,
            )
    except IntegrityError:
        row = InboundMessage.objects.get(mailbox=mailbox, digest=digest)
        row.duplicate = True
        return row


def process_due(*, now: datetime, limit: int = BATCH) -> int:
    """Read what waits, oldest first; returns how many were read. A failure stops no other mail."""
    waiting = list(_waiting(now).order_by("id").values_list("pk", flat=True)[:limit])
    return sum(process(pk, now=now).status != Status.RECEIVED for pk in waiting)


def process(inbound_id: int, *, now: datetime) -> InboundMessage:
    """Read one mail and do what follows from it. Safe to call again, and by several workers at once."""
    lease = now + LEASE
    claimed = _waiting(now).filter(pk=inbound_id).update(claimed_until=lease, attempts=F("attempts") + 1)
    row = InboundMessage.objects.select_related("mailbox__department").get(pk=inbound_id)
    if not claimed:
        return row
    if row.attempts > DEATHS:
        return _quarantine(row, "given_up", row.error or "the process died while reading it", now=now)
    try:
        _read(row, now=now)
    except Unreadable as refusal:
        _quarantine(row, refusal.code, str(refusal), now=now)
    except Refused as refusal:
        _quarantine(row, refusal.code.value, f"{refusal.field}: {refusal.params}", now=now)
    except Exception as error:
        log.warning("mail not processed", inbound=row.pk, exc_info=error)
        _put_off(row, f"{type(error).__name__}: {error}"[:2000], now=now)
    return InboundMessage.objects.defer("raw").get(pk=inbound_id)


def replay(*, inbound: InboundMessage, now: datetime, as_person: bool = False) -> InboundMessage:
    """Read a quarantined or ignored mail again. `as_person`: staff looked at it, and no machine wrote it."""
    again = InboundMessage.objects.filter(pk=inbound.pk, status__in=(Status.QUARANTINED, Status.IGNORED))
    facts = {"as_person": True} if as_person else {}
    if not again.update(status=Status.RECEIVED, attempts=0, claimed_until=None, error="", facts=facts):
        return InboundMessage.objects.get(pk=inbound.pk)
    return process(inbound.pk, now=now)


def _waiting(now: datetime) -> "QuerySet[InboundMessage]":
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    return InboundMessage.objects.filter(free, status=Status.RECEIVED)


def _read(row: InboundMessage, *, now: datetime) -> None:
    mail = parse_safely(bytes(row.raw))
    with transaction.atomic():
        _take(row, now=now)
        evidence = gather(mail, mailbox=row.mailbox, now=now, as_person=bool(row.facts.get("as_person")))
        decision = thread(
            sender=evidence.sender, signs=evidence.signs, claims=evidence.claims, traffic=evidence.traffic
        )
        apply(row, mail, evidence, decision, now=now)
        row.processed_at, row.claimed_until, row.error = now, None, ""
        row.save(update_fields=[
            "status", "outcome", "silent", "facts", "ticket", "message", "held", "bounce_of", "processed_at",
            "claimed_until", "error",
        ])  # fmt: skip


def _take(row: InboundMessage, *, now: datetime) -> None:
    """Hold the row until the transaction ends; refuse when the lease ran out and another worker has it."""
    held = InboundMessage.objects.filter(pk=row.pk, status=Status.RECEIVED, claimed_until=row.claimed_until)
    if not held.update(claimed_until=row.claimed_until):
        raise RuntimeError("another worker took this mail over")


def _quarantine(row: InboundMessage, code: str, detail: str, *, now: datetime) -> InboundMessage:
    """Put it aside, visibly."""
    with transaction.atomic():
        changed = InboundMessage.objects.filter(pk=row.pk, status=Status.RECEIVED).update(
            status=Status.QUARANTINED,
            outcome=code[:40],
            error=detail[:2000],
            claimed_until=None,
            processed_at=now,
        )
        if changed:
            record(Kind.MAIL_QUARANTINED, subject=f"inbound:{row.pk}", now=now, code=code)
    row.status, row.outcome, row.error = Status.QUARANTINED, code[:40], detail[:2000]
    return row


def _put_off(row: InboundMessage, error: str, *, now: datetime) -> None:
    """Try again later; after the last attempt, quarantine."""
    if row.attempts >= ATTEMPTS:
        _quarantine(row, "failed", error, now=now)
        return
    later = now + PAUSES[row.attempts - 1]
    InboundMessage.objects.filter(pk=row.pk, status=Status.RECEIVED).update(claimed_until=later, error=error)
