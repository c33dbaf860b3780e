"""The vendor's public fields of a case: its customer fills them as long as it goes on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from vigente.portal.pages import customer, page
from vigente.portal.views.ticket import visible
from vigente.rules.refusal import Refused
from vigente.tickets.services.fields import WrongAnswers, asked_of, set_values
from vigente.ui.custom_fields import ValuesForm
from vigente.ui.feedback import done, refused
from vigente.ui.wording import refusal_text


@customer
def fields(request: HttpRequest, number: int) -> HttpResponse:
    """Show them, or keep what was written."""
    row = visible(request, number)
    asked = asked_of(row, reader=request.user)
    if not asked or row.is_done:
        return redirect("portal:ticket", number)
    had = dict(row.field_values.filter(field__in=asked).values_list("field", "value"))
    data = request.POST if request.method == "POST" else None
    form = ValuesForm(data, asked=asked, had=had, work=row.work_type_id, department=row.department_id)
    if form.is_bound and form.is_valid():
        try:
            set_values(ticket=row, sent=form.answers(), actor=request.user, now=request.now)
        except WrongAnswers as error:
            form.add_problems(error.wrong)
        except Refused as refusal:
            refused(request, refusal_text(refusal))
            return redirect("portal:ticket", number)
        else:
            done(request, _("Guardado."))
            return redirect("portal:ticket", number)
    return page(request, "fields.html", {"form": form, "ticket": row}, 422 if form.is_bound else 200)
