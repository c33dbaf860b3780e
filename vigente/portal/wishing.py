"""What only a manager may buy: everybody else asks theirs, with one click, once a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.accounts.models import Organization, User
from vigente.billing.models import Licence, Order, PlanVersion, Subscription, Wish
from vigente.billing.queries import sold_versions
from vigente.billing.services.wishes import open_wishes
from vigente.portal.pages import managers_of, page, seat_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, as the hidden fields of the one button."""

    kind: str
    version: PlanVersion
    licence: Licence | None = None
    subscription: Subscription | None = None
    asked: Wish | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A wish as a manager reads it, with the page where it is bought."""

    wish: Wish
    address: str


def ask_a_manager(
    request: HttpRequest, what: str, *, version: int | None = None, subscription: Subscription | None = None
) -> HttpResponse:
    """The page that says who decides, and asks them. Nothing is written by it."""
    seat = seat_of(request)
    organization = subscription.organization if subscription else seat.organization if seat else None
    managers = managers_of(organization) if organization else []
    context = {
        "what": what,
        "managers": managers,
        "people": names(managers),
        "wanted": _wanted(request, organization, version, subscription) if organization else None,
    }
    return page(request, "not_allowed.html", context, status=403)


def _wanted(
    request: HttpRequest, organization: Organization, pk: int | None, subscription: Subscription | None
) -> Wanted | None:
    """What the page that was opened would have bought."""
    if pk is None and subscription is None:
        return None
    if pk is None:
        assert subscription is not None
        wanted = Wanted(Order.Kind.PACK, subscription.version, subscription.licence, subscription)
    else:
        version = sold_versions(now=request.now).filter(pk=pk).first()
        if version is None:
            return None
        licence = subscription.licence if subscription else _licence(request, organization, version)
        kind = Order.Kind.UPGRADE if subscription else Order.Kind.PLAN
        wanted = Wanted(kind, version, licence, subscription)
    asked = next(
        (wish for wish in mine(request.user, organization, now=request.now) if _same(wish, wanted)), None
    )
    return Wanted(wanted.kind, wanted.version, wanted.licence, wanted.subscription, asked)


def _licence(request: HttpRequest, organization: Organization, version: PlanVersion) -> Licence | None:
    given = request.GET.get("licence", "")
    rows = organization.licences.filter(is_active=True, edition=version.plan.edition_id)
    return rows.filter(pk=int(given)).first() if given.isdecimal() and len(given) < 10 else None


def _same(wish: Wish, wanted: Wanted) -> bool:
    licence = wanted.licence.pk if wanted.licence else None
    return (wish.kind, wish.version_id, wish.licence_id) == (wanted.kind, wanted.version.pk, licence)


def mine(user: User, organization: Organization, *, now: datetime) -> list[Wish]:
    """What this person has asked for and nobody has seen to."""
    return [wish for wish in open_wishes(organization, now=now) if wish.user_id == user.pk]


def shown_to(organization: Organization, *, now: datetime) -> list[Shown]:
    """What a manager was asked for, each with where it is bought."""
    return [Shown(wish, address_of(wish)) for wish in open_wishes(organization, now=now)]


def address_of(wish: Wish) -> str:
    """The page on which a manager buys it, filled in."""
    if wish.kind == Order.Kind.PACK and wish.subscription_id:
        return reverse("portal:pack_order", args=[wish.subscription_id])
    if wish.kind == Order.Kind.UPGRADE and wish.subscription_id:
        return reverse("portal:plan_change", args=[wish.subscription_id, wish.version_id])
    query = f"?licence={wish.licence_id}" if wish.licence_id else ""
    return reverse("portal:plan_order", args=[wish.version_id]) + query


def names(people: Sequence[User]) -> str:
    """`María`, `María y 2 más`: whom it was asked of."""
    if not people:
        return _("la persona responsable")
    first = str(people[0]).partition(" ")[0]
    rest = len(people) - 1
    return (
        ngettext("%(name)s y %(n)s más", "%(name)s y %(n)s más", rest) % {"name": first, "n": rest}
        if rest
        else first
    )
