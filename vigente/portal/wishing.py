"""What only a manager may buy: everybody else asks theirs."""

from django.http import HttpRequest, HttpResponse

from vigente.billing.models import Subscription
from vigente.portal.pages import not_allowed


def ask_a_manager(
    request: HttpRequest, what: str, *, version: int | None = None, subscription: Subscription | None = None
) -> HttpResponse:
    """The page that says who decides. Nothing is written."""
    return not_allowed(request, what)
