"""Working hours beyond their week, the days off of each year; and deadlines decided by hand."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vigente.rules.sla import Change, What
from vigente.sla.calendars import countries, public_holidays
from vigente.sla.models import BusinessHours
from vigente.sla.services import keep_holidays
from vigente.tickets.services import promises
from vigente.tickets.stamps import standing_of
from vigente.ui.feedback import done
from vigente.workspace.access import instant, owners, person, staff
from vigente.workspace.answers import Action, asked, perform, posted
from vigente.workspace.forms.sla import HolidaysForm, PromiseForm, country_choices
from vigente.workspace.views.actions import both
from vigente.workspace.views.case import find

YEARS = 3  # this one and the next ones


@owners
@both
def holidays(request: HttpRequest, pk: int) -> HttpResponse:
    """The days off of a year: `?year=`, by default this one; `?country=` offers another country's."""
    hours = get_object_or_404(BusinessHours, pk=pk)
    this = instant(request).astimezone(ZoneInfo(hours.time_zone)).year
    years = range(this, this + YEARS)
    wanted = asked(request, "year") or str(this)
    year = next((one for one in years if str(one) == wanted), None)
    country = asked(request, "country") if "country" in request.GET else hours.country
    if year is None or country not in ("", *countries()):
        raise Http404
    offered = public_holidays(country, year, get_language() or "es") if country else {}
    kept = dict(hours.holidays.filter(day__year=year).order_by("day").values_list("day", "name"))
    seen = bool(kept) or year <= (hours.holidays_until or 0)
    form = HolidaysForm(posted(request), year=year, offered=offered, kept=kept, seen=seen)
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen()
        keep_holidays(
            hours=hours, year=year, days=chosen, country=country, actor=person(request), now=instant(request)
        )
        done(request, _("Feriados de %(year)s guardados: %(count)s.") % {"year": year, "count": len(chosen)})
        return redirect(f"{reverse('workspace:holidays', args=[pk])}?year={year}")
    context = {
        "hours": hours,
        "year": year,
        "years": years,
        "form": form,
        "country": country,
        "countries": country_choices(),
        "next_year": this + 1 if hours.holidays_until and hours.holidays_until <= this else None,
        "is_fresh": bool(offered) and not seen,
    }
    return render(request, "workspace/sla/holidays.html", context, status=422 if form.is_bound else 200)


@staff
@both
def promise(request: HttpRequest, number: int) -> HttpResponse:
    """Decide by hand when a case is due, with a reason; or stop its clocks until the customer answers."""
    ticket, user = find(number, person(request)), person(request)
    held = standing_of(ticket).clocks.held_since is not None
    form = PromiseForm(posted(request), held=held)
    note = _("Un plazo que ya pasó se puede mover, pero sigue contando como incumplido.")
    action = Action(
        title=_("Plazos del caso %(number)s") % {"number": number},
        submit=_("Guardar"),
        back=reverse("workspace:case", args=[number]),
        notes=(note,),
    )

    def run(data: dict[str, Any]) -> str:
        said: dict[str, Any] = {
            "ticket": ticket,
            "actor": user,
            "now": instant(request),
            "reason": data["reason"],
        }
        if data["does"] in ("held", "released"):
            (promises.hold if data["does"] == "held" else promises.release)(**said)
            return _("Plazos detenidos.") if data["does"] == "held" else _("Los plazos corren de nuevo.")
        change, what = Change(data["does"]), What(data["what"])
        minutes = data["minutes"] if change in (Change.EXTEND, Change.SHORTEN) else None
        until = data["until"] if change is Change.SET else None
        promises.adjust(what=what, change=change, minutes=minutes, until=until, **said)
        return _("Plazo cambiado.")

    return perform(request, action, form, run)
