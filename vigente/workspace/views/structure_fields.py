"""The vendor's own fields of cases: the owner arranges them, the staff fills them on the case."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.tickets.models import CustomField
from vigente.tickets.services import fields as services
from vigente.ui.custom_fields import ValuesForm
from vigente.ui.feedback import done
from vigente.ui.sorting import order_of, sorted_answer
from vigente.workspace.access import instant, owners, person, staff
from vigente.workspace.answers import Action, attempt, go, perform, posted, show
from vigente.workspace.forms.custom_fields import FieldForm
from vigente.workspace.views.actions import back, both
from vigente.workspace.views.case import find


def _field(request: HttpRequest, pk: int) -> CustomField:
    found: CustomField = get_object_or_404(CustomField.objects.visible_to(person(request)), pk=pk)
    return found


@owners
@require_GET
def fields(request: HttpRequest) -> HttpResponse:
    """All of them in their order, with how many cases have an answer; the retired ones apart."""
    rows = list(CustomField.objects.visible_to(person(request)).annotate(used=Count("values")))
    for row in rows:
        row.label = str(row)  # type: ignore[attr-defined]
    context = {
        "rows": rows,
        "offered": [row for row in rows if row.retired_at is None],
        "retired": [row for row in rows if row.retired_at is not None],
    }
    return render(request, "workspace/structure/fields.html", context)


@owners
@both
def field_new(request: HttpRequest) -> HttpResponse:
    """One more, after the others."""
    return _saved(request, None, _("Dato nuevo"), _("Agregar"))


@owners
@both
def field(request: HttpRequest, pk: int) -> HttpResponse:
    """How it is asked."""
    found = _field(request, pk)
    return _saved(request, found, _("Dato: %(name)s") % {"name": found}, _("Guardar"))


def _saved(request: HttpRequest, found: CustomField | None, title: str, submit: str) -> HttpResponse:
    form = FieldForm(posted(request), field=found)
    action = Action(title=title, submit=submit, back=reverse("workspace:fields"), wide=True)

    def run(data: dict[str, Any]) -> str:
        services.save_field(field=found, wanted=form.wanted())
        return _("Guardado.")

    return perform(request, action, form, run)


@owners
@require_POST
def field_order(request: HttpRequest) -> HttpResponse:
    """The order in which they are asked and shown."""
    services.order_fields(order_of(request.POST))
    return sorted_answer(request, reverse("workspace:fields"))


@owners
@require_POST
def field_retirement(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for it no more."""
    found = _field(request, pk)

    def run() -> str:
        services.retire_field(field=found, now=instant(request))
        return _("El dato %(name)s ya no se pide.") % {"name": found}

    return attempt(
        request, run, reverse("workspace:fields"), undo=reverse("workspace:field_restoration", args=[pk])
    )


@owners
@require_POST
def field_restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for it again."""
    found = _field(request, pk)

    def run() -> str:
        services.restore_field(field=found)
        return _("El dato %(name)s se pide de nuevo.") % {"name": found}

    return attempt(request, run, reverse("workspace:fields"))


@owners
@require_POST
def field_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    """Only one in which nothing stands."""
    found = _field(request, pk)

    def run() -> str:
        name = str(found)
        services.delete_field(field=found)
        return _("El dato %(name)s se borró.") % {"name": name}

    return attempt(request, run, reverse("workspace:fields"))


@staff
@both
def case_fields(request: HttpRequest, number: int) -> HttpResponse:
    """Fill them on a case."""
    ticket = find(number, person(request))
    asked = services.asked_of(ticket)
    if not asked:
        return redirect(back(ticket))
    had = dict(ticket.field_values.values_list("field", "value"))
    form = ValuesForm(
        posted(request), asked=asked, had=had, work=ticket.work_type_id, department=ticket.department_id
    )
    action = Action(
        title=_("Datos del caso %(number)s") % {"number": number},
        submit=_("Guardar"),
        back=back(ticket),
        template="workspace/structure/values.html",
    )
    if form.is_bound and form.is_valid():
        try:
            services.set_values(
                ticket=ticket, sent=form.answers(), actor=person(request), now=instant(request)
            )
        except services.WrongAnswers as error:
            form.add_problems(error.wrong)
        else:
            done(request, _("Guardado."))
            return go(request, action.back)
    return show(request, action, form, status=422 if form.is_bound else 200)
