"""Pedir ayuda: the one form, with what it will use said before the button (rows 1–3, 6, 28, 36, 44, 48)."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vigente.billing.models import WorkType
from vigente.portal.coverage import covered_first, kinds, line, running_bought
from vigente.portal.forms import AskForm
from vigente.portal.pages import customer, is_manager, page, seats, whom_to_ask
from vigente.portal.places import Place, places_of
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import CustomField, Department, HeldRequest, Submission, Ticket
from vigente.tickets.models.departments import in_tree
from vigente.tickets.queries import my_cases
from vigente.tickets.services.answers import WrongAnswers, intake_fields
from vigente.tickets.services.submission import submit_request
from vigente.ui.custom_fields import typed
from vigente.ui.feedback import done
from vigente.ui.wording import refusal_text

FIELDS = {
    "text": "body",
    "licence": "where",
    "organization": "where",
}  # a service's word for it, and the form's
DRAFT = "ask"


@customer
def ask(request: HttpRequest) -> HttpResponse:
    """Show the form, or send it."""
    places, offered = places_of(seats(request)), _departments(request)
    asked = intake_fields(offered)
    if request.method == "POST" and "recalculate" not in request.POST:
        return _send(request, places, offered, asked)
    initial = _initial(request, places) | typed(asked, request.POST)
    form = AskForm(initial=initial, places=places, departments=offered, asked=asked)
    return _page(request, form, places)


@require_safe
@customer
def coverage(request: HttpRequest) -> HttpResponse:
    """The coverage line alone, for a change of installation or kind of work; no query changes anything."""
    places = places_of(seats(request))
    place, work_type = _chosen(request.GET.dict(), places)
    context = _coverage(request, place, work_type) | {"part": True, "held_page": "held" in request.GET}
    if context["held_page"] and place.organization is not None:
        mine = [seat for seat in seats(request) if seat.organization_id == place.organization.pk]
        context |= {
            "offer_links": any(is_manager(seat) for seat in mine),
            "offer_subscription": running_bought(place),
            "offer_licence": place.licence,
        }
    return render(request, "portal/ask/coverage.html", context)


def _send(
    request: HttpRequest, places: list[Place], offered: list[Department], asked: list[CustomField]
) -> HttpResponse:
    form = AskForm(request.POST, request.FILES, places=places, departments=offered, asked=asked)
    if not form.is_valid():
        return _page(request, form, places, status=422)
    data = form.cleaned_data
    place: Place = data["where"]
    would = line(place, data["work_type"], user=request.user, now=request.now)
    if data["seen"] is not None and would.units > data["seen"]:
        return _page(request, form, places, status=409, changed=True)  # never draw more than the page said
    try:
        result = submit_request(
            requester=request.user,
            organization=place.organization,
            licence=place.licence,
            work_type=data["work_type"],
            subject=data["subject"],
            text=data["body"],
            files=data["files"],
            channel=Ticket.Channel.WEB,
            key=_key(request, data["key"]),
            department=data.get("department"),
            fields=form.answers() if asked else None,
            now=request.now,
        )
    except WrongAnswers as error:
        form.add_problems(error.wrong)
        return _page(request, form, places, status=422)
    except Refused as refusal:
        return _refused(request, form, places, refusal)
    return answer(request, result)


def answer(request: HttpRequest, result: Ticket | HeldRequest) -> HttpResponse:
    """Where a request goes once it is filed: its case, or the page of what waits."""
    if isinstance(result, Ticket):
        text = _("Recibimos su solicitud: caso %(number)s.") % {"number": result.number}
        done(request, text, draft=DRAFT)
        return redirect("portal:ticket", result.number)
    done(request, _("Su solicitud está guardada en espera."), draft=DRAFT)
    return redirect("portal:held", result.token)


def _refused(request: HttpRequest, form: AskForm, places: list[Place], refusal: Refused) -> HttpResponse:
    if refusal.code is RefusalCode.SAME_KEY_OTHER_CONTENT:
        before = Submission.objects.select_related("ticket", "held").filter(
            key=_key(request, form.cleaned_data["key"])
        )
        data = request.POST.copy()
        data["key"] = new_key()
        form.data = data
        return _page(request, form, places, status=409, before=before.first())
    field = FIELDS.get(refusal.field or "", refusal.field)
    form.add_error(field if field in form.fields else None, refusal_text(refusal))
    return _page(request, form, places, status=422)


def _departments(request: HttpRequest) -> list[Department]:
    """Those a customer may choose, parts after what they are part of."""
    return [row for row, _depth in in_tree(Department.objects.visible_to(request.user))]


def _key(request: HttpRequest, key: str) -> str:
    """The submission's key, each person's own: nobody can answer for somebody else's form."""
    return f"web:{request.user.pk}:{key or new_key()}"


def new_key() -> str:
    return secrets.token_hex(16)


def _initial(request: HttpRequest, places: list[Place]) -> dict[str, Any]:
    """What an address may fill in: `licence` (its key), `work_type`, `subject`. After "recalculate", all that was
    typed.
    """
    typed = request.POST if request.method == "POST" else request.GET
    licence = typed.get("licence", "")
    by_key = next((place.value for place in places if place.licence and place.licence.key == licence), "")
    return {
        "where": typed.get("where") or by_key,
        "work_type": typed.get("work_type", ""),
        "subject": typed.get("subject", "")[:200].replace("\0", ""),
        "body": request.POST.get("body", ""),
        "department": typed.get("department", ""),
        "key": request.POST.get("key") or new_key(),
    }


def _chosen(values: dict[str, Any], places: list[Place]) -> tuple[Place, WorkType | None]:
    """The installation and kind of work that were picked; where nothing valid was, sensible first ones."""
    offered = WorkType.objects.filter(is_offered=True)
    wanted = str(values.get("work_type") or "")[:40].replace("\0", "")
    work_type = offered.filter(code=wanted).first() or offered.first()
    place = next((place for place in places if place.value == values.get("where")), None)
    return place or places[0], work_type


def _coverage(request: HttpRequest, place: Place, work_type: WorkType | None) -> dict[str, Any]:
    live = line(place, work_type, user=request.user, now=request.now) if work_type else None
    return {
        "place": place,
        "work_type": work_type,
        "line": live,
        "ask_whom": whom_to_ask(request, place.organization)
        if live and (live.offers or live.must_pay)
        else [],
        "kinds": kinds(place, user=request.user, now=request.now),
        "now": request.now,
    }


def _page(
    request: HttpRequest, form: AskForm, places: list[Place], status: int = 200, **extra: Any
) -> HttpResponse:
    first, meters = covered_first(places, now=request.now)
    values = form.data.dict() if form.is_bound else dict(form.initial)
    if not values.get("where"):
        values["where"] = first.value
    place, work_type = _chosen(values, places)
    if not form.is_bound:
        code = work_type.code if work_type else ""
        form.initial = {**form.initial, "where": place.value, "work_type": code}
    context = {
        "form": form,
        "departments": [row for _pk, row in form.fields["department"].choices]
        if "department" in form.fields
        else (),
        "places": places,
        "meters": [(place, meters[place.value]) for place in places if place.value in meters],
        "open_cases": my_cases(request.user, now=request.now, limit=3).rows,
        "chosen_kind": str(form["work_type"].value() or ""),
        "lost_files": bool(request.FILES),
        **_coverage(request, place, work_type),
        **extra,
    }
    return page(request, "ask.html", context, status)
