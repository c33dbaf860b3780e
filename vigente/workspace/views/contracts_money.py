"""Of an organization's page: who its invoices are made out to, and giving an installation to another (row 34)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from vigente.billing.models import BillingProfile, Licence
from vigente.billing.services import licences
from vigente.workspace.access import instant, person, supervisors
from vigente.workspace.answers import Action, perform, posted
from vigente.workspace.forms.money import ProfileForm, TransferForm
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


@supervisors
@both
def licence_transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an installation to another organization: what follows it and what stays is said before."""
    licence = get_object_or_404(
        Licence.objects.visible_to(person(request)).select_related("organization", "edition__product"), pk=pk
    )
    action = Action(
        title=_("Pasar la licencia a otra organización"),
        submit=_("Pasar la licencia"),
        back=page_of(licence.organization),
        notes=(
            _("La siguen sus planes, con sus fechas, y los casos que les quedan."),
            _("Los casos ya abiertos, las personas, las facturas y los pagos se quedan con %(name)s.")
            % {"name": licence.organization},
        ),
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        licences.transfer_licence(
            licence=licence, organization=data["organization"], actor=person(request), now=instant(request)
        )
        action.back = page_of(data["organization"])
        return _("La licencia es ahora de %(name)s.") % {"name": data["organization"]}

    return perform(request, action, TransferForm(posted(request), user=person(request)), run)
