"""A case as its agent sees it, and what they write in it."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.accounts.models import User
from vigente.rules.refusal import Refused
from vigente.tickets.files import SAFE_IMAGES, path_of
from vigente.tickets.html import clean_html
from vigente.tickets.models import Attachment, ComposerHabit, Message, Ticket
from vigente.tickets.queries import CasePage, case_page
from vigente.tickets.queries.company import replied_since, together
from vigente.tickets.services import messages
from vigente.tickets.services.conversation import add_note, reply
from vigente.tickets.services.drafts import forget_draft, keep_habit
from vigente.tickets.services.time import add_time
from vigente.tickets.services.work import take_next
from vigente.ui.feedback import done, refused
from vigente.ui.promises import clock_rows
from vigente.ui.wording import refusal_text
from vigente.workspace.access import instant, person, staff
from vigente.workspace.answers import add_refusal
from vigente.workspace.forms.case import ComposerForm
from vigente.workspace.glance import shown_meter
from vigente.workspace.history import lines, woven


@staff
@require_GET
def case(request: HttpRequest, number: int) -> HttpResponse:
    """The case page: conversation and history in one, the composer, and at the side all that bears on it."""
    form = ComposerForm(initial={"submission_key": secrets.token_urlsafe(16)})
    return _page(request, number, form)


def _prepare(form: ComposerForm, page: CasePage, user: User, *, now: datetime) -> dict[str, Any]:
    """What lies in the composer: one's own draft, and who else is at the case."""
    drafts = list(page.ticket.drafts.select_related("author"))
    mine = next((draft for draft in drafts if draft.author_id == user.pk), None)
    form.initial["go"] = page.habit or ComposerHabit.Go.STAY
    form.initial["latest"] = max((message.pk for message in page.messages), default=0)
    if mine is not None:
        form.initial["body"], form.initial["kind"] = mine.body, mine.kind
    others = [draft for draft in drafts if draft is not mine]
    return {"own_draft": mine, "company": together([], others, now=now)}


@staff
@require_POST
def write(request: HttpRequest, number: int) -> HttpResponse:
    """A reply or a note. What is refused comes back with its text (422)."""
    ticket = find(number, person(request))
    form = ComposerForm(request.POST, request.FILES)
    if form.is_valid() and not _overtaken(form, ticket, person(request)):
        try:
            with transaction.atomic():
                message = _write(ticket, form, author=person(request), now=instant(request))
                if minutes := form.cleaned_data["minutes"]:
                    add_time(
                        ticket=message.ticket, message=message, user=person(request), minutes=minutes,
                        now=instant(request),
                    )  # fmt: skip
        except Refused as refusal:
            if refusal.field == "text":
                refusal.field = "body"
            add_refusal(form, refusal)
        else:
            forget_draft(ticket=ticket, author=person(request))
            done(
                request,
                _("Nota guardada.") if form.is_note else _("Respuesta enviada."),
                draft=f"case-{number}",
                undo=reverse("workspace:message_unsending", args=[message.pk]) if message.visible_at else "",
            )
            here = f"{reverse('workspace:case', args=[number])}#m{message.pk}"
            return redirect(here if form.is_note else _onward(request, form.cleaned_data["go"], here))
    return _page(request, number, form, status=422)


def _onward(request: HttpRequest, go: str, here: str) -> str:
    """Where to after a reply; remembered. "Next" takes a case, as its button does, and stays here when none waits."""
    user = person(request)
    keep_habit(user=user, go=go)
    if go == ComposerHabit.Go.LIST:
        return reverse("workspace:home")
    if go == ComposerHabit.Go.NEXT:
        try:
            taken = take_next(agent=user, now=instant(request))
        except Refused as refusal:
            refused(request, refusal_text(refusal))
            return here
        if taken is not None:
            return reverse("workspace:case", args=[taken.number])
        refused(request, _("No hay más casos esperando en su fila."))
    return here


def _overtaken(form: ComposerForm, ticket: Ticket, user: User) -> bool:
    """Somebody replied while this was written: it is shown before it is answered. Sent again, it is sent."""
    seen = form.cleaned_data["latest"]
    if seen is None or form.is_note:
        return False
    said = replied_since(ticket, user, seen)
    if said is None:
        return False
    who = said.author or said.author_name
    form.add_error(
        None,
        _("%(who)s respondió mientras usted escribía. Léalo y, si aún vale, envíe de nuevo.") % {"who": who},
    )
    form.has_read(said)
    return True


