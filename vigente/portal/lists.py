"""In which price list the reader looks at prices (row 32): the organization's own, the one chosen here, or the base."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from vigente.accounts.models import Organization
from vigente.billing.models import BillingProfile, Order, PriceList, Subscription
from vigente.billing.prices import list_of

SESSION_KEY = "portal_price_list"


@dataclass(frozen=True, slots=True)
class Choice:
    """The list in use (None: prices are the plans' own) and those one may change to; none once it is settled."""

    current: PriceList | None
    offered: Sequence[PriceList]


def choice(request: HttpRequest, organization: Organization | None) -> Choice:
    """`?currency=` with a list's code chooses, and is remembered for the order that follows. Who has bought before goes
    on in the same list.
    """
    if organization is not None and _is_settled(organization):
        return Choice(list_of(organization), ())
    offered = list(PriceList.objects.filter(is_offered=True))
    base = (
        next((one for one in offered if one.is_base), None) or PriceList.objects.filter(is_base=True).first()
    )
    wanted = request.GET.get("currency") or request.session.get(SESSION_KEY)
    chosen = next((one for one in offered if one.code == wanted), base)
    if chosen is not None and request.GET.get("currency") == chosen.code:
        request.session[SESSION_KEY] = chosen.code
    return Choice(chosen, offered if len(offered) > 1 else ())


def _is_settled(organization: Organization) -> bool:
    """Whether its invoices have a list already: it told us who they are for, or has ordered or bought."""
    return (
        BillingProfile.objects.filter(organization=organization).exists()
        or Order.objects.filter(organization=organization).exists()
        or Subscription.objects.filter(organization=organization, source=Subscription.Source.BOUGHT).exists()
    )
