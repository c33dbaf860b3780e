"""Orders: the list, one with its link, preparing one for a customer, taking one back."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.billing.models import Order, Subscription
from vigente.billing.prices import Priced, check_coupon, price_pack, price_plan, terms_of
from vigente.billing.services import orders as services
from vigente.rules.invoicing import Line
from vigente.rules.refusal import Refused
from vigente.ui.invoice_words import discount_text, label_text, licence_words
from vigente.workspace.access import instant, person, supervisors
from vigente.workspace.answers import Action, add_refusal, asked, attempt, perform, posted, show
from vigente.workspace.forms.orders import OrderForm
from vigente.workspace.money import lists
from vigente.workspace.views.actions import both
from vigente.workspace.views.money_invoice import once
from vigente.workspace.views.organizations import find_organization


@supervisors
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """Orders, those that wait first."""
    view, text = request.GET.get("view", "waiting"), asked(request)
    if view not in lists.ORDER_VIEWS:
        raise Http404
    page = lists.orders(person(request), view=view, text=text, cursor=request.GET.get("after"))
    views = [
        ("waiting", _("Esperan")),
        ("done", _("Hechos")),
        ("closed", _("Cancelados y vencidos")),
        ("all", _("Todos")),
    ]
    kept = urlencode({name: value for name, value in (("q", text), ("view", view)) if value})
    more = f"?{kept}&after={page.next_cursor}" if page.has_more else ""
    context = {"page": page, "view": view, "views": views, "q": text, "more": more}
    return render(request, "workspace/money/orders.html", context)


@supervisors
@require_GET
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """One: what it is for, what it costs, its link, its payments."""
    related = (
        "organization",
        "version__plan",
        "licence",
        "subscription",
        "invoice",
        "created_by",
        "accepted_by",
    )
    found = get_object_or_404(lists.orders_of(person(request)).select_related(*related), pk=pk)
    priced = Priced(tuple(Line.from_json(line) for line in found.lines), found.currency)
    context = {
        "order": found,
        "lines": shown_lines(priced),
        "link": _link(found),
        "payments": list(found.payments.order_by("created_at", "id")),
        "waits": found.status in services.WAITING,
    }
    return render(request, "workspace/money/order.html", context)


@supervisors
@both
def order_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare one for a customer; the price is shown before, and they accept it by its link."""
    found, now = find_organization(pk, person(request)), instant(request)
    form = OrderForm(posted(request), organization=found, now=now, initial={"submission_key": once()})
    action = Action(
        title=_("Preparar un pedido para %(name)s") % {"name": found},
        submit=_("Preparar el pedido"),
        back=reverse("workspace:organization", args=[pk]),
        wide=True,
        template="workspace/money/order_new.html",
        notes=(_("El cliente recibe un correo con el enlace. Nada se cobra hasta que lo acepte y pague."),),
    )
    if request.method == "POST" and "preview" in request.POST and form.is_valid():
        return _with_price(request, action, form, found, now=now)

    def run(data: dict[str, Any]) -> str:
        made = services.place(
            organization=found,
            prepared=True,
            key=f"desk:{data['submission_key']}",
            actor=person(request),
            now=now,
            **form.wanted(),
        )
        action.back = reverse("workspace:order", args=[made.pk])
        return _("Pedido preparado. Ya le escribimos el enlace al cliente.")

    return perform(request, action, form, run)


@supervisors
@require_POST
def order_cancellation(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one that is not paid."""
    found = get_object_or_404(Order.objects.visible_to(person(request)), pk=pk)

    def run() -> str:
        services.cancel(order=found, actor=person(request), now=instant(request))
        return _("Pedido cancelado.")

    return attempt(request, run, reverse("workspace:order", args=[pk]))


@supervisors
@require_GET
def contract_order(request: HttpRequest, pk: int) -> HttpResponse:
    """To the order a contract waits for."""
    contract = get_object_or_404(Subscription.objects.visible_to(person(request)), pk=pk)
    found = contract.orders.order_by("-id").first()
    if found is None:
        raise Http404
    return redirect("workspace:order", found.pk)


def shown_lines(priced: Priced) -> list[dict[str, Any]]:
    """Lines in the reader's language, with their discount."""
    language = get_language() or "es"
    licences = licence_words([line.label.to_json() for line in priced.lines])
    return [
        {
            "line": line,
            "text": label_text(line.label.to_json(), language, licences),
            "discount": discount_text(line.discount_code, line.discount_basis_points, language)
            if line.discount_minor
            else "",
        }
        for line in priced.lines
    ]


def _with_price(
    request: HttpRequest, action: Action, form: OrderForm, organization: Any, *, now: Any
) -> HttpResponse:
    """The form again, with what it would cost."""
    wanted, priced = form.wanted(), None
    buying = {"version": wanted["version"], "licence": wanted["licence"]}
    is_pack = wanted["kind"] == Order.Kind.PACK
    try:
        terms = terms_of(organization, now=now)
        check_coupon(wanted["coupon"], **buying, terms=terms, is_pack=is_pack)
        common = {**buying, "organization": organization, "coupon": wanted["coupon"], "now": now}
        priced = price_pack(**common, quantity=wanted["quantity"]) if is_pack else price_plan(**common)
    except Refused as refusal:
        add_refusal(form, refusal)
    if priced is not None:
        action.context = {"priced": priced, "lines": shown_lines(priced)}
    return show(request, action, form, status=200 if priced else 422)


def _link(order: Order) -> str:
    """The address the customer opens, in the language of their organization."""
    with override(order.organization.language):
        return settings.BASE_URL + reverse("portal:order", args=[order.token])
