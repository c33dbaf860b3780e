"""Notice to cancel or to change a plan: what it would do, said before it is done (R5; rows 21–23, 38)."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vigente.billing.models import Order, PlanVersion, Subscription
from vigente.billing.prices import terms_of
from vigente.billing.queries import meter_of, sold_versions
from vigente.billing.services import orders
from vigente.billing.services.subscriptions import change_plan, give_notice, notice_preview, withdraw_notice
from vigente.billing.services.upgrades import preview_change
from vigente.portal.contracts import contract_of
from vigente.portal.pages import customer, is_manager, not_allowed, page, seats
from vigente.portal.views.ask import new_key
from vigente.portal.views.orders import after_order
from vigente.portal.wishing import ask_a_manager
from vigente.rules.refusal import Refused
from vigente.ui.feedback import done, refused
from vigente.ui.wording import refusal_text


def contract(request: HttpRequest, pk: int) -> Subscription:
    """A contract of this person's organizations; any other is not found."""
    rows = Subscription.objects.visible_to(request.user).select_related(
        "version__plan__edition__product", "version__plan__tax_category", "version__sla_policy",
        "licence__edition__product", "organization",
        "change_to__plan__edition", "announced_version__plan__edition",
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
            row, row.licence, terms_of(row.organization, now=request.now), now=request.now
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
    """Today's charge, the next one, cases and from when (row 23); on POST an order to pay, or noted for later."""
    row = contract(request, subscription)
    if not manages(request, row):
        return ask_a_manager(request, _("Cambiar de plan"), version=version, subscription=row)
    wanted = get_object_or_404(
        sold_versions(now=request.now).filter(plan__edition=row.version.plan.edition_id), pk=version
    )
    try:
        effect = preview_change(subscription=row, version=wanted, now=request.now)
        if request.method == "POST":
            return _change(request, row, wanted, immediate=effect.immediate)
    except Refused as refusal:
        refused(request, refusal_text(refusal))
        return redirect("portal:plan")
    terms = terms_of(row.organization, now=request.now)
    context = {
        "contract": contract_of(row, row.licence, terms, now=request.now),
        "subscription": row,
        "version": wanted,
        "change": effect,
        "notice": notice_preview(subscription=row, now=request.now),
        "effective": row.ends_at or effect.effective,
        "key": new_key(),
    }
    return page(request, "plan_change.html", context)


def _change(request: HttpRequest, row: Subscription, wanted: PlanVersion, *, immediate: bool) -> HttpResponse:
    """What was shown, and nothing else: a change that would cost now was not agreed to by who saw one that waits."""
    if immediate != (request.POST.get("immediate") == "1"):
        refused(request, _("Mientras tanto cambió lo que costaría. Revíselo otra vez."))
        return redirect("portal:plan_change", row.pk, wanted.pk)
    if immediate:
        key = request.POST.get("key", "")
        key = key if re.fullmatch(r"[A-Za-z0-9-]{8,64}", key) else new_key()
        made = orders.place(
            organization=row.organization,
            kind=Order.Kind.UPGRADE,
            version=wanted,
            licence=row.licence,
            subscription=row,
            key=f"upgrade:{request.user.pk}:{row.pk}:{key}",
            actor=request.user,
            now=request.now,
        )
        return after_order(made)
    change_plan(subscription=row, version=wanted, actor=request.user, now=request.now)
    text = (
        _("Anotado: pasa a %(plan)s al terminar este periodo, si antes se paga.")
        if row.unpaid_until
        else _("Anotado: pasa a %(plan)s al terminar el periodo pagado.")
    ) % {"plan": wanted.plan.name}
    done(request, text, undo=reverse("portal:notice_withdrawal", args=[row.pk]))
    return redirect("portal:plan")