def _write(ticket: Ticket, form: ComposerForm, *, author: User, now: datetime) -> Message:
    data = form.cleaned_data
    key = f"desk:{author.pk}:{data['submission_key']}" if data["submission_key"] else None
    if form.is_note:
        return add_note(
            ticket=ticket,
            author=author,
            text=data["body"],
            files=data["files"],
            key=key,
            now=now,
            responses=data["responses"],
        )
    said = reply(
        ticket=ticket,
        author=author,
        text=data["body"],
        files=data["files"],
        channel=Ticket.Channel.WEB,
        key=key,
        status_after=data["after"] or None,
        responses=data["responses"],
        copies=data["to"] != "requester",
        hold=timedelta(seconds=settings.UNDO_SEND_SECONDS) or None,
        now=now,
    )
    assert isinstance(said, Message), "an agent's reply never becomes another case"
    return said


def find(number: int, user: User) -> Ticket:
    """The case with this number, if this person may see it; else 404."""
    ticket = (
        Ticket.objects.visible_to(user)
        .select_related("organization", "licence__edition__product", "work_type", "assignee", "department")
        .filter(number=number)
        .first()
    )
    if ticket is None:
        raise Http404
    return ticket


def _page(request: HttpRequest, number: int, form: ComposerForm, *, status: int = 200) -> HttpResponse:
    user, now = person(request), instant(request)
    try:
        page = case_page(number, user, now=now, every_message="all" in request.GET)
    except Ticket.DoesNotExist:
        raise Http404 from None
    context = {
        "page": page,
        "ticket": page.ticket,
        "decision": page.decision,
        "standing": page.standing,
        "clocks": clock_rows(page.clocks, now=now),
        "items": list(woven(_shown(page, user, now), lines(page.history))),
        "meter_now": shown_meter(page.meter, ticket=page.ticket, decision=page.decision, now=now),
        "form": form,
        "draft": f"case-{number}",
        **_prepare(form, page, user, now=now),
        "pinned": [message for message in page.messages if message.pinned_at and not message.deleted_at],
        **_may(page, user),
    }
    return render(request, "workspace/case/case.html", context, status=status)


def _may(page: CasePage, user: User) -> dict[str, Any]:
    """Which actions make sense for this person now. The services decide again."""
    ticket, quotation, dispute = page.ticket, page.quotation, page.dispute
    return {
        "is_mine": ticket.assignee_id == user.pk,
        "may_write": ticket.status != Ticket.Status.CLOSED,
        "may_quote": quotation is not None
        and quotation.status in ("requested", "quoted")
        and user.is_supervisor,
        "may_decide_objection": quotation is not None
        and quotation.status == "objected"
        and quotation.reclassified_by_id != user.pk,
        "may_decide_dispute": dispute is not None
        and dispute.status == "open"
        and ticket.opened_by_id != user.pk,
        "may_move_licence": ticket.organization_id is not None,
    }


def _shown(page: CasePage, user: User, now: datetime) -> list[Message]:
    """Messages with their HTML made safe again for this page, and their files as the component reads them."""
    for message in page.messages:
        message.anchor = f"m{message.pk}"  # type: ignore[attr-defined]
        message.via = _("correo") if message.channel == Ticket.Channel.EMAIL else ""  # type: ignore[attr-defined]
        every = list(message.attachments.all())
        files = [file for file in every if file.deleted_at is None]
        message.gone_files = [  # type: ignore[attr-defined]
            file.filename for file in every if file.deleted_at and not message.deleted_at
        ]
        message.is_pending = bool(message.visible_at and message.visible_at > now)  # type: ignore[attr-defined]
        message.can_change = messages.may_edit(message, user)  # type: ignore[attr-defined]
        message.can_delete = messages.may_delete(message, user)  # type: ignore[attr-defined]
        inline = {file.cid: _url(file) for file in files if file.cid and file.content_type in SAFE_IMAGES}
        message.shown_html = clean_html(message.html, inline=inline)  # type: ignore[attr-defined]
        message.shown_quote = clean_html(message.quoted_html, inline=inline) if message.quoted_html else ""  # type: ignore[attr-defined]
        message.shown_files = [  # type: ignore[attr-defined]
            {
                "name": file.filename,
                "size": file.size,
                "url": _url(file),
                "is_image": file.content_type in SAFE_IMAGES,
            }
            for file in files
            if not (file.is_inline and file.cid)
        ]
    return list(page.messages)


def _url(file: Attachment) -> str:
    return reverse("workspace:file", args=[file.token])


@staff
@require_GET
def file(request: HttpRequest, token: str) -> FileResponse:
    """An attachment's bytes. Only pictures are shown in the page; the rest is downloaded, under a policy that runs
    nothing.
    """
    found = Attachment.objects.visible_to(person(request)).filter(token=token).first()
    if found is None or not path_of(found).exists():
        raise Http404
    shown = found.content_type in SAFE_IMAGES
    response = FileResponse(path_of(found).open("rb"), filename=found.filename, as_attachment=not shown)
    response["Content-Type"] = found.content_type if shown else "application/octet-stream"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
