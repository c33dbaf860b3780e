"""The people of an organization: inviting, what each may do, and when somebody leaves."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vigente.accounts.forms import InvitationForm, MembershipForm
from vigente.accounts.models import Invitation, Membership, Organization, User
from vigente.accounts.services import deactivate, invite, revoke_invitation, update_membership
from vigente.workspace.access import instant, person, staff, supervisors
from vigente.workspace.answers import Action, attempt, perform, posted
from vigente.workspace.forms.case import ConfirmForm
from vigente.workspace.views.actions import both
from vigente.workspace.views.organizations import find_organization, page_of


def _membership(pk: int, user: User) -> Membership:
    organizations = Organization.objects.visible_to(user)
    found = Membership.objects.filter(organization__in=organizations).select_related("user", "organization")
    return get_object_or_404(found, pk=pk)


@staff
@both
def person_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer somebody a seat by mail."""
    organization = find_organization(pk, person(request))
    form = InvitationForm(posted(request))
    action = Action(
        title=_("Invitar a una persona"), submit=_("Enviar invitación"), back=page_of(organization)
    )

    def run(data: dict[str, Any]) -> str | None:
        invite(organization=organization, invited_by=person(request), now=instant(request), **data)
        return _("Invitación enviada a %(email)s.") % {"email": data["email"]}

    return perform(request, action, form, run)


@staff
@both
def membership(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody may do for their organization."""
    found = _membership(pk, person(request))
    form = MembershipForm(posted(request), initial={"role": found.role, "may_draw": found.may_draw})
    back = page_of(found.organization)
    action = Action(title=str(found.user), submit=_("Guardar"), back=back, notes=(found.user.email,))

    def run(data: dict[str, Any]) -> str:
        update_membership(membership=found, **data)
        return _("Guardado.")

    return perform(request, action, form, run)


@supervisors
@both
def membership_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody no longer acts for the organization; their cases stay with it."""
    found = _membership(pk, person(request))
    note = _(
        "Deja de ver los casos de %(name)s. Su cuenta sigue siendo suya y lo que pidió queda en la organización."
    )
    action = Action(
        title=_("Quitar a %(name)s") % {"name": found.user},
        submit=_("Quitar"),
        back=page_of(found.organization),
        notes=(note % {"name": found.organization},),
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        deactivate(membership=found)
        return _("%(name)s ya no es parte de la organización.") % {"name": found.user}

    return perform(request, action, ConfirmForm(posted(request)), run)


@staff
@require_POST
def invitation_revocation(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a seat nobody took."""
    found = get_object_or_404(Invitation.objects.select_related("organization"), pk=pk)

    def run() -> str:
        revoke_invitation(invitation=found, now=instant(request))
        return _("Invitación anulada.")

    return attempt(request, run, page_of(found.organization))
