"""A request that waits for coverage: what is missing, what helps, and what its author or a manager can do (rows 17,
41, 45, 46).
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from vigente.billing.models import WorkType
from vigente.portal.case import file_rows
from vigente.portal.coverage import kinds, line, running_bought
from vigente.portal.forms import WhereForm
from vigente.portal.pages import button_on, customer, is_manager, page, seats, whom_to_ask
from vigente.portal.places import Place, places_of
from vigente.portal.views.ask import FIELDS, answer
from vigente.rules.refusal import Refused
from vigente.tickets.files import SAFE_IMAGES
from vigente.tickets.html import clean_html
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.queries.answers import said_of
from vigente.tickets.services import held as service
from vigente.tickets.services.answers import WrongAnswers, intake_fields
from vigente.ui.feedback import done, refused
from vigente.ui.wording import refusal_text

Status = HeldRequest.Status
PENDING = frozenset({Status.WAITING, Status.CHOOSE, Status.APPROVAL})


def held(request: HttpRequest, token: str) -> HttpResponse:
    """The page a mailed link opens. Signed out it says nothing of what was written: a link can be passed on."""
    if not request.user.is_authenticated:
        get_object_or_404(HeldRequest, token=token)
        return page(request, "held_gate.html", {"here": request.path})
    return _held(request, token)


@customer
def _held(request: HttpRequest, token: str) -> HttpResponse:
    row = _mine(request, token)
    if row.ticket is not None and row.status == Status.RELEASED:
        return redirect("portal:ticket", row.ticket.number)
    if row.status not in PENDING | {Status.EXPIRED} or row.erased_at is not None:
        return page(request, "held_over.html", _texts(request, row))
    places = _places(request, row)
    if request.method == "POST":
        return _complete(request, row, places)
    work_type = row.work_type.code if row.work_type else request.GET.get("work_type", "")
    form = WhereForm(
        initial={"where": request.GET.get("where", ""), "work_type": work_type},
        places=places,
        **_asked(row),
    )
    return _page(request, row, places, form)


def _mine(request: HttpRequest, token: str) -> HeldRequest:
    """The request if this person may see it, or if it came from their own verified address and nobody claimed it
    (row 18).
    """
    rows = HeldRequest.objects.select_related(
        "organization", "licence", "work_type", "requester", "ticket", "follows"
    )
    row = rows.visible_to(request.user).filter(token=token).first()
    if row is None:
        row = rows.filter(token=token, requester__isnull=True, email__iexact=request.user.email).first()
    if row is None:
        raise Http404
    return row


def _places(request: HttpRequest, row: HeldRequest) -> list[Place]:
    """Of the organization it belongs to; for one that belongs to none yet, all of this person's."""
    mine = [seat for seat in seats(request) if row.organization_id in (None, seat.organization_id)]
    found = places_of(mine)
    current = f"licence-{row.licence_id}"
    return sorted(found, key=lambda place: place.value != current)


def _complete(request: HttpRequest, row: HeldRequest, places: list[Place]) -> HttpResponse:
    asked = _asked(row)
    form = WhereForm(request.POST, places=places, **asked)
    if not form.is_valid():
        return _page(request, row, places, form, status=422)
    place, work_type = form.cleaned_data["where"], form.cleaned_data["work_type"]
    said = request.POST.get("seen", "")
    would = line(place, work_type, user=request.user, now=request.now)
    if not said.isdecimal() or would.units > int(said[:4]):
        return _page(request, row, places, form, status=409, changed=True)
    try:
        result = service.complete(
            held=row,
            user=request.user,
            organization=place.organization,
            licence=place.licence,
            work_type=work_type,
            fields=form.answers() if asked else None,
            now=request.now,
        )
    except WrongAnswers as error:
        form.add_problems(error.wrong)
        return _page(request, row, places, form, status=422)
    except Refused as refusal:
        field = FIELDS.get(refusal.field or "", refusal.field)
        form.add_error(field if field in form.fields else None, refusal_text(refusal))
        return _page(request, row, places, form, status=422)
    return answer(request, result)


def _asked(row: HeldRequest) -> dict[str, Any]:
    """The vendor's own fields, asked of one that came where nobody asked (row 17)."""
    rows = intake_fields([row.department] * 2 if row.department else ()) if _needs_form(row) else []
    had = {int(key): value for key, value in row.fields.items()}
    return {"asked": rows, "had": had, "department": row.department_id} if rows else {}


def _needs_form(row: HeldRequest) -> bool:
    return row.work_type is None or row.requester_id is None


