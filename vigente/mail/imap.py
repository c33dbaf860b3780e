"""Fetch mail by IMAP over TLS. A message is marked as seen, or moved, only after its bytes are committed here.

What is asked for: messages with an id above the last one kept, and those not seen. When the server renumbers the folder
(UIDVALIDITY) that id means nothing any more: then those not seen, and those of the last days. Whatever comes twice the
database refuses. A server that does not answer is left alone for a while that grows, and the mailbox says why.
"""

import os
import ssl
import time
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import unquote, urlsplit

import structlog
from django.conf import settings
from django.db.models import Q
from imap_tools import AND, OR, BaseMailBox, MailBox, MailMessageFlags, UidRange

from vigente.mail.inbound import receive
from vigente.mail.models import InboundMessage, Mailbox
from vigente.mail.own import reply_base

TIMEOUT = 10  # seconds for each answer of the server
LEASE = timedelta(
    seconds=15
)  # how long a worker that was killed keeps others away; overlapping would only cost time
TURN = 8.0  # seconds of fetching before the lease is taken anew
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900))
BATCH = 100
LOOK_BACK = timedelta(days=3)
log = structlog.get_logger(__name__)


class Unfetchable(Exception):
    """The server did not hand a message over whole."""


def fetch_due(*, now: datetime) -> int:
    """Look into every mailbox whose time has come; returns how many mails were kept. One that fails stops no other."""
    if settings.IMAP_URL:
        try:
            mailbox_of(settings.IMAP_URL)
        except ValueError as error:
            _complain_once(str(error))
    due = Mailbox.objects.filter(is_active=True).exclude(host="").filter(_free(now))
    return sum(fetch(mailbox, now=now) for mailbox in list(due))


@cache
def _complain_once(what: str) -> None:
    log.error("mailbox not set up", why=what)


def fetch(mailbox: Mailbox, *, now: datetime) -> int:
    """Fetch what is new in one mailbox, if no other worker is at it. Failures are remembered, not raised."""
    claimed = Mailbox.objects.filter(_free(now), pk=mailbox.pk).update(next_check_at=now + LEASE)
    if not claimed:
        return 0
    mailbox.refresh_from_db()
    kept, has_more = 0, False
    try:
        with _connected(mailbox) as server:
            kept, has_more = _fetch_all(server, mailbox, now=now)
    except Exception as error:
        pause = BACKOFF[min(mailbox.failures, len(BACKOFF) - 1)]
        Mailbox.objects.filter(pk=mailbox.pk).update(
            failures=mailbox.failures + 1,
            last_error=f"{type(error).__name__}: {error}"[:2000],
            next_check_at=now + pause,
        )
        log.warning(
            "mailbox not read", mailbox=mailbox.address, failures=mailbox.failures + 1, exc_info=error
        )
        return kept
    again = timedelta(0) if has_more else timedelta(seconds=settings.MAIL_POLL_SECONDS)
    Mailbox.objects.filter(pk=mailbox.pk).update(
        failures=0, last_error="", last_checked_at=now, next_check_at=now + again
    )
    return kept


def _free(now: datetime) -> Q:
    """Its time has come; or its time lies farther ahead than any pause, because the clock was set back."""
    return (
        Q(next_check_at__isnull=True)
        | Q(next_check_at__lte=now)
        | Q(next_check_at__gt=now + timedelta(hours=1))
    )


def _connected(mailbox: Mailbox) -> BaseMailBox:
    trust = ssl.create_default_context(cafile=os.environ.get("MAIL_CA_FILE"))
    if not mailbox.verify_tls:
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    server = MailBox(mailbox.host, mailbox.port, timeout=TIMEOUT, ssl_context=trust)
    return server.login(
        mailbox.username or mailbox.address, password_of(mailbox), initial_folder=mailbox.folder
    )


def password_of(mailbox: Mailbox) -> str:
    """The password, from the environment when it is written as `env:NAME`; of a URL there, its password."""
    scheme, colon, name = mailbox.password.partition(":")
    if not colon or scheme != "env":
        return mailbox.password
    given = settings.IMAP_URL if name == "IMAP_URL" else os.environ.get(name, "")
    return unquote(urlsplit(given).password or "") if "://" in given else given


