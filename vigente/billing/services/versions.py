"""New versions of a plan, and what differs between two.

Invariant: the terms of a sold version never change (a trigger in `billing.guards` refuses it); an edit is a new version
and the old one stops being sold the moment the new one begins.
"""

from datetime import datetime
from typing import Any, TypeAlias

from django.db import models, transaction

from vigente.billing.models import Plan, PlanVersion

TERMS = (
    "cases",
    "price_minor",
    "currency",
    "pack_price_minor",
    "pack_cases",
    "rank",
    "allowance_minutes",
    "work",
    "sla_policy",
)
Terms: TypeAlias = dict[str, Any]


def new_version(
    *,
    plan: Plan,
    now: datetime,
    sold_from: datetime | None = None,
    even_if_same: bool = False,
    **terms: Any,
) -> PlanVersion:
    """A version of `plan` with `terms` (names in TERMS, sold_until, on_renewal); the rest as in the latest one.

    Sold from `now`, or later if `sold_from` says so; only a plan's first version may have been sold before. The same
    terms again give the latest version back, unless something beside them differs (`even_if_same`).
    """
    unknown = set(terms) - {*TERMS, "sold_until", "on_renewal"}
    if unknown:
        raise ValueError(
            f"not terms of a plan version: {', '.join(sorted(unknown))}; these are: {', '.join(TERMS)}"
        )
    with transaction.atomic():
        latest = latest_version(plan)
        if latest is None:
            return PlanVersion.objects.create(plan=plan, number=1, sold_from=sold_from or now, **terms)
        if not even_if_same and not differences(
            latest, {name: terms[name] for name in TERMS if name in terms}
        ):
            return latest
        begins = max(now, sold_from or now, latest.sold_from)
        if latest.sold_until is None or latest.sold_until > begins:
            latest.sold_until = begins
            latest.save(update_fields=["sold_until"])
        kept = {name: getattr(latest, name) for name in (*TERMS, "on_renewal")}
        return PlanVersion.objects.create(
            plan=plan, number=latest.number + 1, sold_from=begins, **(kept | terms)
        )


def latest_version(plan: Plan) -> PlanVersion | None:
    """The version with the highest number."""
    return plan.versions.select_related("sla_policy").order_by("-number").first()


def differences(row: models.Model, values: Terms) -> tuple[tuple[str, Any, Any], ...]:
    return tuple(
        (name, before, after)
        for name, after in values.items()
        if _comparable(before := getattr(row, name)) != _comparable(after)
    )


def _comparable(value: Any) -> Any:
    return (
        sorted(value) if isinstance(value, list) and all(isinstance(item, str) for item in value) else value
    )
