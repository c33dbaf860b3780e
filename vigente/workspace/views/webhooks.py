"""The owner's webhooks: which programs are told what happens, what was sent and answered, sending it again."""

import json
from typing import Any, cast

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from vigente.billing.models.rulebooks import rulebook_at
from vigente.webhooks import services
from vigente.webhooks.models import Delivery, Endpoint
from vigente.webhooks.queries import delivery_page, with_failures
from vigente.webhooks.words import error_text
from vigente.workspace.access import instant, owners, person
from vigente.workspace.answers import Action, attempt, perform, posted
from vigente.workspace.forms.fields import start_of_day
from vigente.workspace.forms.webhooks import ReplayForm, WebhookForm
from vigente.workspace.views.actions import both

SECRET = "webhook_secret"  # in the session, from when one is made until it is shown
VIEWS = ("all", *Delivery.Status.values)


def _endpoint(request: HttpRequest, pk: int) -> Endpoint:
    rows = Endpoint.objects.visible_to(person(request)).select_related("created_by")
    return cast(Endpoint, get_object_or_404(rows, pk=pk))


def _delivery(request: HttpRequest, pk: int) -> Delivery:
    rows = Delivery.objects.visible_to(person(request)).select_related("endpoint")
    return cast(Delivery, get_object_or_404(rows, pk=pk))


@owners
@require_GET
def webhooks(request: HttpRequest) -> HttpResponse:
    """All of them, with how they fare."""
    rows = with_failures(Endpoint.objects.visible_to(person(request)))
    return render(request, "workspace/webhooks/list.html", {"rows": rows})


@owners
@require_GET
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """One, with its log, newest first. A new secret is shown once."""
    endpoint = _endpoint(request, pk)
    view = request.GET.get("view", "all")
    if view not in VIEWS:
        raise Http404
    page = delivery_page(endpoint, status=view, cursor=request.GET.get("after"))
    new = request.session.get(SECRET) or {}
    secret = request.session.pop(SECRET)["secret"] if new.get("pk") == pk else ""
    context = {
        "endpoint": endpoint,
        "rows": [(row, error_text(row.last_error)) for row in page.rows],
        "more": f"?view={view}&after={page.next_cursor}" if page.has_more else "",
        "view": view,
        "views": _tabs(),
        "secret": secret,
        "rotating": endpoint.old_secret_until is not None and instant(request) < endpoint.old_secret_until,
    }
    return render(request, "workspace/webhooks/webhook.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [
        ("all", _("Todo")),
        ("pending", _("Por entregar")),
        ("delivered", _("Entregado")),
        ("failed", _("Sin entregar")),
    ]


@owners
@both
def webhook_new(request: HttpRequest) -> HttpResponse:
    """Tell one more program."""
    form = WebhookForm(posted(request))
    action = Action(
        title=_("Webhook nuevo"),
        submit=_("Crear"),
        back=reverse("workspace:webhooks"),
        template="workspace/webhooks/form.html",
        wide=True,
    )

    def run(data: dict[str, Any]) -> None:
        made = services.create_endpoint(
            url=data["url"],
            kinds=data["kinds"],
            description=data["description"],
            actor=person(request),
            now=instant(request),
        )
        request.session[SECRET] = {"pk": made.pk, "secret": made.secret}
        action.back = reverse("workspace:webhook", args=[made.pk])

    return perform(request, action, form, run)


@owners
@both
def webhook_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change it, switch it off or on."""
    endpoint = _endpoint(request, pk)
    form = WebhookForm(posted(request), endpoint=endpoint)
    action = Action(
        title=_("Cambiar el webhook"),
        submit=_("Guardar"),
        back=reverse("workspace:webhook", args=[pk]),
        template="workspace/webhooks/form.html",
        wide=True,
    )

    def run(data: dict[str, Any]) -> str:
        services.change_endpoint(
            endpoint=endpoint,
            url=data["url"],
            kinds=data["kinds"],
            description=data["description"],
            is_active=data["is_active"],
            now=instant(request),
        )
        return _("Guardado.")

    return perform(request, action, form, run)


@owners
@require_POST
def webhook_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret; the one before is good for a day more."""
    endpoint = _endpoint(request, pk)

    def run() -> None:
        secret = services.rotate_secret(endpoint=endpoint, now=instant(request))
        request.session[SECRET] = {"pk": pk, "secret": secret}

    return attempt(request, run, reverse("workspace:webhook", args=[pk]))


@owners
@require_POST
def webhook_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a `webhook.test`."""
    endpoint = _endpoint(request, pk)

    def run() -> str:
        services.send_test(endpoint=endpoint, now=instant(request))
        return _("La prueba va en camino. Actualice la página para ver la respuesta.")

    return attempt(request, run, reverse("workspace:webhook", args=[pk]))


@owners
@both
def webhook_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Send again what failed since a day."""
    endpoint = _endpoint(request, pk)
    form = ReplayForm(posted(request))
    action = Action(
        title=_("Enviar de nuevo lo que no llegó"),
        submit=_("Enviar de nuevo"),
        back=reverse("workspace:webhook", args=[pk]),
        notes=(_("Cada mensaje sale con el mismo identificador: el receptor reconoce los que ya tuvo."),),
    )

    def run(data: dict[str, Any]) -> str:
        since = start_of_day(data["since"], rulebook_at(instant(request)).zone)
        count = services.replay_failed(endpoint=endpoint, since=since, now=instant(request))
        said = ngettext("Va de nuevo %(count)s mensaje.", "Van de nuevo %(count)s mensajes.", count)
        return said % {"count": count}

    return perform(request, action, form, run)


@owners
@both
def webhook_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    """It and its log go away."""
    endpoint = _endpoint(request, pk)
    action = Action(
        title=_("Eliminar el webhook"),
        submit=_("Eliminar"),
        back=reverse("workspace:webhook", args=[pk]),
        notes=(str(endpoint), _("Se elimina con su registro de entregas. No se puede deshacer.")),
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        services.delete_endpoint(endpoint=endpoint)
        action.back = reverse("workspace:webhooks")
        return _("Eliminado.")

    return perform(request, action, forms.Form(posted(request)), run)


@owners
@require_GET
def webhook_delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: what was sent, and what was answered at each try."""
    delivery = _delivery(request, pk)
    context = {
        "delivery": delivery,
        "body": _laid_out(delivery.body),
        "error": error_text(delivery.last_error),
        "tries": [(one, error_text(one.error)) for one in delivery.tries.all()[:100]],
    }
    return render(request, "workspace/webhooks/delivery.html", context)


def _laid_out(body: str) -> str:
    """JSON with its lines and indents."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:
        return body


@owners
@require_POST
def webhook_delivery_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it again, whatever became of it."""
    delivery = _delivery(request, pk)

    def run() -> str:
        if services.replay(delivery=delivery, now=instant(request)):
            return _("Va en camino de nuevo. Actualice la página para ver la respuesta.")
        return _("Se está enviando en este momento.")

    return attempt(request, run, reverse("workspace:webhook_delivery", args=[pk]))
