"""What is answered at once to a mail that opens nothing here."""

from datetime import datetime

from vigente.accounts.models import User
from vigente.mail.letters import Reader, link, post
from vigente.mail.models import InboundMessage
from vigente.tickets.models import Ticket


def refuse(row: InboundMessage, *, user: User | None, now: datetime) -> None:
    """This address takes no new requests (row 17): where they are entered instead. The same for everybody (row 18)."""
    post(
        "mail_refused",
        to=Reader(row.sender, user),
        kind="mail.refused",
        key=f"mail.refused:{row.pk}",
        answers=row.header_id,
        words=lambda: {"subject": row.subject, "link": link("portal:ask")},
        now=now,
    )


def case_is_locked(row: InboundMessage, ticket: Ticket, *, user: User, now: datetime) -> None:
    """The case takes no replies: what they wrote is kept, and where they go on."""
    post(
        "case_locked",
        to=Reader.of(user),
        kind="mail.case_locked",
        key=f"mail.case_locked:{row.pk}",
        answers=row.header_id,
        words=lambda: {"ticket": ticket, "reply_by_mail": False, "link": link("portal:ask")},
        now=now,
    )
