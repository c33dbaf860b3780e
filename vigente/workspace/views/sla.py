"""Working hours beyond their week: the days off of each year."""

from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vigente.sla.calendars import countries, public_holidays
from vigente.sla.models import BusinessHours
from vigente.sla.services import keep_holidays
from vigente.ui.feedback import done
from vigente.workspace.access import instant, owners, person
from vigente.workspace.answers import asked, posted
from vigente.workspace.forms.sla import HolidaysForm, country_choices
from vigente.workspace.views.actions import both

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
