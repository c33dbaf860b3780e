"""Planes: the vendor's table per edition, in the reader's price list, with their discount (R3, R4, R8, R9; row 27)."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vigente.accounts.models import Membership
from vigente.billing.models import Edition, Licence, WorkType
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import sold_versions
from vigente.portal.catalogue import Table, table
from vigente.portal.lists import choice
from vigente.portal.pages import is_manager, managers_of, page, seat_of
from vigente.portal.wishing import mine, names


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """`?licence=` for one of mine, `?edition=` for a visitor, `?interval=month|year`, `?currency=` a list's code."""
    interval = "year" if request.GET.get("interval") == "year" else "month"
    seat = seat_of(request) if request.user.is_authenticated else None
    licences = licences_of(request)
    licence = next((one for one in licences if str(one.pk) == request.GET.get("licence")), None)
    editions = list(_editions(request))
    if licence is None and licences and "edition" not in request.GET:
        licence = licences[0]
    edition = licence.edition if licence else _edition(request, editions)
    organization = seat.organization if seat else None
    lists = choice(request, organization)
    shown = None
    if edition is not None:
        shown = table(
            edition=edition,
            licence=licence,
            organization=organization,
            interval=interval,
            now=request.now,
            price_list=lists.current,
        )
    context = {
        "table": shown,
        "lists": lists,
        "licences": licences,
        "editions": editions,
        "other_editions": [
            one for one in editions if licences and one.pk not in {li.edition_id for li in licences}
        ],
        "interval": interval,
        "may_order": not request.user.is_authenticated or seat is None or is_manager(seat),
        **_asking(request, seat),
        "book": rulebook_at(request.now),
        **_work(shown),
    }
    return page(request, "plans.html", context)


def _asking(request: HttpRequest, seat: Membership | None) -> dict[str, Any]:
    """For who may not buy: whom to ask, and what they have asked for already."""
    if seat is None or is_manager(seat):
        return {"managers": []}
    managers = managers_of(seat.organization)
    asked = {wish.version_id for wish in mine(request.user, seat.organization, now=request.now)}
    return {"managers": managers, "people": names(managers), "asked_versions": asked}


def licences_of(request: HttpRequest) -> list[Licence]:
    """The active installations of the organization the reader acts for; none for a visitor or the staff."""
    seat = seat_of(request) if request.user.is_authenticated and not request.user.is_staff_member else None
    if seat is None:
        return []
    return list(
        seat.organization.licences.filter(is_active=True).select_related("edition__product").order_by("id")
    )


def _work(shown: Table | None) -> dict[str, Sequence[WorkType]]:
    """What the plans on the page cover, what none of them does, what is attended without any (R8, R9, row 44)."""
    offered = list(WorkType.objects.filter(is_offered=True))
    codes = {code for row in (shown.rows if shown else ()) for code in row.version.work}
    return {
        "covered_work": [
            one for one in offered if one.code in codes and not one.always and not one.development
        ],
        "other_work": [one for one in offered if one.code not in codes and not one.always],
        "always_work": [one for one in offered if one.always],
    }


def _editions(request: HttpRequest) -> Any:
    """Editions that have something on sale."""
    sold = sold_versions(now=request.now).order_by().values("plan__edition")
    return Edition.objects.filter(pk__in=sold).select_related("product").order_by("id")


def _edition(request: HttpRequest, editions: list[Edition]) -> Edition | None:
    wanted = request.GET.get("edition")
    return next((one for one in editions if str(one.pk) == wanted), editions[0] if editions else None)
