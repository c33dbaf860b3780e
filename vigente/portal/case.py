"""A case as its customer sees it: the conversation with what happened in between, where it stands, what a reply
would do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from vigente.accounts.models import User
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import Meter, meter_of
from vigente.portal import words
from vigente.portal.coverage import Line, line
from vigente.portal.history import Told, paid_by, told
from vigente.portal.places import Place
from vigente.rules.lifecycle import ReplyEffect, reopen_until
from vigente.tickets.files import SAFE_IMAGES
from vigente.tickets.html import clean_html
from vigente.tickets.models import Attachment, DrawDispute, Message, Quotation, SplitProposal, Ticket
from vigente.tickets.queries import CasePage, case_page, place_of
from vigente.tickets.quoted import work_total
from vigente.tickets.services.conversation import reply_effect
from vigente.tickets.stamps import hours_of
from vigente.ui.promises import ClockRow, clock_rows


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as the `files` component draws it."""

    name: str
    size: int
    url: str
    is_image: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One message, ready to be shown; or, with `told`, one thing that happened."""

    at: datetime
    told: Told | None = None
    id: str = ""
    author: str = ""
    kind: str = ""
    role: str = ""
    via: str = ""
    html: SafeString = mark_safe("")
    quote: SafeString = mark_safe("")
    files: Sequence[FileRow] = ()
    edited: bool = False
    deleted: datetime | None = None
    gone_files: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the page needs. `effect`: what a reply would do; with FOLLOW_UP, `cost` is what the new case would
    use.
    """

    page: CasePage
    entries: Sequence[Entry]
    standing: words.Standing
    place: tuple[int, int] | None
    effect: ReplyEffect
    reopen_until: datetime | None
    cost: Line | None
    meter: Meter | None
    split: SplitProposal | None
    may_dispute: bool
    clocks: Sequence[ClockRow]
    quoted_total: int | None  # with tax, in minor units, where that is more than the price

    @property
    def ticket(self) -> Ticket:
        return self.page.ticket

    @property
    def ahead(self) -> str:
        """How many cases of better plans stand before it, in words; empty when none."""
        return words.ahead(self.page.standing) if self.page.standing else ""

    @property
    def paid_by(self) -> str:
        """Which grant paid for this case, or why it used nothing."""
        return paid_by(self.page.decision)

    @property
    def draws_anew(self) -> bool:
        return self.effect is ReplyEffect.FOLLOW_UP

    @property
    def takes_no_reply(self) -> bool:
        """It is locked; only what would be a case of its own may still be written."""
        return self.ticket.locked_at is not None and not self.draws_anew

    @property
    def open_quotation(self) -> Quotation | None:
        """The quotation as long as there is something to say about it."""
        quotation = self.page.quotation
        said = {Quotation.Status.DECLINED, Quotation.Status.COVERED}
        return quotation if quotation and quotation.status not in said else None

    @property
    def may_object(self) -> bool:
        """Row 11: once, and only if it was us who took it for development."""
        quotation = self.page.quotation
        return bool(
            quotation
            and quotation.reclassified_by_id
            and quotation.objected_at is None
            and quotation.status in (Quotation.Status.REQUESTED, Quotation.Status.QUOTED)
        )

    @property
    def in_waiting(self) -> bool:
        """In line and nobody has it yet."""
        return self.place is not None and self.ticket.assignee_id is None

    @property
    def promise(self) -> datetime | None:
        """The next thing promised: the first reply, then whatever is due."""
        ticket = self.ticket
        if ticket.is_done or ticket.is_paused:
            return None
        return ticket.first_reply_due_at if ticket.first_replied_at is None else ticket.due_at


def case_view(number: int, user: User, *, now: datetime) -> CaseView:
    """The case with this number; Ticket.DoesNotExist when there is none this person may see."""
    page = case_page(number, user, now=now)
    ticket = page.ticket
    effect = reply_effect(ticket, now=now)
    closed_at = ticket.closed_by_person_at
    days = rulebook_at(closed_at or now).reopen_days
    until = reopen_until(closed_at, hours=hours_of(ticket), reopen_days=days) if closed_at else None
    cost = None
    if effect is ReplyEffect.FOLLOW_UP:
        cost = line(Place(ticket.organization, ticket.licence, ""), ticket.work_type, user=user, now=now)
    meter = (
        meter_of(organization=ticket.organization, licence=ticket.licence, now=now)
        if ticket.organization
        else None
    )
    dispute = page.dispute
    return CaseView(
        page=page,
        entries=_entries(page, user),
        standing=words.standing(ticket, page.quotation, user),
        place=place_of(ticket, now=now),
        effect=effect,
        reopen_until=until
        if effect is ReplyEffect.REOPENS and ticket.is_done and not ticket.locked_at
        else None,
        cost=cost,
        meter=meter,
        split=next(
            (s for s in page.splits if s.status == SplitProposal.Status.ASKED and now < s.answer_until), None
        ),
        may_dispute=bool(
            dispute and dispute.status == DrawDispute.Status.POSSIBLE and now < dispute.until and ticket.drawn
        ),
        clocks=clock_rows(page.clocks, now=now),
        quoted_total=_quoted_total(page, now=now),
    )


def _quoted_total(page: CasePage, *, now: datetime) -> int | None:
    quotation = page.quotation
    if quotation is None or quotation.amount_minor is None or quotation.status != Quotation.Status.QUOTED:
        return None
    return work_total(page.ticket, quotation.amount_minor, quotation.currency, now=now)


def _entries(page: CasePage, user: User) -> list[Entry]:
    """Messages and happenings by time. At one instant: what a customer wrote, who took it, the answer, what came of
    it.
    """
    entries = [_entry(message, user) for message in page.messages]
    entries += [Entry(at=item.at, told=item) for item in told(page.history, reader=user)]
    return sorted(entries, key=_order)


def _order(entry: Entry) -> tuple[datetime, int]:
    if entry.told is not None:
        return entry.at, 3 if entry.told.ends else 1
    return entry.at, 2 if entry.kind == "staff" else 0


def _entry(message: Message, user: User) -> Entry:
    every = list(message.attachments.all())
    attachments = [file for file in every if file.deleted_at is None]
    inline = {
        file.cid: file_url(file) for file in attachments if file.cid and file.content_type in SAFE_IMAGES
    }
    body = clean_html(message.html, inline=inline)
    quote = clean_html(message.quoted_html, inline=inline) if message.quoted_html else ""
    shown = {url for url in inline.values() if url in body or url in quote}
    author = str(message.author) if message.author else message.author_name
    return Entry(
        at=message.created_at,
        id=f"m{message.pk}",
        author=author or _("Alguien"),
        kind="staff" if message.by_staff else "customer",
        role=_("Soporte") if message.by_staff else (_("usted") if message.author_id == user.pk else ""),
        via={"email": _("por correo"), "phone": _("por teléfono")}.get(message.channel, ""),
        html=mark_safe(body),
        quote=mark_safe(quote),
        files=file_rows(file for file in attachments if file_url(file) not in shown),
        edited=message.edited_at is not None,
        deleted=message.deleted_at,
        gone_files=[file.filename for file in every if file.deleted_at and not message.deleted_at],
    )


def file_url(attachment: Attachment) -> str:
    return reverse("portal:file", args=[attachment.token])


def file_rows(attachments: "Sequence[Attachment]") -> list[FileRow]:
    """Attachments for the `files` component."""
    return [
        FileRow(file.filename, file.size, file_url(file), file.content_type in SAFE_IMAGES)
        for file in attachments
    ]
