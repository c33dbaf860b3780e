"""Discounts for the first terms only: a contract ended and begun anew does not begin them anew (R4). Reads only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Count

from vigente.billing.models import Invoice, InvoiceLine, Licence
from vigente.rules.pricing import DiscountRule

# For how many terms an installation (None: all of an organization) had the discount of a code
Had = Mapping[tuple[int | None, str], int]


def had_by(organizations: Iterable[int], discounts: Iterable[DiscountRule]) -> Mapping[int, Had]:
    """What was billed with such discounts, by organization: one query, and none where there is no such discount."""
    found: dict[int, dict[tuple[int | None, str], int]] = defaultdict(dict)
    codes = [rule.code for rule in discounts if rule.terms is not None]
    if codes:
        lines = InvoiceLine.objects.filter(
            discount_code__in=codes,
            invoice__purpose=Invoice.Purpose.TERM,
            invoice__organization__in=list(organizations),
        ).order_by()
        named = lines.values_list("invoice__organization", "invoice__subscription__licence", "discount_code")
        for pk, licence, code, count in named.annotate(count=Count("pk")):
            found[pk][licence, code] = count
    return found


def is_used_up(rule: DiscountRule, licence: Licence | None, had: Had) -> bool:
    """Whether this discount was given for as many terms as it is for."""
    return rule.terms is not None and had.get((licence.pk if licence else None, rule.code), 0) >= rule.terms
