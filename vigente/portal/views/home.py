"""Inicio: for a visitor, what this is; for a customer, coverage, open cases and what waits; staff go to the
workspace.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vigente.billing.models import Announcement, Licence, RulebookVersion, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.purchases import open_invoices, waiting_orders
from vigente.portal.coverage import covered_first
from vigente.portal.pages import customer, is_manager, page, seats
from vigente.portal.places import places_of
from vigente.portal.views.contracting import unfinished
from vigente.rules.rulebook import Rulebook
from vigente.tickets.models import HeldRequest
from vigente.tickets.queries import my_cases

CASES_SHOWN = 8
HELD_SHOWN = 5
COVERS = (Subscription.Status.ACTIVE, Subscription.Status.GRACE, Subscription.Status.SCHEDULED)
PENDING = (HeldRequest.Status.WAITING, HeldRequest.Status.CHOOSE, HeldRequest.Status.APPROVAL)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where everybody lands."""
    if not request.user.is_authenticated:
        return page(request, "welcome.html", {"rules_from": rules_from(request)})
    return _home(request)


@customer
def _home(request: HttpRequest) -> HttpResponse:
    places = places_of(seats(request))
    _best, meters = covered_first(places, now=request.now)
    cases = my_cases(request.user, now=request.now, limit=CASES_SHOWN)
    held = HeldRequest.objects.visible_to(request.user).filter(status__in=PENDING)
    context = {
        "first_name": request.user.name.partition(" ")[0],
        "meters": [(place, meters[place.value]) for place in places if place.value in meters],
        "cases": cases.rows,
        "more_cases": cases.has_more,
        "held": held.select_related("organization").order_by("received_at", "id")[:HELD_SHOWN],
        "held_count": held.count(),
        "to_choose": held.filter(status=HeldRequest.Status.CHOOSE, requester=request.user).count(),
        "to_approve": _to_approve(request, held),
        "rules_from": rules_from(request),
        "announced": Announcement.objects.filter(sent_at__isnull=False, shown_until__gt=request.now).first(),
        **_money(request),
    }
    return page(request, "home.html", context)


def _money(request: HttpRequest) -> dict[str, Any]:
    """What a manager has to pay now, and the order somebody began before they had an account (row 25)."""
    managed = [seat.organization_id for seat in seats(request) if is_manager(seat)]
    unpaid = open_invoices(managed).filter(due_at__lte=request.now)
    waiting = waiting_orders(managed, now=request.now)
    draft = {} if seats(request) else unfinished(request)
    return {
        "unpaid": unpaid.first() if managed else None,
        "waiting_order": waiting.first() if managed else None,
        "draft": draft,
    }


def _to_approve(request: HttpRequest, held: "QuerySet[HeldRequest]") -> int:
    """Requests that wait for this person's word as a manager (row 46)."""
    managed = [seat.organization_id for seat in seats(request) if is_manager(seat)]
    waiting = held.filter(status=HeldRequest.Status.APPROVAL, organization__in=managed)
    return waiting.count() if managed else 0


@dataclass(frozen=True, slots=True)
class RulesFrom:
    """The date from which asking takes a plan, while it lies ahead, and which of this person's licences lack one
    (row 30).
    """

    date: datetime
    uncovered: Sequence[Licence]


def rules_from(request: HttpRequest) -> RulesFrom | None:
    """For the banner; None once the date has come."""
    required = _required_from(request.now)
    if required is None or required <= request.now:
        return None
    mine = [seat.organization_id for seat in seats(request)]
    covered = Subscription.objects.filter(
        Q(licence=OuterRef("pk")) | Q(licence__isnull=True, organization=OuterRef("organization")),
        status__in=COVERS,
    )
    licences = Licence.objects.filter(organization__in=mine, is_active=True).exclude(Exists(covered))
    return RulesFrom(required, list(licences.select_related("edition__product")) if mine else [])


def _required_from(now: datetime) -> datetime | None:
    """By the rulebook in force, or else by the next one published for later."""
    required = rulebook_at(now).plans_required_from
    if required is not None:
        return required
    later = RulebookVersion.objects.filter(effective_from__gt=now).order_by("effective_from").first()
    return Rulebook.from_json(later.data).plans_required_from if later else None