def _page(
    request: HttpRequest,
    row: HeldRequest,
    places: list[Place],
    form: WhereForm,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    where = form["where"].value() or places[0].value
    place = next((one for one in places if one.value == where), places[0])
    offered = WorkType.objects.filter(is_offered=True)
    code = str(form["work_type"].value() or "").replace("\0", "")
    work_type = offered.filter(code=code).first() or offered.first()
    if not form.is_bound:
        code = work_type.code if work_type else ""
        form.initial = {**form.initial, "where": place.value, "work_type": code}
    live = line(place, work_type, user=request.user, now=request.now) if work_type else None
    now_true = {reason.code for reason in live.reasons} if live else set()
    context = {
        **_texts(request, row),
        "only_then": [reason for reason in row.decision_value().reasons if reason.code not in now_true],
        "form": form,
        "places": places,
        "place": place,
        "work_type": work_type,
        "chosen_kind": work_type.code if work_type else "",
        "line": live,
        "kinds": kinds(place, user=request.user, now=request.now),
        "ask_whom": whom_to_ask(request, place.organization)
        if live and (live.offers or live.must_pay)
        else [],
        "offer_subscription": running_bought(place),
        "offer_licence": place.licence,
        "may_decide": _may_decide(request, row),
        "needs_form": _needs_form(row),
        **extra,
    }
    return page(request, "held.html", context, status)


def _may_decide(request: HttpRequest, row: HeldRequest) -> bool:
    return any(is_manager(seat) and seat.organization_id == row.organization_id for seat in seats(request))


def _texts(request: HttpRequest, row: HeldRequest) -> dict[str, Any]:
    attachments = list(row.attachments.all())
    rows = file_rows(attachments)
    inline = {
        file.cid: shown.url
        for file, shown in zip(attachments, rows, strict=True)
        if file.cid and file.content_type in SAFE_IMAGES
    }
    return {
        "held": row,
        "decision": row.decision_value(),
        "values": said_of(row, request.user),
        "body": mark_safe(clean_html(row.html, inline=inline)),
        "files": rows if row.requester_id is not None else [],
    }


@require_POST
@customer
def withdrawal(request: HttpRequest, token: str) -> HttpResponse:
    """Its author, or a manager, no longer needs it."""
    row = get_object_or_404(HeldRequest.objects.visible_to(request.user), token=token)
    try:
        service.withdraw(held=row, user=request.user, now=request.now)
    except Refused as refusal:
        refused(request, refusal_text(refusal))
        return redirect("portal:held", token)
    done(request, _("Solicitud retirada. No usó casos."))
    return redirect("portal:home")


@customer
@button_on("portal:held")
def approval(request: HttpRequest, token: str) -> HttpResponse:
    """A manager lets it spend a case, or does not (row 46)."""
    row = get_object_or_404(HeldRequest.objects.visible_to(request.user), token=token)
    try:
        if request.POST.get("answer") == "yes":
            return answer(request, service.approve(held=row, user=request.user, now=request.now))
        service.refuse_approval(held=row, user=request.user, now=request.now)
    except Refused as refusal:
        refused(request, refusal_text(refusal))
        return redirect("portal:held", token)
    done(request, _("No aprobada. Le avisamos a %(person)s.") % {"person": row.requester or row.email})
    return redirect("portal:home")


@customer
def choice(request: HttpRequest) -> HttpResponse:
    """Renewed while requests waited: which still matter? Each chosen one is decided now, oldest first (row 45)."""
    asked = HeldRequest.objects.visible_to(request.user).filter(status=Status.CHOOSE)
    asked = asked.select_related("licence__edition__product", "work_type", "requester").order_by(
        "received_at", "id"
    )
    if request.method != "POST":
        return page(request, "held_choice.html", {"asked": asked})
    marked = set(request.POST.getlist("held"))
    chosen = [row for row in asked if row.token in marked]
    if not chosen:
        refused(request, _("No eligió ninguna. Siguen en espera."))
        return redirect("portal:held_choice")
    results = service.choose(held=chosen, user=request.user, now=request.now)
    accepted = [result for result in results if isinstance(result, Ticket)]
    text = ngettext(
        "%(n)s solicitud entró en la fila.", "%(n)s solicitudes entraron en la fila.", len(accepted)
    )
    done(request, text % {"n": len(accepted)})
    if len(accepted) < len(results):
        refused(request, _("Para el resto no alcanzan los casos: siguen en espera."))
    return redirect("portal:home")
