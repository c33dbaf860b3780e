"""What a page says after something was done: a passing line, an undo, and "that draft has done its work"."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.http import urlencode


def done(request: HttpRequest, text: str, *, undo: str = "", draft: str = "") -> None:
    """Says `text` on the next page.

    `undo` is an address that takes it back by POST; `draft` names the form's draft to forget.
    """
    tags = urlencode({name: value for name, value in (("undo", undo), ("draft", draft)) if value})
    messages.success(request, text, extra_tags=tags)


def refused(request: HttpRequest, text: str) -> None:
    """Says why something was not done. Stays until closed."""
    messages.error(request, text)
