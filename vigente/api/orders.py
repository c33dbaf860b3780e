"""Orders of plans, packs and upgrades: place, accept, cancel, read; and a pack given back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Status

from vigente.accounts.models import Organization
from vigente.api import money_schemas as out
from vigente.api import money_shapes as shapes
from vigente.api import schemas
from vigente.api.auth import Caller, TokenAuth, caller_of
from vigente.api.errors import ERRORS
from vigente.api.once import IdempotencyKey, key_of
from vigente.api.paging import Cursor, page
from vigente.api.problems import Problem, not_found, only
from vigente.api.subscriptions import plan_on_sale
from vigente.billing.models import CustomerAccount, Licence, Order, PlanVersion, Subscription
from vigente.billing.purchases import OPEN_ORDERS, pack_of
from vigente.billing.services import orders as services
from vigente.billing.services.packs import return_pack
from vigente.rules.refusal import RefusalCode, Refused

router = Router(tags=["orders"])
READ, WRITE = TokenAuth("billing:read"), TokenAuth("billing:write")
NEEDED = ("organization", "licence", "version__plan")


@router.get(
    "/orders",
    auth=READ,
    response={200: out.OrderList, **ERRORS},
    operation_id="list_orders",
    summary="Orders, newest first",
)
def listing(
    request: HttpRequest,
    status: Literal["open", "all"] = "all",
    limit: schemas.Limit = 30,
    cursor: Cursor = None,
) -> out.OrderList:
    """`open`: those to be accepted or paid. For managers, and supervisors."""
    only(request, "status", "limit", "cursor")
    rows = Order.objects.visible_to(caller_of(request).person).select_related(*NEEDED)
    if status == "open":
        rows = rows.filter(status__in=OPEN_ORDERS)
    found, more = page(rows, cursor=cursor, limit=limit)
    return out.OrderList(orders=_shapes(found), next=more)


@router.post(
    "/orders",
    auth=WRITE,
    response={201: out.Order, **ERRORS},
    operation_id="place_order",
    summary="Order a plan, a pack or an upgrade",
)
def place(request: HttpRequest, body: out.NewOrder, idempotency_key: IdempotencyKey = None) -> Status:
    """Priced now; paid at once from the money in hand, if it suffices. Managers of the organization, supervisors."""
    caller, now = caller_of(request), _now(request)
    subscription = _subscription(caller, body)
    licence = _licence(caller, body)
    organization = _buyer(caller, body, subscription, licence)
    if body.kind != "plan" and licence is None and subscription is not None:
        licence = subscription.licence
    version = _version(body, subscription, licence, now=now)
    order = services.place(
        organization=organization,
        kind=body.kind,
        version=version,
        licence=licence,
        subscription=subscription,
        quantity=body.quantity,
        coupon=body.coupon,
        actor=caller.person,
        key=key_of(caller, idempotency_key, request),
        now=now,
    )
    same = (order.kind, order.quantity, order.coupon, order.version.plan_id, order.licence_id)
    wanted = (body.kind, body.quantity, body.coupon.strip(), version.plan_id, licence.pk if licence else None)
    if same != wanted or order.organization_id != organization.pk:
        raise Refused(RefusalCode.SAME_KEY_OTHER_CONTENT, field="Idempotency-Key")
    return Status(201, _shapes([order])[0])


@router.get(
    "/orders/{id}",
    auth=READ,
    response={200: out.Order, **ERRORS},
    operation_id="read_order",
    summary="One order",
)
def read(request: HttpRequest, id: schemas.Number) -> out.Order:
    only(request)
    return _shapes([_order(caller_of(request), id)])[0]


@router.post(
    "/orders/{id}/accept",
    auth=WRITE,
    response={200: out.Order, **ERRORS},
    operation_id="accept_order",
    summary="Accept what was prepared",
)
def accept(request: HttpRequest, id: schemas.Number) -> out.Order:
    """It waits to be paid from now on. A manager."""
    caller = caller_of(request)
    services.accept(order=_order(caller, id), user=caller.person, now=_now(request))
    return _shapes([_order(caller, id)])[0]


@router.post(
    "/orders/{id}/cancel",
    auth=WRITE,
    response={200: out.Order, **ERRORS},
    operation_id="cancel_order",
    summary="Withdraw an order that is not paid",
)
def cancel(request: HttpRequest, id: schemas.Number) -> out.Order:
    """Money that came in for it stays the customer's."""
    caller = caller_of(request)
    services.cancel(order=_order(caller, id), actor=caller.person, now=_now(request))
    return _shapes([_order(caller, id)])[0]


