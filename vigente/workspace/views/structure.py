"""How the owner arranges the words by which cases are sorted: tags."""

from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.tickets.models import Tag
from vigente.tickets.services import structure
from vigente.ui.sorting import order_of, sorted_answer
from vigente.workspace.access import instant, owners, person
from vigente.workspace.answers import Action, attempt, perform, posted
from vigente.workspace.forms.structure import TagForm
from vigente.workspace.views.actions import both


def _tag(request: HttpRequest, pk: int) -> Tag:
    found: Tag = get_object_or_404(Tag.objects.visible_to(person(request)), pk=pk)
    return found


@owners
@require_GET
def tags(request: HttpRequest) -> HttpResponse:
    """All of them in their order, with how many cases have each; the retired ones apart."""
    rows = list(Tag.objects.visible_to(person(request)).annotate(used=Count("taggings")))
    for tag in rows:
        tag.label = str(tag)  # type: ignore[attr-defined]
        shown = (get_language() or settings.LANGUAGE_CODE)[:2]
        tag.others = ", ".join(text for code, text in tag.names.items() if code != shown)  # type: ignore[attr-defined]
    context = {
        "rows": rows,
        "offered": [tag for tag in rows if tag.retired_at is None],
        "retired": [tag for tag in rows if tag.retired_at is not None],
    }
    return render(request, "workspace/structure/tags.html", context)


@owners
@both
def tag_new(request: HttpRequest) -> HttpResponse:
    """One more, after the others."""
    action = Action(title=_("Etiqueta nueva"), submit=_("Agregar"), back=reverse("workspace:tags"))

    def run(data: dict[str, Any]) -> str:
        made = structure.add_tag(names=data["names"], colour=data["colour"])
        return _("Etiqueta %(name)s agregada.") % {"name": made}

    return perform(request, action, TagForm(posted(request)), run)


@owners
@both
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Its names and colour."""
    found = _tag(request, pk)
    title = _("Etiqueta %(name)s") % {"name": found}
    action = Action(title=title, submit=_("Guardar"), back=reverse("workspace:tags"))

    def run(data: dict[str, Any]) -> str:
        structure.change_tag(tag=found, names=data["names"], colour=data["colour"])
        return _("Guardado.")

    return perform(request, action, TagForm(posted(request), tag=found), run)


@owners
@require_POST
def tag_order(request: HttpRequest) -> HttpResponse:
    """The order in which they are shown everywhere."""
    structure.order_tags(order_of(request.POST))
    return sorted_answer(request, reverse("workspace:tags"))


@owners
@require_POST
def tag_retirement(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it no more."""
    found = _tag(request, pk)

    def run() -> str:
        structure.retire_tag(tag=found, now=instant(request))
        return _("La etiqueta %(name)s ya no se ofrece.") % {"name": found}

    undo = reverse("workspace:tag_restoration", args=[pk])
    return attempt(request, run, reverse("workspace:tags"), undo=undo)


@owners
@require_POST
def tag_restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it again."""
    found = _tag(request, pk)

    def run() -> str:
        structure.restore_tag(tag=found)
        return _("La etiqueta %(name)s se ofrece de nuevo.") % {"name": found}

    return attempt(request, run, reverse("workspace:tags"))


@owners
@require_POST
def tag_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    """Only one that no case has."""
    found = _tag(request, pk)

    def run() -> str:
        name = str(found)
        structure.delete_tag(tag=found)
        return _("Etiqueta %(name)s borrada.") % {"name": name}

    return attempt(request, run, reverse("workspace:tags"))
