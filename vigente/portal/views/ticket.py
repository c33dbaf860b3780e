"""A case: read it, reply, close it, open it again (rows 8–10)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vigente.portal.case import CaseView, case_view
from vigente.portal.forms import ReasonForm, ReplyForm
from vigente.portal.pages import customer, is_manager, page, seats
from vigente.portal.views.ask import answer, new_key
from vigente.rules.refusal import Refused
from vigente.tickets.models import Message, Ticket
from vigente.tickets.services import conversation, work
from vigente.ui.feedback import done, refused
from vigente.ui.wording import refusal_text


@require_safe
@customer
def ticket(request: HttpRequest, number: int) -> HttpResponse:
    """The conversation, where it stands, what happens next."""
    return show(request, number)


def show(
    request: HttpRequest, number: int, *, form: ReplyForm | None = None, status: int = 200, **extra: Any
) -> HttpResponse:
    """The case page; with `form`, as it was sent."""
    view = seen(request, number)
    context = {
        "case": view,
        "ticket": view.ticket,
        "form": form or ReplyForm(initial={"key": new_key()}),
        "reason_form": ReasonForm(),
        "draft": f"case-{number}",
        "manages_case": any(
            is_manager(seat) and seat.organization_id == view.ticket.organization_id
            for seat in seats(request)
        ),
        "lost_files": bool(request.FILES) and status != 200,
        "objecting": extra.get("reason_for") == "objection",
        "disputing": extra.get("reason_for") == "dispute",
        **extra,
    }
    return page(request, "ticket.html", context, status)


def seen(request: HttpRequest, number: int) -> CaseView:
    """The case, or 404 for one this person may not see: the same as for one that does not exist."""
    try:
        return case_view(number, request.user, now=request.now)
    except (Ticket.DoesNotExist, OverflowError):
        raise Http404 from None


def visible(request: HttpRequest, number: int) -> Ticket:
    """The bare row, under the same rule."""
    try:
        return Ticket.objects.visible_to(request.user).get(number=number)
    except (Ticket.DoesNotExist, OverflowError):
        raise Http404 from None


@require_POST
@customer
def replies(request: HttpRequest, number: int) -> HttpResponse:
    """Say something in the case. Long after its end it is a new case, whose cost the page has said (row 10)."""
    view = seen(request, number)
    form = ReplyForm(request.POST, request.FILES)
    if not form.is_valid():
        return show(request, number, form=form, status=422)
    said = form.cleaned_data["seen"]
    units = view.cost.units if view.draws_anew and view.cost else 0
    if said is not None and units > said:
        return show(request, number, form=form, status=409, changed=True)
    try:
        result = conversation.reply(
            ticket=view.ticket,
            author=request.user,
            text=form.cleaned_data["body"],
            files=form.cleaned_data["files"],
            channel=Ticket.Channel.WEB,
            key=f"web:{request.user.pk}:{number}:{form.cleaned_data['key'] or new_key()}",
            now=request.now,
        )
    except Refused as refusal:
        form.add_error("files" if refusal.field == "files" else "body", refusal_text(refusal))
        return show(request, number, form=form, status=422)
    if not isinstance(result, Message):
        done(request, _("Es un caso nuevo, unido al anterior."), draft=f"case-{number}")
        return answer(request, result)
    done(request, _("Respuesta enviada."), draft=f"case-{number}")
    return redirect(f"{reverse('portal:ticket', args=[result.ticket.number])}#m{result.pk}")


@require_POST
@customer
def closure(request: HttpRequest, number: int) -> HttpResponse:
    """The customer says it is settled."""
    row = visible(request, number)
    try:
        work.close(ticket=row, actor=request.user, now=request.now)
    except Refused as refusal:
        refused(request, refusal_text(refusal))
    else:
        undo = reverse("portal:reopening", args=[number])
        done(request, _("Caso %(number)s cerrado. Gracias por avisar.") % {"number": number}, undo=undo)
    return redirect("portal:ticket", number)


@require_POST
@customer
def reopening(request: HttpRequest, number: int) -> HttpResponse:
    """Open it again within the window: the same case, no new draw (row 9)."""
    row = visible(request, number)
    try:
        conversation.reopen(ticket=row, actor=request.user, now=request.now)
    except Refused as refusal:
        refused(request, refusal_text(refusal))
    else:
        done(request, _("Caso %(number)s abierto de nuevo. No usa otro caso.") % {"number": number})
    return redirect("portal:ticket", number)
