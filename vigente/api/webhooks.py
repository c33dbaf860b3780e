"""Webhooks: which programs are told what happens, what was sent to them, and sending it again. The owner's alone."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from vigente.accounts.models import User
from vigente.api import schemas
from vigente.api.auth import TokenAuth, caller_of
from vigente.api.errors import ERRORS
from vigente.api.problems import Problem, not_found, only
from vigente.events.kinds import Kind
from vigente.webhooks import services
from vigente.webhooks.models import Delivery, Endpoint
from vigente.webhooks.queries import delivery_page

router = Router(tags=["webhooks"], auth=TokenAuth("webhooks", owner=True))
Url = Annotated[str, Field(min_length=1, max_length=500, examples=["https://hooks.ejemplo.com/vigente"])]
Kinds = Annotated[list[Kind], Field(max_length=200)]
Line = Annotated[str, Field(max_length=120, pattern=schemas.NO_NUL)]
MessageId = Annotated[str, Field(pattern=r"^msg_[0-9a-f]{32}$")]


class Webhook(Schema):
    """`kinds` empty: everything. `disabled_reason`: owner, gone (it answered 410) or failing (nothing for days)."""

    id: int
    url: str
    description: str
    kinds: list[str]
    active: bool
    disabled_at: datetime | None
    disabled_reason: str | None
    failing_since: datetime | None
    created_at: datetime


class WebhookWithSecret(Webhook):
    """The secret is told here and never again."""

    secret: str


class WebhookList(Schema):
    webhooks: list[Webhook]


class NewWebhook(schemas.Body):
    url: Url
    kinds: Kinds = []
    description: Line = ""


class WebhookChanges(schemas.Body):
    """What is left out stays."""

    url: Url | None = None
    kinds: Kinds | None = None
    description: Line | None = None
    active: bool | None = None


class Sent(Schema):
    """One message. `code`: the last answer's status; `error`: why it was not taken."""

    id: str
    kind: str
    status: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    last_at: datetime | None
    code: int | None
    error: str | None


class SentList(Schema):
    """`next`: the cursor of the next page; null on the last one."""

    deliveries: list[Sent]
    next: str | None


class Replay(schemas.Body):
    """Either one message by its id, or all that failed and were written since an instant."""

    delivery: MessageId | None = None
    failed_since: schemas.Instant | None = None


class Replayed(Schema):
    replayed: int


@router.get(
    "/webhooks", response={200: WebhookList, **ERRORS}, operation_id="list_webhooks", summary="All webhooks"
)
def listing(request: HttpRequest) -> WebhookList:
    """Oldest first, without their secrets."""
    only(request)
    return WebhookList(webhooks=[_shape(row) for row in Endpoint.objects.visible_to(_owner(request))])


@router.post(
    "/webhooks",
    response={201: WebhookWithSecret, **ERRORS},
    operation_id="create_webhook",
    summary="Tell one more program",
)
def create(request: HttpRequest, body: NewWebhook) -> Status:
    """Its secret is in this answer and in no other."""
    owner = _owner(request)
    endpoint = services.create_endpoint(
        url=body.url, kinds=body.kinds, description=body.description, actor=owner, now=_now(request)
    )
    return Status(201, _with_secret(endpoint, endpoint.secret))


@router.get(
    "/webhooks/{id}", response={200: Webhook, **ERRORS}, operation_id="read_webhook", summary="One webhook"
)
def read(request: HttpRequest, id: schemas.Number) -> Webhook:
    only(request)
    return _shape(_endpoint(request, id))


@router.patch(
    "/webhooks/{id}",
    response={200: Webhook, **ERRORS},
    operation_id="change_webhook",
    summary="Change a webhook, or switch it on or off",
)
def change(request: HttpRequest, id: schemas.Number, body: WebhookChanges) -> Webhook:
    """Switched off, what waits is kept as failed; switched on again it can be replayed."""
    endpoint = services.change_endpoint(
        endpoint=_endpoint(request, id),
        url=body.url,
        kinds=body.kinds,
        description=body.description,
        is_active=body.active,
        now=_now(request),
    )
    return _shape(endpoint)


