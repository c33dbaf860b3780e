"""The page that shows every component in every state, and example pages whose structure may be copied."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from vigente.installation.models import Installation
from vigente.ui import samples


def _allowed(request: HttpRequest) -> bool:
    """Staff, a developer's machine, or a demonstration; nobody else needs to see our workshop."""
    staff = request.user.is_authenticated and getattr(request.user, "is_staff_member", False)
    return bool(staff or settings.DEBUG or Installation.current().is_demo)


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    if not _allowed(request):
        raise Http404
    return render(request, "ui/gallery/index.html", samples.gallery(request.now))  # type: ignore[attr-defined]


def example(request: HttpRequest, name: str) -> HttpResponse:
    """One of the example pages: ask, queue, case, customer-case, home, plans."""
    template = f"ui/gallery/page_{name.replace('-', '_')}.html"
    try:
        get_template(template)
    except (TemplateDoesNotExist, OSError) as missing:  # OSError: a name longer than any file's
        raise Http404 from missing
    if not _allowed(request):
        raise Http404
    if "toast" in request.GET:
        messages.success(request, "Asignado a Ana Robleto.", extra_tags="undo=/")
    return render(request, template, samples.pages(request.now))  # type: ignore[attr-defined]
