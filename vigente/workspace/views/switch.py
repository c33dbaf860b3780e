"""From free support to plans, step by step (row 30): supervisors read along, the owner acts."""

from dataclasses import replace
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from vigente.billing.models import Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services import announcements, rulebooks
from vigente.rules.refusal import Refused
from vigente.ui.exports import csv_response
from vigente.ui.feedback import done
from vigente.workspace.access import instant, owners, person, supervisors
from vigente.workspace.answers import add_refusal, attempt, posted
from vigente.workspace.forms.fields import start_of_day
from vigente.workspace.forms.switch import DateForm
from vigente.workspace.switch import announcement_of, course, first_day, frame, required, uncovered
from vigente.workspace.views.actions import both
from vigente.workspace.views.announcements import progress_of

SHOWN = 200


@supervisors
@require_GET
def switch(request: HttpRequest) -> HttpResponse:
    """The path as a whole, and the step that comes next."""
    return render(request, "workspace/switch/path.html", frame("", now=instant(request)))


@supervisors
@require_GET
def switch_legacy(request: HttpRequest) -> HttpResponseBase:
    """Earlier plans with their expiries (R11): from the table's columns, or by hand at an organization."""
    now = instant(request)
    rows = (
        Subscription.objects.filter(source=Subscription.Source.LEGACY)
        .select_related("organization", "licence__edition__product", "version__plan")
        .order_by("ends_at", "organization__name", "pk")
    )
    if request.GET.get("format") == "csv":
        columns = [_("Organización"), _("Licencia"), _("Plan"), _("Vence")]
        lines = (
            [
                one.organization.name,
                one.licence.key if one.licence else "",
                one.version.plan.name,
                one.ends_at,
            ]
            for one in rows.iterator(chunk_size=500)
        )
        return csv_response(_("planes-de-antes"), columns, lines)
    context = {"legacies": rows[:SHOWN], "count": rows.count(), **frame("legacy", now=now)}
    return render(request, "workspace/switch/legacy.html", context)


@supervisors
@both
def switch_date(request: HttpRequest) -> HttpResponse:
    """The day from which a plan is needed: a version of the rulebook from now on, which binds on that day."""
    now = instant(request)
    found, book = required(now=now), rulebook_at(now)
    day = found.at.astimezone(book.zone).date() if found else None
    form = DateForm(posted(request), initial={"on": day}, now=now, zone=book.zone)
    if request.method == "POST":
        _owner(request)
        if form.is_valid():
            at = start_of_day(form.cleaned_data["on"], book.zone)
            if found is not None and found.at == at and found.version.effective_from <= now:
                return redirect("workspace:switch_uncovered")
            try:
                rulebooks.publish(
                    rulebook=replace(book, plans_required_from=at),
                    effective_from=now,
                    actor=person(request),
                    now=now,
                    note=_("La fecha desde la que hace falta un plan"),
                )
            except Refused as refusal:
                add_refusal(form, refusal)
            else:
                done(request, _("Fecha puesta."))
                return redirect("workspace:switch_uncovered")
    context = {"form": form, **frame("date", now=now)}
    context["passed"] = found is not None and found.at <= now
    return render(request, "workspace/switch/date.html", context, status=422 if form.is_bound else 200)


@supervisors
@require_GET
def switch_uncovered(request: HttpRequest) -> HttpResponseBase:
    """Who would be without a plan on the date, who asked most in the last year first."""
    now = instant(request)
    context = frame("uncovered", now=now)
    bare = uncovered(context["rows"], now=now)
    if request.GET.get("format") == "csv":
        columns = [_("Organización"), _("Licencias"), _("Sin plan"), _("Por pagar"), _("Casos en un año")]
        lines = (
            [one.row.name, one.row.licences, len(one.row.bare), one.row.waiting, one.cases] for one in bare
        )
        return csv_response(_("quedarian-sin-plan"), columns, lines)
    context |= {"bare": bare[:SHOWN], "bare_count": len(bare), "bare_cases": sum(one.cases for one in bare)}
    return render(request, "workspace/switch/uncovered.html", context)


@supervisors
@require_GET
def switch_announcement(request: HttpRequest) -> HttpResponse:
    """The announcement of the date: begin it, go on with it, or see how far it has got."""
    context = frame("announcement", now=instant(request))
    row = announcement_of(context["required"])
    context["row"] = row
    if row is not None:
        context |= progress_of(row)
    return render(request, "workspace/switch/announcement.html", context)


@supervisors
@require_GET
def switch_adoption(request: HttpRequest) -> HttpResponseBase:
    """Day by day, how many have a plan for the date; who has not, and reminding them."""
    now = instant(request)
    context = frame("adoption", now=now)
    found, sent = context["required"], announcement_of(context["required"])
    days = course(context["rows"], since=first_day(sent, now=now), now=now)
    bare = uncovered(context["rows"], now=now)
    if request.GET.get("format") == "csv":
        columns = [_("Día"), _("Con plan"), _("Sin plan")]
        return csv_response(_("avance"), columns, ([day.at, day.covered, day.bare] for day in days))
    left = max(timedelta(0), found.at - now).days if found else None
    context |= {
        "days": days,
        "bare": bare[:SHOWN],
        "bare_count": len(bare),
        "covered": len(context["rows"]) - len(bare),
        "left": left,
        "sent": sent if sent and sent.sent_at else None,
    }
    return render(request, "workspace/switch/adoption.html", context)


@owners
@require_POST
def switch_reminders(request: HttpRequest) -> HttpResponse:
    """Remind everybody who was told and has contracted nothing."""
    now = instant(request)
    context = frame("adoption", now=now)
    sent = announcement_of(context["required"])

    def run() -> str:
        if sent is None or sent.sent_at is None:
            return _("Primero envíe el anuncio.")
        bare = [row.pk for row in context["rows"] if not row.is_covered]
        n = announcements.remind(announcement=sent, organizations=bare, actor=person(request), now=now)
        return ngettext("Sale un recordatorio.", "Salen %(n)s recordatorios.", n) % {"n": n}

    return attempt(request, run, reverse("workspace:switch_adoption"))


def _owner(request: HttpRequest) -> None:
    if not person(request).is_owner:
        raise PermissionDenied
