"""A mail server that keeps what it is given: an SMTP sink on a random port."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest


@dataclass
class Delivered:
    """One message as it arrived: envelope and raw bytes."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=default)  # type: ignore[return-value]


@dataclass
class SmtpSink:
    """`mails` holds everything accepted, oldest first. `fail` makes it answer with an error instead."""

    host: str = "127.0.0.1"
    port: int = 0
    mails: list[Delivered] = field(default_factory=list)
    refused: int = 0
    _answer: str = ""
    _times: float = 0

    @property
    def email_url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    def fail(self, answer: str = "451 4.3.0 Try again later", times: float = float("inf")) -> None:
        """Answer the next `times` messages with this line; a code of 5xx means never."""
        self._answer, self._times = answer, times

    def recover(self) -> None:
        """Accept mail again."""
        self._times = 0

    def to(self, address: str) -> list[Delivered]:
        """What one person received."""
        return [mail for mail in self.mails if address in mail.recipients]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self._times > 0:
            self._times -= 1
            self.refused += 1
            return self._answer
        self.mails.append(Delivered(envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        return "250 2.0.0 Accepted"


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A running SMTP server; point EMAIL_URL (or the mailbox) at its host and port."""
    from aiosmtpd.controller import Controller

    sink = SmtpSink()
    with socket.socket() as sock:
        sock.bind((sink.host, 0))
        sink.port = sock.getsockname()[1]
    controller = Controller(sink, hostname=sink.host, port=sink.port, enable_SMTPUTF8=True)
    controller.start()
    yield sink
    controller.stop(no_assert=True)