@router.post(
    "/packs/{id}/return",
    auth=WRITE,
    response={204: None, **ERRORS},
    operation_id="return_pack",
    summary="Give an untouched pack back",
)
def give_back(request: HttpRequest, id: schemas.Number) -> Status:
    """Within the hours of the rules; its money is credit then (row 26). `id`: an order's `pack`. Managers."""
    person = caller_of(request).person
    found = pack_of(id, organizations=Organization.objects.managed_by(person))
    if found is None:
        raise not_found("pack")
    return_pack(grant_id=found, now=_now(request), actor=person)
    return Status(204, None)


def _order(caller: Caller, id: int) -> Order:
    rows = Order.objects.visible_to(caller.person).select_related(*NEEDED)
    found = rows.filter(pk=id).first()
    if found is None:
        raise not_found("order")
    return found


def _subscription(caller: Caller, body: out.NewOrder) -> Subscription | None:
    if body.subscription is None:
        if body.kind == "plan":
            return None
        raise _missing("subscription", "A pack or an upgrade hangs on a contract: say which.")
    rows = Subscription.objects.visible_to(caller.person).select_related(
        "version__plan__edition", "organization", "licence__edition"
    )
    found = rows.filter(pk=body.subscription).first()
    if found is None:
        raise not_found("subscription")
    if body.kind == "plan":
        raise _missing("subscription", "A plan is ordered for a licence or an organization.")
    return found


def _licence(caller: Caller, body: out.NewOrder) -> Licence | None:
    if body.licence is None:
        return None
    rows = Licence.objects.visible_to(caller.person).select_related("organization", "edition")
    found = rows.filter(key=body.licence).first()
    if found is None:
        raise not_found("licence")
    return found


def _buyer(
    caller: Caller, body: out.NewOrder, subscription: Subscription | None, licence: Licence | None
) -> Organization:
    """Whose order it is: of the contract, the licence, or the organization that is named."""
    owned = subscription or licence
    pk = owned.organization_id if owned else body.organization
    if pk is None:
        raise _missing("licence", "Say for which licence, or for which organization.")
    organization = Organization.objects.visible_to(caller.person).filter(pk=pk).first()
    if organization is None or body.organization not in (None, organization.pk):
        raise not_found("organization")
    if not Organization.objects.managed_by(caller.person).filter(pk=pk).exists():
        raise Refused(RefusalCode.MANAGER_ONLY)
    return organization


def _version(
    body: out.NewOrder, subscription: Subscription | None, licence: Licence | None, *, now: datetime
) -> PlanVersion:
    """A pack is of the contract's own version, whatever is on sale now."""
    if body.kind == "pack" and subscription is not None and subscription.version.plan.code == body.plan:
        return subscription.version
    edition = subscription.version.plan.edition if subscription else licence.edition if licence else None
    return plan_on_sale(body.plan, edition, now=now)


def _missing(field: str, message: str) -> Problem:
    return Problem(422, "invalid", message, errors=[{"field": field, "code": "wrong", "message": message}])


def _shapes(rows: Iterable[Order]) -> list[out.Order]:
    """Orders with what is missing of each, by one more query for all."""
    found = list(rows)
    accounts = CustomerAccount.objects.filter(organization__in={row.organization_id for row in found})
    in_hand = {
        (organization, currency): credit
        for organization, currency, credit in accounts.values_list("organization", "currency", "credit_minor")
    }
    return [shapes.order(row, in_hand.get((row.organization_id, row.currency), 0)) for row in found]


def _now(request: HttpRequest) -> datetime:
    now: datetime = request.now  # type: ignore[attr-defined]
    return now
