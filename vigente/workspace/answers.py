"""How the workspace answers: a page or, for htmx, its dialog. What was refused stands beside its field; typed text
is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from vigente.rules.refusal import Refused
from vigente.ui.feedback import done, refused
from vigente.ui.wording import refusal_text
from vigente.workspace.trace import remember


@dataclass(slots=True)
class Action:
    """A form with one consequence. `notes`: sentences said before the button. `danger`: cannot be taken back.
    Without `submit` there is nothing to do: no button.
    """

    title: str
    submit: str
    back: str
    template: str = "workspace/actions/form.html"
    notes: tuple[str, ...] = ()
    danger: bool = False
    wide: bool = False
    context: dict[str, Any] = field(default_factory=dict)


def perform(
    request: HttpRequest,
    action: Action,
    form: BaseForm,
    run: Callable[[dict[str, Any]], str | None],
    *,
    undo: str = "",
) -> HttpResponse:
    """Show the form; on POST check it, `run` it with its cleaned values, say what it returned, and go back.

    A refusal is shown on the form (422). `run` returns the sentence for the next page.
    """
    if request.method == "POST" and form.is_valid():
        remember(request, action.title, form)
        try:
            text = run(form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if text:
                done(request, text, undo=undo)
            return go(request, action.back)
    return show(request, action, form, status=422 if form.is_bound else 200)


def show(request: HttpRequest, action: Action, form: BaseForm, *, status: int = 200) -> HttpResponse:
    """The form as it stands, in a page or in the dialog."""
    context = {"action": action, "form": form, "here": request.get_full_path(), **action.context}
    base = "workspace/dialog.html" if request.headers.get("HX-Request") else "workspace/page.html"
    return render(request, action.template, context | {"frame": base}, status=status)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form: None unless it was sent by POST, so that an empty one is still checked."""
    return request.POST if request.method == "POST" else None


def asked(request: HttpRequest, name: str = "q", *, most: int = 200) -> str:
    """What a search or filter asks for: trimmed, bounded, without characters no database keeps."""
    return request.GET.get(name, "").replace("\0", " ").strip()[:most]


def add_refusal(form: BaseForm, refusal: Refused) -> None:
    """Put what a service refused beside the field at fault, or on top."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, refusal_text(refusal))


def attempt(
    request: HttpRequest, run: Callable[[], str | None], back: str, *, undo: str = ""
) -> HttpResponse:
    """For buttons without a form: run, say what came of it, go back."""
    try:
        text = run()
    except Refused as refusal:
        refused(request, refusal_text(refusal))
    else:
        if text:
            done(request, text, undo=undo)
    return go(request, back)


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Go to an address: a redirect, or htmx's own."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(url)
    return redirect(url)


def back_to(request: HttpRequest, default: str) -> str:
    """Where the reader came from, if `next` names a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, request.is_secure()
    ):
        return wanted
    return default
