"""The owner's documents: who sells, and the templates invoices, credit notes and statements are printed from."""

import base64
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from vigente.billing.models import DocumentTemplate, SellerProfile
from vigente.billing.services.documents import save_template, set_logo
from vigente.installation.files import PDF, never_a_page
from vigente.printing import press
from vigente.printing.samples import sample
from vigente.printing.sandbox import Broken
from vigente.rules.refusal import Refused
from vigente.ui.feedback import done
from vigente.workspace.access import instant, owners, person
from vigente.workspace.answers import Action, add_refusal, go, perform, posted
from vigente.workspace.forms.documents import DocumentForm, SellerForm
from vigente.workspace.views.actions import both

PAGES_SHOWN = 3
VERSIONS_SHOWN = 12


@owners
@both
def seller(request: HttpRequest) -> HttpResponse:
    """Who sells."""
    row = SellerProfile.current()
    form = SellerForm(posted(request), request.FILES or None, instance=row)
    action = Action(title=_("Datos para facturar"), submit=_("Guardar"), back=reverse("workspace:documents"))

    def run(data: dict[str, Any]) -> str:
        if data["new_logo"] is not None or data.get("remove_logo"):
            set_logo(seller=form.instance, file=data["new_logo"])
        form.save()
        return _("Guardado. Vale para lo que se emita desde ahora.")

    return perform(request, action, form, run)


@owners
@both
def documents(request: HttpRequest) -> HttpResponse:
    """Each kind of document with its template."""
    kinds = [(kind, label, DocumentTemplate.in_force(kind)) for kind, label in DocumentTemplate.Kind.choices]
    return render(
        request, "workspace/documents/documents.html", {"kinds": kinds, "seller": SellerProfile.current()}
    )


@owners
@both
def document(request: HttpRequest, kind: str) -> HttpResponse:
    """Edit a template: look at it with sample data, save it, go back to the default or to an earlier version."""
    label = _label(kind)
    row = DocumentTemplate.in_force(kind)
    if request.method == "POST" and "restore" in request.POST:
        save_template(kind=kind, source="", actor=person(request), now=instant(request))
        done(request, _("La plantilla de siempre está otra vez en uso."))
        return go(request, reverse("workspace:document", args=[kind]))
    shown = _asked_for(request, kind) or row
    source = shown.source if shown is not None and shown.source else press.default_source(kind)
    form = DocumentForm(posted(request), initial={"source": source})
    pages: list[str] = []
    if form.is_bound and form.is_valid():
        source = form.cleaned_data["source"]
        if _looks_right(request, kind, form, pages) and "save" in request.POST:
            try:
                save_template(kind=kind, source=source, actor=person(request), now=instant(request))
            except Refused as refusal:
                add_refusal(form, refusal)
            else:
                done(request, _("Guardado. Así se imprime desde ahora."), draft=f"document-{kind}")
                return go(request, reverse("workspace:document", args=[kind]))
    elif not form.is_bound:
        _looks_right(request, kind, form, pages, source=source)
    context = {
        "kind": kind,
        "label": label,
        "row": row,
        "form": form,
        "pages": pages,
        "versions": DocumentTemplate.objects.filter(kind=kind).select_related("created_by")[:VERSIONS_SHOWN],
        "is_default": row is None or not row.source,
    }
    return render(request, "workspace/documents/document.html", context, status=422 if form.errors else 200)


@owners
@both
def document_preview(request: HttpRequest, kind: str) -> HttpResponse:
    """The sample as PDF: of the template in force, or on POST of one that is only being tried."""
    label = _label(kind)
    row = DocumentTemplate.in_force(kind)
    form = DocumentForm(request.POST if request.method == "POST" else {"source": (row and row.source) or " "})
    source = form.cleaned_data["source"] if form.is_valid() else ""
    try:
        (content,) = press.preview(sample(kind, now=instant(request)), source)
    except Broken as problem:
        text = broken_text(problem)
        return HttpResponse(f"{label}: {text}", status=422, content_type="text/plain; charset=utf-8")
    response = HttpResponse(content, content_type=PDF)
    response["Content-Disposition"] = f'inline; filename="{kind}.pdf"'
    never_a_page(response, PDF)
    return response


def _label(kind: str) -> str:
    if kind not in DocumentTemplate.Kind.values:
        raise Http404
    return str(DocumentTemplate.Kind(kind).label)


def _asked_for(request: HttpRequest, kind: str) -> DocumentTemplate | None:
    """An earlier version, to be looked at and perhaps saved again."""
    pk = request.GET.get("version", "")
    if not (pk.isdecimal() and len(pk) < 18):
        return None
    return DocumentTemplate.objects.filter(kind=kind, pk=int(pk)).first()


def _looks_right(
    request: HttpRequest, kind: str, form: DocumentForm, pages: list[str], *, source: str = ""
) -> bool:
    """Typeset the sample; its pages as pictures, or what is wrong beside the field."""
    text = source or form.cleaned_data["source"]
    try:
        made = press.preview(sample(kind, now=instant(request)), text, as_pdf=False)
    except Broken as problem:
        if form.is_bound:
            form.add_error("source", broken_text(problem))
        return False
    pages.extend(f"data:image/png;base64,{base64.b64encode(page).decode()}" for page in made[:PAGES_SHOWN])
    return True


def broken_text(problem: Broken) -> str:
    """What is wrong with a template, in words, with its line; the typesetter itself speaks English."""
    known = {
        "time": _("Tarda demasiado en componerse."),
        "memory": _("Usa demasiada memoria."),
        "crashed": _("No se pudo componer."),
        "too long": _("Es demasiado larga."),
        "too large": _("El documento resultó demasiado grande."),
    }
    text = known.get(problem.message) or problem.message
    return (
        _("Línea %(line)s: %(problem)s") % {"line": problem.line, "problem": text} if problem.line else text
    )
