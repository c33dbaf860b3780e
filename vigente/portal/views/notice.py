"""Notice to cancel or to change a plan: what it would do, said before it is done (R5; rows 21–23, 38)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vigente.billing.models import Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import meter_of, price_of, sold_versions
from vigente.billing.services.subscriptions import change_plan, give_notice, notice_preview, withdraw_notice
from vigente.portal.contracts import contract_of
from vigente.portal.pages import customer, is_manager, not_allowed, page, seats
from vigente.rules.refusal import Refused
from vigente.ui.feedback import done, refused
from vigente.ui.wording import refusal_text


def contract(request: HttpRequest, pk: int) -> Subscription:
    """A contract of this person's organizations; any other is not found."""
    rows = Subscription.objects.visible_to(request.user).select_related(
        "version__plan__edition__product", "version__sla_policy", "licence__edition__product", "organization",
        "change_to__plan__edition",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


def manages(request: HttpRequest, subscription: Subscription) -> bool:
    return any(
        is_manager(seat) and seat.organization_id == subscription.organization_id for seat in seats(request)
    )


@customer
def notice(request: HttpRequest, subscription: int) -> HttpResponse:
    """When it would end, what stays usable, until when one may still change one's mind; on POST the notice itself."""
    row = contract(request, subscription)
    if not manages(request, row):
        return not_allowed(request, _("Cancelar el plan"))
    if request.method == "POST":
        try:
            effect = give_notice(subscription=row, actor=request.user, now=request.now)
        except Refused as refusal:
            refused(request, refusal_text(refusal))
        else:
            text = _("Aviso recibido: el plan %(plan)s termina. Hasta entonces todo sigue igual.")
            undo = reverse("portal:notice_withdrawal", args=[row.pk])
            done(
                request,
                text % {"plan": row.version.plan.name},
                undo=undo if effect.effective > request.now else "",
            )
        return redirect("portal:plan")
    context = {
        "contract": contract_of(
            row, row.licence, row.organization, rulebook_at(request.now), now=request.now
        ),
        "subscription": row,
        "notice": notice_preview(subscription=row, now=request.now),
        "meter": meter_of(organization=row.organization, licence=row.licence, now=request.now),
    }
    return page(request, "plan_notice.html", context)


@require_POST
@customer
def notice_withdrawal(request: HttpRequest, subscription: int) -> HttpResponse:
    """Take the notice back: the plan goes on as if nothing had been said."""
    row = contract(request, subscription)
    if not manages(request, row):
        return not_allowed(request, _("Cancelar el plan"))
    try:
        withdraw_notice(subscription=row, actor=request.user, now=request.now)
    except Refused as refusal:
        refused(request, refusal_text(refusal))
    else:
        done(
            request, _("El plan %(plan)s sigue y se renueva como siempre.") % {"plan": row.version.plan.name}
        )
    return redirect("portal:plan")


@customer
def change(request: HttpRequest, subscription: int, version: int) -> HttpResponse:
    """What the other plan brings and from when; on POST it is noted for the next term. No money moves today."""
    row = contract(request, subscription)
    if not manages(request, row):
        return not_allowed(request, _("Cambiar de plan"))
    wanted = get_object_or_404(
        sold_versions(now=request.now).filter(plan__edition=row.version.plan.edition_id), pk=version
    )
    if request.method == "POST":
        try:
            change_plan(subscription=row, version=wanted, actor=request.user, now=request.now)
        except Refused as refusal:
            refused(request, refusal_text(refusal))
        else:
            text = _("Anotado: pasa a %(plan)s al terminar el periodo pagado.")
            undo = reverse("portal:notice_withdrawal", args=[row.pk])
            done(request, text % {"plan": wanted.plan.name}, undo=undo)
        return redirect("portal:plan")
    book = rulebook_at(request.now)
    context = {
        "contract": contract_of(row, row.licence, row.organization, book, now=request.now),
        "subscription": row,
        "version": wanted,
        "price": price_of(
            version=wanted, licence=row.licence, organization=row.organization, now=request.now, book=book
        ),
        "notice": notice_preview(subscription=row, now=request.now),
        "effective": row.ends_at,
    }
    return page(request, "plan_change.html", context)
