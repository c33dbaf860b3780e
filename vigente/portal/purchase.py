"""What is about to be contracted, said before it is paid: today's charge, the next, what if unpaid (row 25)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from vigente.accounts.models import Organization
from vigente.billing.models import Licence, PlanVersion, PriceList, Subscription
from vigente.billing.prices import Priced, check_coupon, first_term, price_plan, terms_of
from vigente.billing.queries import sold_versions
from vigente.billing.services.orders import may_pay_later
from vigente.portal.catalogue import first_reply
from vigente.rules.refusal import Refused
from vigente.rules.rulebook import Rulebook

FREE_AGAIN = (Subscription.Status.ENDED, Subscription.Status.REPLACED, Subscription.Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Summary:
    """One plan for one installation (None: one to come). `next_at`: when the next charge falls due if it began now.

    `at_once`: it covers from the order on, and is paid afterwards. `coupon_problem`: why the coupon that was typed
    changes nothing.
    """

    version: PlanVersion
    licence: Licence | None
    today: Priced
    next: Priced
    next_at: datetime
    first_reply: str
    book: Rulebook
    at_once: bool
    coupon_problem: Refused | None = None

    @property
    def next_differs(self) -> bool:
        return self.next.total_minor != self.today.total_minor


def summary(
    *,
    version: PlanVersion,
    licence: Licence | None,
    organization: Organization | None,
    now: datetime,
    price_list: PriceList | None,
    coupon: str = "",
) -> Summary:
    """What an order placed now would come to. Raises Refused when it has no price in that list."""
    terms = terms_of(organization, now=now, price_list=price_list)
    if licence is None:
        terms = replace(terms, pairs=())
    problem = None
    try:
        check_coupon(coupon, version=version, licence=licence, terms=terms, is_pack=False)
    except Refused as refusal:
        coupon, problem = "", refusal

    first = first_term(version, now=now, terms=terms)

    def price(number: int) -> Priced:
        return price_plan(
            version=version, licence=licence, organization=organization, now=now, coupon=coupon, term=number,
            span=first if number == 0 else None, terms=terms,
        )  # fmt: skip

    return Summary(
        version=version,
        licence=licence,
        today=price(0),
        next=price(1),
        next_at=first.end,
        first_reply=first_reply(version),
        book=terms.book,
        at_once=may_pay_later(organization, now=now),
        coupon_problem=problem,
    )


def version_on_sale(pk: int, *, now: datetime) -> PlanVersion | None:
    """A version anybody may contract now."""
    rows = sold_versions(now=now).select_related("sla_policy__hours", "plan__tax_category")
    return rows.filter(pk=pk).first()


def free_licences(licences: Sequence[Licence], version: PlanVersion) -> list[Licence]:
    """Those of its edition that no bought contract is in place for."""
    mine = [one for one in licences if one.edition_id == version.plan.edition_id]
    taken = set(
        Subscription.objects.filter(licence__in=mine, source=Subscription.Source.BOUGHT)
        .exclude(status__in=FREE_AGAIN)
        .values_list("licence", flat=True)
    )
    return [one for one in mine if one.pk not in taken]
