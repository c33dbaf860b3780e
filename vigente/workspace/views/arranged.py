"""The owner's pages of what is arranged by hand: one list, one form, for every kind in `workspace.arranged`."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.ui.sorting import order_of, sorted_answer
from vigente.workspace.access import instant, owners, person
from vigente.workspace.answers import Action, attempt, perform, posted
from vigente.workspace.arranged import KINDS, Arranged
from vigente.workspace.views.actions import both


def _kind(words: str) -> Arranged:
    if words not in KINDS:
        raise Http404
    return KINDS[words]


def _row(request: HttpRequest, kind: Arranged, pk: int) -> Any:
    return get_object_or_404(kind.rows(person(request)), pk=pk)


def _page(kind: Arranged) -> str:
    return reverse("workspace:arranged", args=[kind.slug])


@owners
@require_GET
def arranged(request: HttpRequest, words: str) -> HttpResponse:
    """All rows in their order, the retired ones apart."""
    kind = _kind(words)
    rows = list(kind.rows(person(request)))
    for row in rows:
        row.label = str(row)
    offered = [row for row in rows if row.retired_at is None]
    context = {
        "kind": kind,
        "groups": kind.groups(offered),
        "retired": [row for row in rows if row.retired_at is not None],
    }
    return render(request, "workspace/arranged/list.html", context)


@owners
@both
def arranged_new(request: HttpRequest, words: str) -> HttpResponse:
    """One more."""
    kind = _kind(words)
    return _saved(request, kind, None, str(kind.new), _("Agregar"))


@owners
@both
def arranged_row(request: HttpRequest, words: str, pk: int) -> HttpResponse:
    """Change one."""
    kind = _kind(words)
    row = _row(request, kind, pk)
    return _saved(request, kind, row, _("Cambiar: %(name)s") % {"name": row}, _("Guardar"))


def _saved(request: HttpRequest, kind: Arranged, row: Any, title: str, submit: str) -> HttpResponse:
    form = kind.form(posted(request), row)
    action = Action(title=title, submit=submit, back=_page(kind))

    def run(data: dict[str, Any]) -> str:
        saved = kind.save(row, data, person(request), instant(request))
        return _("Guardado: %(name)s.") % {"name": saved}

    return perform(request, action, form, run)


@owners
@require_POST
def arranged_order(request: HttpRequest, words: str) -> HttpResponse:
    """The order of rows among those they stand with."""
    kind = _kind(words)
    if kind.order is None:
        raise Http404
    kind.order(order_of(request.POST))
    return sorted_answer(request, _page(kind))


@owners
@require_POST
def arranged_retirement(request: HttpRequest, words: str, pk: int) -> HttpResponse:
    """Offer it no more."""
    kind = _kind(words)
    row = _row(request, kind, pk)

    def run() -> str:
        kind.retire(row, instant(request))
        return _("Ya no se ofrece: %(name)s.") % {"name": row}

    return attempt(
        request, run, _page(kind), undo=reverse("workspace:arranged_restoration", args=[words, pk])
    )


@owners
@require_POST
def arranged_restoration(request: HttpRequest, words: str, pk: int) -> HttpResponse:
    """Offer it again."""
    kind = _kind(words)
    row = _row(request, kind, pk)

    def run() -> str:
        kind.restore(row)
        return _("Se ofrece de nuevo: %(name)s.") % {"name": row}

    return attempt(request, run, _page(kind))
