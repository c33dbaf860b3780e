"""`GET /plans`: what is on sale, and for whom it costs what. The one address that asks for no token."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from vigente.api import money_shapes as shapes
from vigente.api import schemas
from vigente.api.auth import Caller, TokenAuth
from vigente.api.coverage import licence_for
from vigente.api.errors import ERRORS
from vigente.api.money_schemas import Plan, PlanList
from vigente.api.problems import Problem, not_found, only
from vigente.billing.models import Licence, PlanVersion, PriceList
from vigente.billing.prices import Priced, Terms, price_pack, price_plan, terms_of
from vigente.billing.queries import sold_versions
from vigente.rules.refusal import Refused


class ForEverybody(TokenAuth):
    """Lets in whoever sends no token, as a passer-by of the plans page; a token that is sent must be good."""

    def __call__(self, request: HttpRequest) -> Caller | str:  # type: ignore[override]
        if not request.headers.get(self.header):
            return "anybody"
        return super().__call__(request)


router = Router(tags=["plans"], auth=ForEverybody("billing:read", "coverage", "coverage:any"))


@router.get(
    "/plans",
    response={200: PlanList, **ERRORS},
    operation_id="list_plans",
    summary="The plans on sale",
    openapi_extra={"security": [{"ForEverybody": []}, {}]},
)
def listing(
    request: HttpRequest,
    edition: Annotated[schemas.Key | None, Query(description="Its code; all if left out.")] = None,
    licence: Annotated[
        schemas.Key | None, Query(description="For this licence: its edition, its discount, its price list.")
    ] = None,
    price_list: Annotated[
        schemas.Code | None, Query(description="Its code; the base one if left out.")
    ] = None,
) -> PlanList:
    """Cheapest first; only those that have a price in the list. With a licence (and a token that may see it): what
    they cost there, after its discount (R3).
    """
    only(request, "edition", "licence", "price_list")
    now: datetime = request.now  # type: ignore[attr-defined]
    row = _licence(request, licence)
    terms = terms_of(row.organization if row else None, price_list=_list(price_list), now=now)
    versions = sold_versions(now=now).select_related("sla_policy", "plan__tax_category", "plan__edition")
    wanted = row.edition.code if row else edition
    shown = [version for version in versions if wanted in (None, version.plan.edition.code)]
    return PlanList(plans=[one for version in shown if (one := _plan(version, row, terms, now=now))])


def _licence(request: HttpRequest, key: str | None) -> Licence | None:
    if key is None:
        return None
    caller = request.auth  # type: ignore[attr-defined]
    if not isinstance(caller, Caller):
        raise Problem(401, "token_missing", "What a licence pays is told to a token that may see it.")
    return licence_for(caller, key)


def _list(code: str | None) -> PriceList | None:
    if code is None:
        return None
    found = PriceList.objects.filter(code=code, is_offered=True).first()
    if found is None:
        raise not_found("price_list")
    return found


def _plan(version: PlanVersion, licence: Licence | None, terms: Terms, *, now: datetime) -> Plan | None:
    """None where the list has no price for it."""
    to = {
        "version": version,
        "licence": licence,
        "organization": terms.organization,
        "terms": terms,
        "now": now,
    }
    try:
        price = price_plan(**to)  # type: ignore[arg-type]
    except Refused:
        return None
    pack: Priced | None = None
    with suppress(Refused):
        pack = price_pack(**to)  # type: ignore[arg-type]
    return shapes.plan(version, price, pack)
