"""Django's way out: mails of the account pages and invitations go through the outbox like all others."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from vigente.accounts.models import User
from vigente.installation.clock import instant
from vigente.mail.outbound import enqueue


class OutboxBackend(BaseEmailBackend):
    """Writes each mail to the outbox, once per recipient, in the caller's transaction."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            for to in message.recipients():
                self._keep(message, to)
        return len(email_messages)

    def _keep(self, message: EmailMessage, to: str) -> None:
        enqueue(
            kind="account",
            to=to,
            subject=str(message.subject),
            text=str(message.body),
            html=_html_of(message),
            dedupe_key=f"account:{secrets.token_hex(16)}",
            recipient=User.objects.filter(email=to.lower()).first(),
            automatic=False,  # a person waits for it: never muted
            headers={"Auto-Submitted": "auto-generated"},
            now=instant(),
        )


def _html_of(message: EmailMessage) -> str:
    alternatives: list[Any] = getattr(message, "alternatives", [])
    return next((str(content) for content, kind in alternatives if kind == "text/html"), "")
