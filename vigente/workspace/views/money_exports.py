"""Files for the accountant: which, of which days, with which separator."""

from datetime import date, timedelta

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from vigente.billing.models.rulebooks import rulebook_at
from vigente.reports.accounting import EXPORTS, Asked
from vigente.rules.periods import day_of
from vigente.ui.exports import csv_response
from vigente.workspace.access import instant, supervisors
from vigente.workspace.forms.fields import DayField, start_of_day

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}


class PeriodForm(forms.Form):
    """Local days, both included, of the vendor's billing zone; how numbers and columns are parted."""

    first = DayField(label=_("Desde"), required=True)
    last = DayField(label=_("Hasta, incluido"), required=True)
    separator = forms.ChoiceField(
        label=_("Columnas separadas por"),
        choices=[("semicolon", _("Punto y coma")), ("comma", _("Coma")), ("tab", _("Tabulador"))],
    )
    decimals = forms.ChoiceField(label=_("Decimales"), choices=[("comma", "1260,50"), ("point", "1260.50")])

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _t("El último día no puede ser antes del primero."))
        if data.get("separator") == "comma" and data.get("decimals") == "comma":
            self.add_error("separator", _t("Con decimales de coma, separe las columnas con otra cosa."))
        return data


@supervisors
@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """The files there are, for the period chosen; the month before to begin with."""
    form = _form(request)
    context = {
        "form": form,
        "exports": [(name, export.title, export.lead) for name, export in EXPORTS.items()],
        "query": form_query(request, form) if form.is_valid() else "",
    }
    return render(request, "workspace/money/exports.html", context, status=200 if form.is_valid() else 422)


@supervisors
@require_GET
def money_export(request: HttpRequest, export: str) -> HttpResponseBase:
    """One file."""
    if export not in EXPORTS:
        raise Http404
    form = _form(request)
    if not form.is_valid():
        return exports(request)
    data, zone = form.cleaned_data, rulebook_at(instant(request)).zone
    asked = Asked(
        since=start_of_day(data["first"], zone),
        until=start_of_day(data["last"] + timedelta(days=1), zone),
        comma=data["decimals"] == "comma",
    )
    chosen = EXPORTS[export]
    title = f"{chosen.title}-{data['first']}-{data['last']}".replace(" ", "-").lower()
    return csv_response(title, chosen.columns(), chosen.rows(asked), separator=SEPARATORS[data["separator"]])


def form_query(request: HttpRequest, form: PeriodForm) -> str:
    """The choice, for the address of a file."""
    data = form.cleaned_data
    names = ("first", "last", "separator", "decimals")
    return "&".join(f"{name}={data[name]}" for name in names)


def _form(request: HttpRequest) -> PeriodForm:
    begun = {**_last_month(request), **_habits()}
    given = {name: request.GET[name] for name in begun if name in request.GET}
    return PeriodForm({**begun, **given})


def _last_month(request: HttpRequest) -> dict[str, str]:
    now = instant(request)
    today = day_of(now, rulebook_at(now).billing_zone)
    last = date(today.year, today.month, 1) - timedelta(days=1)
    return {"first": last.replace(day=1).isoformat(), "last": last.isoformat()}


def _habits() -> dict[str, str]:
    """As spreadsheets of the reader's language write numbers."""
    english = (get_language() or "es").startswith("en")
    return {"separator": "comma" if english else "semicolon", "decimals": "point" if english else "comma"}
