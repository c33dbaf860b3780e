"""What every page of the portal shares: who is asking, for which organization, and the frame around the answer."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from vigente.accounts.models import Membership, Organization, User
from vigente.tickets.models import HeldRequest, Ticket

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
SESSION_KEY = "portal_organization"


def customer(view: View[P]) -> View[P]:
    """Signed-in customers only. Staff are led to the same thing in the workspace; the rest to the sign-in page and
    back.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            if getattr(request, "htmx", False):
                return HttpResponse(status=401)
            return redirect_to_login(
                request.get_full_path() if request.method == "GET" else _page_before(request)
            )
        if request.user.is_staff_member:
            if request.method not in ("GET", "HEAD"):
                raise PermissionDenied
            return redirect(_in_workspace(request, kwargs))
        return view(request, *args, **kwargs)

    return checked


def button_on(name: str) -> Callable[[View[P]], View[P]]:
    """For what only a POST does: a mailed link to it leads to the page with the button, named by its first argument."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def pressed(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method in ("GET", "HEAD"):
                return redirect(name, next(iter(kwargs.values())))
            return view(request, *args, **kwargs)

        return pressed

    return decorate


def _page_before(request: HttpRequest) -> str:
    """The page a POST came from, if it is ours: after signing in, what was typed is there again as a draft."""
    page = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return page
    return reverse("home")


def _in_workspace(request: HttpRequest, kwargs: dict[str, Any]) -> str:
    if "number" in kwargs:
        return reverse("workspace:case", args=[kwargs["number"]])
    held = HeldRequest.objects.filter(token=kwargs["token"]).first() if "token" in kwargs else None
    return reverse("workspace:held_request", args=[held.pk]) if held else reverse("workspace:home")


def seats_of(user: User) -> list[Membership]:
    """The organizations this person acts for, by name."""
    if not user.is_authenticated:
        return []
    return list(user.memberships.select_related("organization").order_by("organization__name", "pk"))


def seat_of(request: HttpRequest) -> Membership | None:
    """The organization this page is about: the one asked for (`?organization=`), else the last one, else the first."""
    mine = seats(request)
    wanted = (
        request.GET.get("organization")
        or request.POST.get("organization")
        or request.session.get(SESSION_KEY)
    )
    seat = next(
        (seat for seat in mine if str(seat.organization_id) == str(wanted)), mine[0] if mine else None
    )
    if seat is not None and len(mine) > 1 and request.session.get(SESSION_KEY) != seat.organization_id:
        request.session[SESSION_KEY] = seat.organization_id
    return seat


def seats(request: HttpRequest) -> list[Membership]:
    """The same, read once per request."""
    if not hasattr(request, "_seats"):
        request._seats = seats_of(request.user)  # type: ignore[attr-defined]
    return request._seats  # type: ignore[attr-defined, no-any-return]


def is_manager(seat: Membership | None) -> bool:
    return seat is not None and seat.role == Membership.Role.MANAGER


def managers_of(organization: Organization) -> list[User]:
    """Whom to ask."""
    return list(
        User.objects.filter(
            memberships__organization=organization, memberships__role=Membership.Role.MANAGER, is_active=True
        ).order_by("name", "email")
    )


def whom_to_ask(request: HttpRequest, organization: Organization | None) -> list[User]:
    """Who may order a plan for this organization when the reader may not; nobody for a manager of it."""
    if organization is None:
        return []
    if any(is_manager(seat) and seat.organization_id == organization.pk for seat in seats(request)):
        return []
    return managers_of(organization)


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render a portal page with its frame: the person's organizations, the one in question, cases that wait for
    them.
    """
    frame: dict[str, Any] = {}
    if request.user.is_authenticated:
        seat = seat_of(request)
        frame = {
            "seats": seats(request),
            "seat": seat,
            "manages": is_manager(seat),
            "your_turn": Ticket.objects.filter(
                requester=request.user, status=Ticket.Status.WAITING_CUSTOMER
            ).count(),
        }
    return render(request, f"portal/{template}", {**frame, **(context or {})}, status=status)


def not_allowed(request: HttpRequest, what: str) -> HttpResponse:
    """The page that says who may do this instead. Nothing is written."""
    seat = seat_of(request)
    managers = managers_of(seat.organization) if seat else []
    return page(request, "not_allowed.html", {"what": what, "managers": managers}, status=403)
