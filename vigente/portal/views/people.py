"""The people of an organization: its manager invites, names roles, says who may spend cases, ends somebody's access."""

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vigente.accounts import services
from vigente.accounts.forms import DrawPolicyForm, InvitationForm, MembershipForm
from vigente.accounts.models import Invitation, Membership, Organization
from vigente.billing.models.rulebooks import rulebook_at
from vigente.portal.pages import customer, is_manager, not_allowed, page, seat_of
from vigente.ui.feedback import done, refused


@require_safe
@customer
def people(request: HttpRequest) -> HttpResponse:
    """Who belongs, who was invited, and the form that invites."""
    seat = seat_of(request)
    if not is_manager(seat):
        return not_allowed(request, _("Personas de la organización"))
    return _page(request, seat, InvitationForm(initial={"email": request.GET.get("email", "")[:254]}))


def _page(
    request: HttpRequest,
    seat: Membership,
    form: InvitationForm,
    spending: DrawPolicyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    organization = seat.organization
    policy = {"draw_by": organization.draw_by, "approve_beyond": organization.approve_beyond}
    members = organization.memberships.select_related("user").order_by("role", "user__name", "user__email")
    context = {
        "members": members,
        "waiting": organization.invitations.open_at(request.now),
        "form": form,
        "spending": spending or DrawPolicyForm(initial=policy),
        "by_default": rulebook_at(request.now).draw_by,
    }
    return page(request, "people.html", context, status)


@require_POST
@customer
def invitations(request: HttpRequest) -> HttpResponse:
    """Offer a seat; the mail goes out by itself."""
    seat = seat_of(request)
    if not is_manager(seat):
        return not_allowed(request, _("Personas de la organización"))
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            sent = services.invite(
                organization=seat.organization, invited_by=request.user, now=request.now, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error("email", error)
        else:
            done(request, _("Invitación enviada a %(email)s.") % {"email": sent.email}, draft="invitation")
            return redirect("portal:people")
    return _page(request, seat, form, status=422)


@require_POST
@customer
def spending(request: HttpRequest) -> HttpResponse:
    """Who may spend the cases (row 46)."""
    seat = seat_of(request)
    if not is_manager(seat):
        return not_allowed(request, _("Personas de la organización"))
    form = DrawPolicyForm(request.POST)
    if not form.is_valid():
        return _page(request, seat, InvitationForm(), spending=form, status=422)
    services.set_draw_policy(organization=seat.organization, **form.cleaned_data)
    done(request, _("Guardado: quién puede usar los casos."))
    return redirect("portal:people")


@require_POST
@customer
def revocation(request: HttpRequest, invitation: int) -> HttpResponse:
    """Withdraw an offer nobody took."""
    row = get_object_or_404(Invitation, pk=invitation, organization__in=_managed(request))
    if services.revoke_invitation(invitation=row, now=request.now):
        done(request, _("Invitación a %(email)s anulada.") % {"email": row.email})
    return redirect("portal:people")


@customer
def person(request: HttpRequest, membership: int) -> HttpResponse:
    """One person's role, and the end of it."""
    row = get_object_or_404(
        Membership.objects.select_related("user", "organization"),
        pk=membership,
        organization__in=_managed(request),
    )
    form = MembershipForm(request.POST or None, initial={"role": row.role, "may_draw": row.may_draw})
    if request.method == "POST" and form.is_valid():
        try:
            services.update_membership(membership=row, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("role", error)
        else:
            done(request, _("Guardado: %(person)s.") % {"person": row.user})
            return redirect("portal:people")
    status = 422 if form.is_bound else 200
    return page(request, "person.html", {"member": row, "form": form}, status)


@require_POST
@customer
def deactivation(request: HttpRequest, membership: int) -> HttpResponse:
    """End somebody's acting for the organization. Their cases stay with it."""
    row = get_object_or_404(
        Membership.objects.select_related("user"), pk=membership, organization__in=_managed(request)
    )
    try:
        services.deactivate(membership=row)
    except ValidationError as error:
        refused(request, error.messages[0])
        return redirect("portal:person", membership)
    done(request, _("%(person)s ya no tiene acceso a la organización.") % {"person": row.user})
    return redirect("portal:home" if row.user == request.user else "portal:people")


def _managed(request: HttpRequest) -> QuerySet[Organization]:
    """Organizations whose people this person may change: a row of any other is not found."""
    return Organization.objects.filter(
        memberships__user=request.user, memberships__role=Membership.Role.MANAGER
    )
