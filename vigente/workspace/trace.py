"""The net under the audit log: what somebody does in the workspace is written down even if no service told it.

Services write what they change, and events are the log's other half. A form or a button of which neither said anything
leaves its own entry: which page, what was filled in. A list taken away as a file leaves one too.
"""

from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from vigente.accounts.audit import note, plain
from vigente.accounts.models.audit import Deed
from vigente.installation.origin import origin

_TAKEN = "text/csv"


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was taken: its title, and of the fields that changed what stood there before and what stands now."""

    title: str
    before: dict[str, Any]
    after: dict[str, Any]


def remember(request: HttpRequest, title: str, form: BaseForm) -> None:
    """Keep what was filled in, for the entry that may be needed. Called when it was taken, and before it is saved."""
    names = [name for name in form.changed_data if name in form.cleaned_data]
    before = {name: plain(form.get_initial_for_field(form.fields[name], name)) for name in names}
    after = {name: plain(form.cleaned_data[name]) for name in names}
    request.filled = Filled(title, before, after)


def leave_trace(request: HttpRequest, response: HttpResponseBase) -> None:
    """After the view: write the entry, unless something was written about it already."""
    if request.method == "POST":
        if origin().traces == 0 and _was_taken(response):
            filled = getattr(request, "filled", None) or Filled("", {}, {})
            note(
                Deed.PAGE_SENT,
                subject=_page(request),
                label=str(filled.title),
                before=filled.before,
                after=filled.after,
                now=request.now,
            )
    elif response.status_code == 200 and response.get("Content-Type", "").startswith(_TAKEN):
        asked = {name: value[:80] for name, value in request.GET.items() if name not in ("format", "after")}
        note(Deed.PAGE_EXPORTED, subject=_page(request), now=request.now, asked=asked)


def _was_taken(response: HttpResponseBase) -> bool:
    """What was done leads on to a page; what was refused or only tried is answered at once."""
    return response.status_code in (302, 303) or "HX-Redirect" in response.headers


def _page(request: HttpRequest) -> str:
    return "page:" + request.path.partition("/desk/")[2].strip("/")[:58]