def mailbox_of(url: str) -> Mailbox:
    """The mailbox that IMAP_URL names, made or brought up to date. Its password stays in the environment."""
    parts = urlsplit(url)
    if parts.scheme != "imaps" or not parts.hostname:
        raise ValueError("IMAP_URL is written imaps://user:password@host:993/INBOX")
    user = unquote(parts.username or "")
    place = {
        "host": parts.hostname,
        "port": parts.port or 993,
        "username": user,
        "password": "env:IMAP_URL",
        "folder": unquote(parts.path.strip("/")) or "INBOX",
    }
    address = user.lower() if "@" in user else reply_base()
    found = Mailbox.objects.get_or_create(address=address, defaults=place)[0]
    if any(getattr(found, name) != value for name, value in place.items()):
        Mailbox.objects.filter(pk=found.pk).update(**place, uid_validity=None, last_uid=0, next_check_at=None)
    return found


def _fetch_all(server: BaseMailBox, mailbox: Mailbox, *, now: datetime) -> tuple[int, bool]:
    """Keep what is new, for one turn: how many, and whether more is waiting."""
    validity = int(server.folder.status(mailbox.folder, ["UIDVALIDITY"])["UIDVALIDITY"])
    uids = _new_uids(server, mailbox, validity, now=now)
    started, kept = time.monotonic(), 0
    for uid in uids[:BATCH]:
        if time.monotonic() - started > TURN:
            break
        kept += 1
        _fetch_one(server, mailbox, uid, now=now)
        last = max(mailbox.last_uid, uid) if mailbox.uid_validity == validity else uid
        mailbox.uid_validity, mailbox.last_uid = validity, last
        Mailbox.objects.filter(pk=mailbox.pk).update(uid_validity=validity, last_uid=last)
    return kept, kept < len(uids)


def _new_uids(server: BaseMailBox, mailbox: Mailbox, validity: int, *, now: datetime) -> list[int]:
    """Ids in rising order. `n:*` names the last message even when it lies below n: hence the second look."""
    if mailbox.uid_validity == validity:
        above = server.uids(AND(uid=UidRange(str(mailbox.last_uid + 1), "*")))
        found = {int(uid) for uid in above if int(uid) > mailbox.last_uid}
        return sorted(found | {int(uid) for uid in server.uids(AND(seen=False))})
    if mailbox.uid_validity is None or mailbox.last_checked_at is None:
        return sorted(int(uid) for uid in server.uids(AND(seen=False)))
    since = (mailbox.last_checked_at - LOOK_BACK).date()
    return sorted(int(uid) for uid in server.uids(OR(seen=False, date_gte=since)))


def _fetch_one(server: BaseMailBox, mailbox: Mailbox, uid: int, *, now: datetime) -> None:
    """Keep one message, then tell the server that we have it. In this order, always."""
    size = _size_of(server, uid)
    if size is None:
        return  # somebody removed it meanwhile
    if size > settings.MAIL_MAX_BYTES:
        _keep_head(server, mailbox, uid, size, now=now)
    else:
        receive(_bytes_of(server, uid, "BODY.PEEK[]"), mailbox=mailbox, now=now)
    server.flag(str(uid), MailMessageFlags.SEEN, True)
    if mailbox.done_folder and size <= settings.MAIL_MAX_BYTES:
        server.move(str(uid), mailbox.done_folder)


def _size_of(server: BaseMailBox, uid: int) -> int | None:
    for line in _fetched(server, uid, "RFC822.SIZE"):
        text = line[0] if isinstance(line, tuple) else line
        if isinstance(text, bytes) and b"RFC822.SIZE" in text:
            return int(text.split(b"RFC822.SIZE")[1].split()[0].rstrip(b")"))
    return None


def _bytes_of(server: BaseMailBox, uid: int, what: str) -> bytes:
    for line in _fetched(server, uid, what):
        if isinstance(line, tuple) and len(line) == 2:
            return bytes(line[1])
    raise Unfetchable(f"the server gave no bytes for message {uid}")


def _fetched(server: BaseMailBox, uid: int, what: str) -> list[object]:
    answer, lines = server.client.uid("FETCH", str(uid), f"({what})")
    if answer != "OK":
        raise Unfetchable(f"message {uid}: {answer} {lines!r}"[:500])
    return list(lines)


def _keep_head(server: BaseMailBox, mailbox: Mailbox, uid: int, size: int, *, now: datetime) -> None:
    """A message larger than any is left on the server; its head is put into quarantine, where people see it."""
    row = receive(_bytes_of(server, uid, "BODY.PEEK[HEADER]"), mailbox=mailbox, now=now)
    InboundMessage.objects.filter(pk=row.pk, status=InboundMessage.Status.RECEIVED).update(
        status=InboundMessage.Status.QUARANTINED,
        outcome="too_large",
        error=f"{size} bytes: only its head was fetched, the whole is still on the mail server",
        processed_at=now,
    )