@router.delete(
    "/webhooks/{id}",
    response={204: None, **ERRORS},
    operation_id="delete_webhook",
    summary="Delete a webhook",
)
def delete(request: HttpRequest, id: schemas.Number) -> Status:
    """It and its log are gone."""
    services.delete_endpoint(endpoint=_endpoint(request, id))
    return Status(204, None)


@router.post(
    "/webhooks/{id}/secret",
    response={200: WebhookWithSecret, **ERRORS},
    operation_id="rotate_webhook_secret",
    summary="A new secret",
)
def rotate(request: HttpRequest, id: schemas.Number) -> WebhookWithSecret:
    """The one before signs beside it for 24 hours."""
    endpoint = _endpoint(request, id)
    return _with_secret(endpoint, services.rotate_secret(endpoint=endpoint, now=_now(request)))


@router.post(
    "/webhooks/{id}/test", response={202: Sent, **ERRORS}, operation_id="test_webhook", summary="Send a test"
)
def test(request: HttpRequest, id: schemas.Number) -> Status:
    """A `webhook.test` is on its way; what became of it is in the deliveries."""
    return Status(202, _sent(services.send_test(endpoint=_endpoint(request, id), now=_now(request))))


@router.get(
    "/webhooks/{id}/deliveries",
    response={200: SentList, **ERRORS},
    operation_id="list_webhook_deliveries",
    summary="What was sent, newest first",
)
def deliveries(
    request: HttpRequest,
    id: schemas.Number,
    status: Literal["pending", "delivered", "failed", "all"] = "all",
    limit: schemas.Limit = 30,
    cursor: Annotated[
        str | None, Query(pattern=r"^[A-Za-z0-9_-]{0,400}$", description="`next` of the page before.")
    ] = None,
) -> SentList:
    """A page of messages; go on with `next` until it is null."""
    only(request, "status", "limit", "cursor")
    page = delivery_page(_endpoint(request, id), status=status, cursor=cursor, limit=limit)
    return SentList(deliveries=[_sent(row) for row in page.rows], next=page.next_cursor or None)


@router.post(
    "/webhooks/{id}/replay",
    response={202: Replayed, **ERRORS},
    operation_id="replay_webhook",
    summary="Send again",
)
def replay(request: HttpRequest, id: schemas.Number, body: Replay) -> Status:
    """The same messages under the same ids: a receiver that keeps ids knows those it had."""
    endpoint, now = _endpoint(request, id), _now(request)
    if (body.delivery is None) == (body.failed_since is None):
        raise Problem(422, "invalid", "Give either `delivery` or `failed_since`.")
    if body.failed_since is not None:
        count = services.replay_failed(endpoint=endpoint, since=body.failed_since, now=now)
        return Status(202, Replayed(replayed=count))
    found = Delivery.objects.filter(endpoint=endpoint, message_id=body.delivery).first()
    if found is None:
        raise not_found("delivery")
    return Status(202, Replayed(replayed=services.replay(delivery=found, now=now)))


def _now(request: HttpRequest) -> datetime:
    now: datetime = request.now  # type: ignore[attr-defined]
    return now


def _owner(request: HttpRequest) -> User:
    return caller_of(request).person


def _endpoint(request: HttpRequest, id: int) -> Endpoint:
    found = Endpoint.objects.visible_to(_owner(request)).filter(pk=id).first()
    if found is None:
        raise not_found("webhook")
    return found


def _shape(row: Endpoint) -> Webhook:
    return Webhook(
        id=row.pk,
        url=row.url,
        description=row.description,
        kinds=row.kinds,
        active=row.is_active,
        disabled_at=row.disabled_at,
        disabled_reason=row.disabled_reason or None,
        failing_since=row.failing_since,
        created_at=row.created_at,
    )


def _with_secret(row: Endpoint, secret: str) -> WebhookWithSecret:
    return WebhookWithSecret(**_shape(row).model_dump(), secret=secret)


def _sent(row: Delivery) -> Sent:
    waits = row.status == Delivery.Status.PENDING
    return Sent(
        id=row.message_id,
        kind=row.kind,
        status=row.status,
        attempts=row.attempts,
        created_at=row.created_at,
        next_attempt_at=row.next_attempt_at if waits else None,
        last_at=row.last_at,
        code=row.last_code,
        error=row.last_error or None,
    )
