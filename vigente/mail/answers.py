"""What is answered at once to a mail that opens nothing here."""

from datetime import datetime

from vigente.accounts.models import User
from vigente.mail.letters import Reader, link, post
from vigente.mail.models import InboundMessage


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
