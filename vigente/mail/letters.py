"""A letter: one template in the reader's language, as HTML and as the text that the HTML says, put into the outbox.

A template extends `mail/letter.html`; its title is the subject. Styles are written into the elements, as mail programs
want them; the text is made from the same words, so the two never differ.
"""

import html as entities
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from vigente.accounts.models import User
from vigente.billing.models.rulebooks import rulebook_at
from vigente.installation.models import Installation
from vigente.mail.models import InboundMessage, OutboundMessage
from vigente.mail.outbound import enqueue
from vigente.mail.own import address_of, reply_base
from vigente.mail.sending import ABOUT, ATTACH, FROM
from vigente.mail.tokens import NOBODY, ReplyToken, reply_address
from vigente.tickets.html import text_of_html
from vigente.tickets.models import Ticket

_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_INLINER = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)
_WHOLE_ID = re.compile(r"[^<>\s#]{1,250}")
MOST_REFERENCES = 10
Words = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads it: an account, or only an address, of somebody unknown or of a company's bookkeeping (which `speaks` a
    language). `copied`: an address that gets copies of a case; what it answers reaches the staff, as nobody's reply.
    """

    email: str
    user: User | None = None
    speaks: str = ""
    copied: bool = False

    @classmethod
    def of(cls, user: User) -> "Reader":
        return cls(user.email, user)

    @property
    def language(self) -> str:
        return self.user.language if self.user else self.speaks or settings.LANGUAGE_CODE

    def zone(self, *, now: datetime) -> str:
        return self.user.time_zone if self.user else rulebook_at(now).billing_zone


def post(
    template: str,
    *,
    to: Reader,
    kind: str,
    key: str,
    now: datetime,
    ticket: Ticket | None = None,
    about: str = "",
    automatic: bool = True,
    answers: str = "",
    attach: str = "",
    words: Words = dict,
) -> OutboundMessage | None:
    """Put the letter into the outbox, once per `key` and reader. None for somebody who cannot be written to, or who may
    not see the case it is about: whoever left a company is written nothing more about its cases.

    `words` is called in the reader's language and zone and gives the template what it needs. `answers`: the Message-ID
    of the mail it answers; the letter then says that it is an answer of a machine. `attach`: what is printed and
    goes along, "invoice:12".
    """
    if not to.email or (to.user is not None and not to.user.is_active):
        return None
    if ticket is not None and to.user is not None and not may_read(ticket, to.user):
        return None
    letter = written(template, to=to, ticket=ticket, words=words, now=now)
    return enqueue(
        kind=kind,
        to=to.email,
        recipient=to.user,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        dedupe_key=f"{key}:{to.email}",
        ticket=ticket,
        headers=_headers(to, ticket, about, answers) | ({ATTACH: attach} if attach else {}),
        automatic=automatic,
        now=now,
    )


def may_read(ticket: Ticket, user: User) -> bool:
    """Whether this person sees the case now."""
    return Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists()


def link(name: str, *args: object) -> str:
    """The full address of a page, in the language that is active."""
    return settings.BASE_URL + reverse(name, args=args)


@dataclass(frozen=True, slots=True)
class Letter:
    """What is read: the subject, and the same words as HTML and as text."""

    subject: str
    html: str
    text: str


def written(
    template: str, *, to: Reader, now: datetime, ticket: Ticket | None = None, words: Words = dict
) -> Letter:
    """The letter as this reader gets it. Writes nothing."""
    with translation.override(to.language), timezone.override(ZoneInfo(to.zone(now=now))):
        context = {
            "vendor": Installation.current(),
            "person": to.user,
            "ticket": ticket,
            "language": to.language,
            "now": now,
            "reply_by_mail": ticket is not None and to.user is not None and not to.user.is_staff_member,
            **words(),
        }
        page = render_to_string(f"mail/{template}.html", context)
    title = _TITLE.search(page)
    assert title, f"mail/{template}.html says no subject"
    subject = " ".join(entities.unescape(title[1]).split())
    return Letter(subject, html=_INLINER.inline(page), text=text_of_html(page))


def _headers(to: Reader, ticket: Ticket | None, about: str, answers: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    if about:
        headers[ABOUT] = about
    if answers:
        headers["Auto-Submitted"] = "auto-replied"
    customer = to.user.pk if to.user is not None and not to.user.is_staff_member else None
    if ticket is not None and (customer is not None or to.copied):
        own = address_of(ticket)
        if own:
            headers[FROM] = own
        headers["Reply-To"] = reply_address(
            own or reply_base(), ReplyToken(ticket.number, NOBODY if customer is None else customer)
        )
    chain = _chain(to, ticket) if ticket is not None else []
    if answers and answers not in chain:
        chain.append(answers)
    if chain:
        headers["In-Reply-To"] = f"<{chain[-1]}>"
        headers["References"] = " ".join(f"<{one}>" for one in chain)
    return headers


def _chain(to: Reader, ticket: Ticket) -> list[str]:
    """The mails of this case that the reader has, oldest first: theirs to us, ours to them."""
    sent = OutboundMessage.objects.filter(ticket=ticket, to=to.email).order_by("-id")
    came = InboundMessage.objects.filter(ticket=ticket, sender=to.email, message__isnull=False).order_by(
        "-id"
    )
    mails = [(at, one) for at, one in sent.values_list("created_at", "message_id")[:MOST_REFERENCES]]
    mails += [(at, one) for at, one in came.values_list("received_at", "header_id")[:MOST_REFERENCES]]
    whole = [one for _, one in sorted(mails) if _WHOLE_ID.fullmatch(one)]
    return whole[-MOST_REFERENCES:]
