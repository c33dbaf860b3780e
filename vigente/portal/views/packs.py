"""Extra cases for this period (R6, row 26): bought here, usable once they are paid; given back while untouched."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vigente.accounts.models import Organization
from vigente.billing.models import Order
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.prices import price_pack
from vigente.billing.purchases import pack_of
from vigente.billing.services import orders, packs
from vigente.billing.services.packs import pack_end
from vigente.portal.contract_forms import PackForm
from vigente.portal.pages import customer, page, seats
from vigente.portal.views.ask import new_key
from vigente.portal.views.notice import contract, manages
from vigente.portal.views.orders import after_order
from vigente.portal.wishing import ask_a_manager
from vigente.rules.refusal import Refused
from vigente.ui.feedback import done, refused
from vigente.ui.wording import refusal_text

FEW_DAYS = 7


@customer
def pack_order(request: HttpRequest, subscription: int) -> HttpResponse:
    """How many, what they cost and until when they would last; on POST an order, to be paid."""
    row = contract(request, subscription)
    if not manages(request, row):
        return ask_a_manager(request, _("Comprar casos extra"), subscription=row)
    version = row.version
    if version.pack_price_minor is None:
        raise Http404
    recount = request.method == "POST" and "recount" in request.POST
    form = PackForm(request.POST or None, initial={"quantity": 1, "key": new_key()})
    quantity = form.cleaned_data["quantity"] if form.is_bound and form.is_valid() else 1
    status = 200
    if request.method == "POST" and not recount and form.is_valid():
        key = f"pack:{request.user.pk}:{row.pk}:{_key(form.cleaned_data['key'])}"
        try:
            made = orders.place(
                organization=row.organization,
                kind=Order.Kind.PACK,
                version=version,
                licence=row.licence,
                subscription=row,
                quantity=quantity,
                coupon=form.cleaned_data["coupon"],
                key=key,
                actor=request.user,
                now=request.now,
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal_text(refusal))
            status = 409
        else:
            done(request, _("Pedido hecho: casos extra."))
            return after_order(made)
    elif request.method == "POST" and not recount:
        status = 422
    book = rulebook_at(request.now)
    try:
        price = price_pack(
            version=version,
            licence=row.licence,
            organization=row.organization,
            quantity=quantity,
            now=request.now,
        )
    except Refused:
        raise Http404 from None
    until = pack_end(row, book, now=request.now)
    context = {
        "subscription": row,
        "form": form,
        "price": price,
        "cases": version.pack_cases * quantity,
        "until": until,
        "days_left": (until - request.now).days,
        "few_days": (until - request.now).days < FEW_DAYS,
        "book": book,
        "needs_plan": not row.contract().in_force(request.now) and not book.sell_packs_without_plan,
    }
    return page(request, "pack_order.html", context, status=status)


@require_POST
@customer
def pack_return(request: HttpRequest, pack: int) -> HttpResponse:
    """Give an untouched pack back in time: its money is the customer's again."""
    mine = [seat.organization_id for seat in seats(request)]
    if pack_of(pack, organizations=Organization.objects.filter(pk__in=mine)) is None:
        raise Http404
    if pack_of(pack, organizations=Organization.objects.managed_by(request.user)) is None:
        return ask_a_manager(request, _("Devolver casos extra"))
    try:
        packs.return_pack(grant_id=pack, actor=request.user, now=request.now)
    except Refused as refusal:
        refused(request, refusal_text(refusal))
    else:
        done(request, _("Devuelto. Lo que pagó queda a su favor para el próximo cobro."))
    return redirect("portal:plan")


def _key(given: str) -> str:
    """What names this order, so that sending it twice is one; anything else than what the page gave is a new one."""
    return given if re.fullmatch(r"[A-Za-z0-9-]{8,64}", given) else new_key()
