"""A plan and its prices as the owner types them: a plan from nothing, a version with its price in every list (row 32).

A price that was written never changes; another price in any list is another version.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from vigente.billing.models import Edition, ListPrice, Plan, PlanVersion, PriceList, TaxCategory
from vigente.billing.services.versions import latest_version, new_version
from vigente.rules.refusal import RefusalCode, Refused

Prices = Mapping[
    int, tuple[int, int | None]
]  # list → price, price of a pack; minor units of the list's currency


@transaction.atomic
def create_plan(
    *,
    code: str,
    name: str,
    edition: Edition,
    interval: str,
    now: datetime,
    terms: Mapping[str, Any],
    family: str = "",
    is_public: bool = True,
    tax_category: TaxCategory | None = None,
    prices: Prices | None = None,
    sold_from: datetime | None = None,
) -> PlanVersion:
    """A plan with its first version."""
    if Plan.objects.filter(code=code).exists():
        raise Refused(RefusalCode.INVALID_VALUE, field="code", value=code)
    plan = Plan.objects.create(
        code=code,
        name=name,
        family=family or code,
        edition=edition,
        interval=interval,
        is_public=is_public,
        tax_category=tax_category,
    )
    version = new_version(plan=plan, now=now, sold_from=sold_from, **terms)
    add_prices(version=version, prices=prices or {})
    return version


@transaction.atomic
def revise(
    *, plan: Plan, now: datetime, terms: Mapping[str, Any], prices: Prices, sold_from: datetime | None = None
) -> PlanVersion:
    """A version with these terms and prices: the latest one if nothing differs, else a new one."""
    latest = latest_version(plan)
    changed = latest is not None and _differ(latest, prices)
    version = new_version(plan=plan, now=now, sold_from=sold_from, even_if_same=changed, **terms)
    add_prices(version=version, prices=prices)
    return version


@transaction.atomic
def add_prices(*, version: PlanVersion, prices: Prices) -> int:
    """Write what a version costs in lists that do not say it yet; returns how many. Written prices stay."""
    lists = PriceList.objects.filter(pk__in=list(prices), is_base=False)
    made = 0
    for price_list in lists:
        price, pack = prices[price_list.pk]
        _row, created = ListPrice.objects.get_or_create(
            price_list=price_list, version=version, defaults={"price_minor": price, "pack_price_minor": pack}
        )
        made += created
    return made


def _differ(version: PlanVersion, prices: Prices) -> bool:
    written = {
        pk: (price, pack)
        for pk, price, pack in version.list_prices.values_list(
            "price_list", "price_minor", "pack_price_minor"
        )
    }
    return any(pk in written and written[pk] != wanted for pk, wanted in prices.items())
