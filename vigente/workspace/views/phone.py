"""Opening a case for a customer who calls: the same decision and the same draw as their own form (row 15)."""

import secrets
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from vigente.accounts.models import Organization, User
from vigente.billing.models import Licence, WorkType
from vigente.rules.refusal import Refused
from vigente.tickets.folding import Folded
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.queries import Preview, preview
from vigente.tickets.queries.matching import words_of
from vigente.tickets.services.answers import WrongAnswers, intake_fields
from vigente.tickets.services.submission import submit_request
from vigente.ui.custom_fields import typed
from vigente.ui.feedback import done
from vigente.workspace.access import instant, person, staff
from vigente.workspace.answers import add_refusal, asked, posted
from vigente.workspace.forms.phone import PhoneForm
from vigente.workspace.views.actions import both
from vigente.workspace.words import named

SHOWN = 12


@staff
@require_GET
def open_case(request: HttpRequest) -> HttpResponse:
    """Who calls: find the organization by its name, a person or a licence."""
    text = asked(request)
    found = Organization.objects.visible_to(person(request))
    for word in words_of(text):
        people = User.objects.alias(plain=Folded("name"), address=Folded("email"))
        people = people.filter(plain__contains=word) | people.filter(address__contains=word)
        named = found.alias(plain=Folded("name")).filter(plain__contains=word)
        found = found.filter(pk__in=named.values("pk")) | found.filter(
            memberships__user__in=people.values("pk")
        )
    licensed = Licence.objects.filter(key__iexact=text).values("organization") if text else ()
    organizations = found.distinct().order_by("name")[:SHOWN] if words_of(text) else found.none()
    exact = Organization.objects.visible_to(person(request)).filter(pk__in=licensed) if text else found.none()
    context = {"q": text, "organizations": list(exact) or list(organizations)}
    return render(request, "workspace/phone/choose.html", context)


@staff
@both
def open_for(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, with what it would use before it is sent; on POST the case, or a held request."""
    organization = get_object_or_404(Organization.objects.visible_to(person(request)), pk=pk)
    user, now = person(request), instant(request)
    custom = intake_fields()
    form = PhoneForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        organization=organization,
        user=user,
        asked=custom,
        initial={"submission_key": secrets.token_urlsafe(16)} | typed(custom, request.GET),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            result = submit_request(
                requester=data["requester"],
                organization=organization,
                licence=data["licence"],
                work_type=data["work_type"],
                subject=data["subject"],
                text=data["text"],
                channel=Ticket.Channel.PHONE,
                key=f"desk:{user.pk}:{data['submission_key']}",
                opened_by=user,
                files=data["files"],
                override_reason=data.get("override_reason", ""),
                fields=form.answers() if custom else None,
                now=now,
            )
        except WrongAnswers as error:
            form.add_problems(error.wrong)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return _done(request, result, draft=f"phone-{pk}")
    context = {"organization": organization, "form": form, **_seen(request, organization, form)}
    return render(request, "workspace/phone/form.html", context, status=422 if form.is_bound else 200)


def _done(request: HttpRequest, result: Ticket | HeldRequest, *, draft: str) -> HttpResponse:
    if isinstance(result, HeldRequest):
        done(request, _("Sin cobertura: la solicitud quedó guardada y se avisó al cliente."), draft=draft)
        return redirect("workspace:held_request", result.pk)
    done(request, _("Caso %(number)s abierto. Se avisó al cliente.") % {"number": result.number}, draft=draft)
    return redirect("workspace:case", result.number)


@staff
@require_GET
def phone_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the chosen licence and kind of work would come to now."""
    organization = get_object_or_404(Organization.objects.visible_to(person(request)), pk=pk)
    form = PhoneForm(organization=organization, user=person(request))
    context = {"organization": organization, "form": form, **_seen(request, organization, form)}
    return render(request, "workspace/phone/preview.html", context)


def _seen(request: HttpRequest, organization: Organization, form: PhoneForm) -> dict[str, Any]:
    seen = _preview(request, organization, form)
    return {"preview": seen, "reasons": named(seen.decision.reasons) if seen else []}


def _preview(request: HttpRequest, organization: Organization, form: PhoneForm) -> Preview | None:
    """For the values chosen so far, else for the first of each."""
    given = request.POST or request.GET
    works = form.fields["work_type"].queryset  # type: ignore[attr-defined]
    licences = form.fields["licence"].queryset  # type: ignore[attr-defined]
    work: WorkType | None = _chosen(works, given.get("work_type")) or works.first()
    licence: Licence | None = _chosen(licences, given.get("licence"))
    if "licence" not in given and licences.count() == 1:
        licence = licences.first()
        form.initial.setdefault("licence", licence.pk if licence else None)
    if work is None:
        return None
    return preview(
        user=person(request), organization=organization, licence=licence, work_type=work, now=instant(request)
    )


def _chosen(rows: QuerySet[Any], given: str | None) -> Any:
    return rows.filter(pk=int(given)).first() if given and given.isdecimal() and len(given) < 18 else None
