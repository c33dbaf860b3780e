"""A request as somebody sends it: checked and made safe before anything is decided."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings

from vigente.accounts.models import Membership, Organization, User
from vigente.billing.models import Licence, WorkType
from vigente.installation.prepared import Asked, Param, Prepared
from vigente.rules.fields import Value
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.files import File, check
from vigente.tickets.html import clean_html, html_of_text, text_of_html
from vigente.tickets.models import Department, Ticket

SUBJECT_MAX = 200


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks. `requester` None: nobody we know wrote from `email`. `opened_by`: the agent who files it
    for them. `department`: where it is to go, instead of the default. `fields`: checked answers to the vendor's own
    fields.
    """

    requester: User | None
    email: str
    organization: Organization | None
    licence: Licence | None
    work_type: WorkType
    subject: str
    html: str
    text: str
    channel: str
    opened_by: User | None = None
    files: tuple[File, ...] = ()
    follows: Ticket | None = None
    sender_name: str = ""
    department: Department | None = None
    fields: Mapping[int, Value] = field(default_factory=dict)

    def digest(self) -> str:
        """What makes two requests the same."""
        hashed = hashlib.sha256()
        who = self.requester.pk if self.requester else self.email
        for part in (who, self.licence and self.licence.pk, self.work_type.code, self.subject, self.text):
            hashed.update(f"{part}\0".encode())
        if self.department is not None:
            hashed.update(f"{self.department.pk}\0".encode())
        for key, value in sorted(self.fields.items()):
            hashed.update(f"{key}={value}\0".encode())
        for file in self.files:
            hashed.update(file.filename.encode() + hashlib.sha256(file.content).digest())
        return hashed.hexdigest()


def prepare(request: Request) -> Request:
    """Check and clean what was sent; raise Refused naming the field at fault."""
    subject, text, html = request.subject.strip(), request.text, request.html
    for name, value in (("subject", subject), ("text", text), ("text", html)):
        if "\0" in value or any(0xD800 <= ord(c) <= 0xDFFF for c in value):
            raise Refused(RefusalCode.BAD_CHARACTERS, field=name)
    if len(text) > settings.MESSAGE_MAX_CHARS or len(html) > 4 * settings.MESSAGE_MAX_CHARS:
        raise Refused(RefusalCode.TOO_LONG, field="text", limit=settings.MESSAGE_MAX_CHARS)
    subject = " ".join(subject.split())
    if not subject:
        raise Refused(RefusalCode.EMPTY, field="subject")
    if len(subject) > SUBJECT_MAX and request.channel != Ticket.Channel.EMAIL:
        raise Refused(RefusalCode.TOO_LONG, field="subject", limit=SUBJECT_MAX)
    html = clean_html(html) if html else html_of_text(text)
    text = text.strip() or text_of_html(html)
    if not text.strip() and not request.files and request.channel != Ticket.Channel.EMAIL:
        raise Refused(RefusalCode.EMPTY, field="text")
    check(request.files)
    organization, licence = request.organization, request.licence
    if licence is not None and (organization is None or licence.organization_id != organization.pk):
        raise Refused(RefusalCode.NOT_YOURS, field="licence")
    return replace(request, subject=subject[:SUBJECT_MAX], html=html, text=text)


def seat_asked(request: Request) -> list[Asked[list[Any]]]:
    """Whether who asks belongs to the organization; no question for staff and strangers."""
    organization, requester = request.organization, request.requester
    if organization is None or requester is None or requester.is_staff_member:
        return []
    return [_SEAT.asked(user=requester.pk, organization=organization.pk)]


_SEAT = Prepared(
    lambda: Membership.objects.filter(user=Param("user"), organization=Param("organization")).values_list(
        "pk"
    )
)
