"""Contracts: list them, read one, give notice and take it back, change the plan, each with what it would do."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router

from vigente.accounts.models import Organization
from vigente.api import money_schemas as out
from vigente.api import money_shapes as shapes
from vigente.api import schemas
from vigente.api.auth import Caller, TokenAuth, caller_of
from vigente.api.errors import ERRORS
from vigente.api.paging import Cursor, page
from vigente.api.problems import Problem, not_found, only
from vigente.billing.models import Edition, PlanVersion, Subscription
from vigente.billing.queries import sold_versions
from vigente.billing.services import subscriptions as services
from vigente.billing.services.upgrades import preview_change
from vigente.rules.refusal import RefusalCode, Refused
from vigente.rules.subscriptions import Notice

router = Router(tags=["subscriptions"])
READ, WRITE = TokenAuth("billing:read"), TokenAuth("billing:write")
NEEDED = ("version__plan__edition", "organization", "licence__edition", "change_to__plan")
STATUS = Subscription.Status
OVER = (STATUS.ENDED, STATUS.REPLACED, STATUS.CANCELLED)


@router.get(
    "/subscriptions",
    auth=READ,
    response={200: out.SubscriptionList, **ERRORS},
    operation_id="list_subscriptions",
    summary="Contracts, newest first",
)
def listing(
    request: HttpRequest,
    status: Literal["current", "over", "all"] = "current",
    limit: schemas.Limit = 30,
    cursor: Cursor = None,
) -> out.SubscriptionList:
    """Those a person may see: of their organizations, or for staff all."""
    only(request, "status", "limit", "cursor")
    rows = Subscription.objects.visible_to(caller_of(request).person).select_related(*NEEDED)
    if status != "all":
        rows = rows.filter(status__in=OVER) if status == "over" else rows.exclude(status__in=OVER)
    found, more = page(rows, cursor=cursor, limit=limit)
    return out.SubscriptionList(subscriptions=[shapes.subscription(row) for row in found], next=more)


@router.get(
    "/subscriptions/{id}",
    auth=READ,
    response={200: out.Subscription, **ERRORS},
    operation_id="read_subscription",
    summary="One contract",
)
def read(request: HttpRequest, id: schemas.Number) -> out.Subscription:
    only(request)
    return shapes.subscription(_visible(caller_of(request), id))


@router.get(
    "/subscriptions/{id}/notice",
    auth=READ,
    response={200: out.Notice, **ERRORS},
    operation_id="preview_notice",
    summary="What a notice given now would do",
)
def preview_notice(request: HttpRequest, id: schemas.Number) -> out.Notice:
    """Writes nothing (row 21)."""
    only(request)
    row = _running(_visible(caller_of(request), id))
    return _notice(services.notice_preview(subscription=row, now=_now(request)))


@router.post(
    "/subscriptions/{id}/notice",
    auth=WRITE,
    response={200: out.Notice, **ERRORS},
    operation_id="give_notice",
    summary="Give notice",
)
def give_notice(request: HttpRequest, id: schemas.Number) -> out.Notice:
    """When it ends; what is granted stays usable until then (rows 21, 22). Given again, the first answer. Managers."""
    caller = caller_of(request)
    row = _managed(caller, id)
    return _notice(services.give_notice(subscription=row, now=_now(request), actor=caller.person))


@router.delete(
    "/subscriptions/{id}/notice",
    auth=WRITE,
    response={200: out.Subscription, **ERRORS},
    operation_id="withdraw_notice",
    summary="Take a notice, or a change, back",
)
def withdraw_notice(request: HttpRequest, id: schemas.Number) -> out.Subscription:
    """While it still runs. Managers."""
    caller = caller_of(request)
    services.withdraw_notice(subscription=_managed(caller, id), now=_now(request), actor=caller.person)
    return shapes.subscription(_visible(caller, id))


@router.get(
    "/subscriptions/{id}/change",
    auth=READ,
    response={200: out.Change, **ERRORS},
    operation_id="preview_change",
    summary="What changing to another plan would do",
)
def preview(
    request: HttpRequest, id: schemas.Number, plan: Annotated[schemas.Code, Query(description="Its code.")]
) -> out.Change:
    """Today's charge and cases, the next charge and cases, and when it binds (row 23). Writes nothing."""
    only(request, "plan")
    row, now = _running(_visible(caller_of(request), id)), _now(request)
    return shapes.change(
        preview_change(
            subscription=row, version=plan_on_sale(plan, row.version.plan.edition, now=now), now=now
        )
    )


@router.post(
    "/subscriptions/{id}/change",
    auth=WRITE,
    response={200: out.Notice, **ERRORS},
    operation_id="change_plan",
    summary="Change the plan at the term's end",
)
def change(request: HttpRequest, id: schemas.Number, body: out.NewPlan) -> out.Notice:
    """By the notice rule. At once, where the rules let it: `POST /orders` with `kind` upgrade. Managers."""
    caller, now = caller_of(request), _now(request)
    row = _managed(caller, id)
    version = plan_on_sale(body.plan, row.version.plan.edition, now=now)
    return _notice(services.change_plan(subscription=row, version=version, now=now, actor=caller.person))


def plan_on_sale(code: str, edition: Edition | None, *, now: datetime) -> PlanVersion:
    """The version on sale of the plan with this code, of `edition` if one is named."""
    found = sold_versions(now=now).filter(plan__code=code).select_related("plan__edition").first()
    if found is None:
        errors = [{"field": "plan", "code": "unknown", "message": "See GET /plans."}]
        raise Problem(422, "no_such_plan", f"No plan {code!r} is on sale.", errors=errors)
    if edition is not None and found.plan.edition_id != edition.pk:
        raise Refused(RefusalCode.WRONG_EDITION, field="plan")
    return found


def _visible(caller: Caller, id: int) -> Subscription:
    rows = Subscription.objects.visible_to(caller.person).select_related(*NEEDED)
    found = rows.filter(pk=id).first()
    if found is None:
        raise not_found("subscription")
    return found


def _managed(caller: Caller, id: int) -> Subscription:
    row = _visible(caller, id)
    if not Organization.objects.managed_by(caller.person).filter(pk=row.organization_id).exists():
        raise Refused(RefusalCode.MANAGER_ONLY)
    return row


def _running(row: Subscription) -> Subscription:
    if row.status in (*OVER, STATUS.AWAITING_PAYMENT):
        raise Refused(RefusalCode.NOT_ACTIVE)
    return row


def _notice(value: Notice) -> out.Notice:
    return out.Notice(effective=value.effective, cut_off=value.cut_off, on_time=value.on_time)


def _now(request: HttpRequest) -> datetime:
    now: datetime = request.now  # type: ignore[attr-defined]
    return now
