"""The line to the mail server, and a row of the outbox as the mail it is sent as."""

import os
import ssl
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime, parseaddr
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from vigente.billing.models import Invoice
from vigente.installation.models import Installation
from vigente.mail.charsets import clean_line
from vigente.mail.models import OutboundMessage
from vigente.mail.tokens import own_mark
from vigente.printing import press
from vigente.printing.papers import invoice_paper

TIMEOUT = 15
ABOUT = "about"  # in a row's headers: for us, never sent
ATTACH = "attach"  # likewise: what is printed and attached when it is sent, "invoice:12"
FROM = "from"  # likewise: the address it goes out from, where that is a department's own
OURS = frozenset({ABOUT, ATTACH, FROM})
log = structlog.get_logger(__name__)


class Line:
    """A connection opened with the first mail and used for all. After an error it is hung up, and opened anew."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> "Line":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()

    def send(self, mail: OutboundMessage, *, now: datetime) -> None:
        """Hand one mail to the server. Raises what the server or the network says."""
        if urlsplit(settings.EMAIL_URL).scheme == "log":
            return  # the mail log is where it is read
        if self._connection is None:
            self._connection = connection_for(settings.EMAIL_URL)
            self._connection.open()
        sent = self._connection.send_messages([as_message(mail, now=now, connection=self._connection)])
        if not sent:
            raise OSError("the server took no mail")

    def hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # it is gone either way
                connection.close()


def connection_for(url: str) -> BaseEmailBackend:
    """From EMAIL_URL: `smtp://user:password@host:587?tls=starttls`, `smtps://…`, `console:`, `log:`, `memory:`."""
    parts = urlsplit(url)
    match parts.scheme:
        case "console":
            return get_connection("django.core.mail.backends.console.EmailBackend")
        case "memory" | "log":
            return get_connection("django.core.mail.backends.locmem.EmailBackend")
        case "smtp" | "smtps":
            query = parse_qs(parts.query)
            starttls = query.get("tls", [""])[0] == "starttls"
            connection: Any = get_connection(
                "django.core.mail.backends.smtp.EmailBackend",
                host=parts.hostname or "localhost",
                port=parts.port or (465 if parts.scheme == "smtps" else 587 if starttls else 25),
                username=unquote(parts.username or ""),
                password=unquote(parts.password or ""),
                use_tls=starttls,
                use_ssl=parts.scheme == "smtps",
                timeout=TIMEOUT,
            )
            if authority := os.environ.get("EMAIL_CA_FILE"):
                connection.ssl_context = ssl.create_default_context(cafile=authority)
            return connection
    raise ValueError(f"EMAIL_URL begins with smtp:, smtps:, console: or log:, not {parts.scheme!r}")


def as_message(
    mail: OutboundMessage, *, now: datetime, connection: BaseEmailBackend | None = None
) -> EmailMultiAlternatives:
    """The mail with its headers. Nothing a customer wrote can add one: all values are of one line."""
    vendor, address = clean_line(Installation.current().vendor_name, 80), parseaddr(settings.MAIL_FROM)[1]
    address = mail.headers.get(FROM) or address
    headers = {
        "Message-ID": f"<{mail.message_id}>",
        "Date": format_datetime(now),
        "X-Vigente": own_mark(),
        **{name: value for name, value in mail.headers.items() if name not in OURS},
    }
    if mail.automatic:
        headers.setdefault("Auto-Submitted", "auto-generated")
        headers["X-Auto-Response-Suppress"] = "All"
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=f'"{vendor.replace(chr(34), "").replace(chr(92), "")}" <{address}>',
        to=[mail.to],
        headers=headers,
        connection=connection,
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    _attach(message, mail.headers.get(ATTACH, ""), now=now)
    return message


def _attach(message: EmailMultiAlternatives, what: str, *, now: datetime) -> None:
    """Print an invoice and attach it. A mail whose paper cannot be printed goes without: it has the link too."""
    name, _colon, pk = what.partition(":")
    invoice = Invoice.objects.filter(pk=int(pk)).first() if name == "invoice" and pk.isdigit() else None
    if invoice is None:
        return
    try:
        content = press.pdf(invoice_paper(invoice, now=now), now=now)
    except Exception:
        log.exception("invoice not printed for a mail", invoice=invoice.pk)
        return
    message.attach(f"{invoice.code}.pdf", content, "application/pdf")
