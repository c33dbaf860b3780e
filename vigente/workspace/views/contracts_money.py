"""An organization's money on its page: who its invoices are made out to."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from vigente.billing.models import BillingProfile
from vigente.workspace.access import person, supervisors
from vigente.workspace.answers import Action, perform, posted
from vigente.workspace.forms.money import ProfileForm
from vigente.workspace.views.actions import both
from vigente.workspace.views.organizations import find_organization, page_of


@supervisors
@both
def organization_billing(request: HttpRequest, pk: int) -> HttpResponse:
    """What invoices say from now on; issued ones stay as they are."""
    found = find_organization(pk, person(request))
    profile = BillingProfile.objects.filter(organization=found).first() or BillingProfile(organization=found)
    form = ProfileForm(posted(request), instance=profile)
    action = Action(
        title=_("Datos de facturación de %(name)s") % {"name": found},
        submit=_("Guardar"),
        back=page_of(found),
        wide=True,
        notes=(_("Valen para las facturas que se emitan desde ahora; las emitidas no cambian."),),
    )

    def run(data: dict[str, Any]) -> str:
        form.save()
        return _("Guardado.")

    return perform(request, action, form, run)
