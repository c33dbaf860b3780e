"""One thing done to thousands of cases: asked for at once, done by the worker, undone for ten minutes.

Each case is its own transaction, and its item is claimed in it: whatever is killed, run twice or run by two workers, a
case is done once or not at all. What one case refuses stops no other.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Count, QuerySet

from vigente.accounts.models import User
from vigente.bulk import acting
from vigente.bulk.models import KEPT, UNDO, BulkAction, BulkItem
from vigente.bulk.state import latest_event, put_back, state_of, still_so, touched_since
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Ticket

MOST = 10_000  # cases of one action
CHUNK = 50  # cases a worker does before it looks at the clock again
CHANGED_SINCE = "changed_since"  # a reason beside those of RefusalCode: somebody was there after us
Status, State = BulkAction.Status, BulkItem.State
log = structlog.get_logger(__name__)


def start(
    *,
    act: str,
    value: Mapping[str, Any],
    cases: "QuerySet[Ticket]",
    actor: User,
    key: str,
    now: datetime,
) -> BulkAction:
    """Ask for `act` on these cases, of which only those the actor may see count. The same `key` is the same action.

    Raises Refused: no case, or more than `MOST`.
    """
    before = BulkAction.objects.filter(key=key).first()
    if before is not None:
        if before.actor_id != actor.pk:
            raise Refused(RefusalCode.SAME_KEY_OTHER_CONTENT)
        return before
    if act not in BulkAction.Act.values or not acting.actor_may(actor):
        raise Refused(RefusalCode.INVALID_VALUE, field="act", value=act)
    keys = list(cases.order_by().values_list("pk", flat=True).distinct()[: MOST + 1])
    if not keys:
        raise Refused(RefusalCode.EMPTY)
    if len(keys) > MOST:
        raise Refused(RefusalCode.TOO_LONG, limit=MOST)
    try:
        with transaction.atomic():
            bulk = BulkAction.objects.create(
                actor=actor, act=act, value=dict(value), key=key, total=len(keys), created_at=now,
                can_undo=acting.can_undo(act, value),
            )  # fmt: skip
            BulkItem.objects.bulk_create(
                (BulkItem(action=bulk, ticket_id=pk) for pk in sorted(keys)), batch_size=1_000
            )
    except IntegrityError:  # the same click, a moment ago
        return BulkAction.objects.get(key=key, actor=actor)
    return bulk


def run_due(*, now: datetime, most: int = CHUNK) -> int:
    """Do the next cases of what was asked for longest ago; how many that were."""
    bulk = BulkAction.objects.filter(status__in=[Status.RUNNING, Status.UNDOING]).order_by("id").first()
    if bulk is None:
        return 0
    forth = bulk.status == Status.RUNNING
    state = State.WAITING if forth else State.DONE
    items = list(bulk.items.filter(state=state).select_related("ticket__requester").order_by("id")[:most])
    may = acting.actor_may(bulk.actor)
    for item in items:
        step = _do if forth else _undo
        try:
            step(item, bulk, may=may, now=now)
        except OperationalError:
            raise  # the database is busy or away: all of it again later
        except Exception as error:  # one case that cannot be done is no reason to leave the others
            log.error("bulk action failed for a case", action=bulk.pk, ticket=item.ticket_id, exc_info=error)
            _settle(item, State.REFUSED if forth else State.KEPT, reason={"code": "failed"})
    _count(bulk, finished=len(items) < most, forth=forth, now=now)
    return len(items) or 1


def undo(*, action: BulkAction, actor: User, now: datetime) -> None:
    """Put back what can be: those not yet done are left alone, those somebody touched since stay as they are.

    Raises Refused: somebody else's, nothing to put back, or its ten minutes are over.
    """
    if action.actor_id != actor.pk and not actor.is_supervisor:
        raise Refused(RefusalCode.NOT_YOURS)
    if not may_undo(action, now=now):
        raise Refused(RefusalCode.TOO_LATE)
    changed = BulkAction.objects.filter(pk=action.pk, status__in=[Status.RUNNING, Status.DONE])
    with transaction.atomic():
        if changed.update(status=Status.UNDOING, finished_at=None):
            action.items.filter(state=State.WAITING).update(state=State.UNDONE)
    action.refresh_from_db()


def may_undo(action: BulkAction, *, now: datetime) -> bool:
    """While it runs and ten minutes after, if it is of a kind that can be."""
    if not action.can_undo or action.status not in (Status.RUNNING, Status.DONE):
        return False
    return action.finished_at is None or now < action.finished_at + UNDO


def forget_old(*, now: datetime) -> int:
    """Delete the rows of what was done long ago; how many actions."""
    old = BulkAction.objects.filter(created_at__lte=now - KEPT, status__in=[Status.DONE, Status.UNDONE])
    return old.delete()[1].get("bulk.BulkAction", 0)


def _do(item: BulkItem, bulk: BulkAction, *, may: bool, now: datetime) -> None:
    with transaction.atomic():
        if not _claim(item, State.WAITING, State.DONE):
            return
        if not may or not Ticket.objects.visible_to(bulk.actor).filter(pk=item.ticket_id).exists():
            _settle(item, State.REFUSED, reason={"code": RefusalCode.NOT_YOURS.value})
            return
        before, event = state_of(item.ticket_id), latest_event(item.ticket)
        try:
            with transaction.atomic():
                acting.act(item.ticket, bulk, now=now)
        except Refused as refusal:
            _settle(item, State.REFUSED, reason=_reason(refusal))
            return
        after, latest = state_of(item.ticket_id), latest_event(item.ticket)
        state = State.SAME if latest == event and after == before else State.DONE
        BulkItem.objects.filter(pk=item.pk).update(state=state, before=before, after=after, event=latest)


def _undo(item: BulkItem, bulk: BulkAction, *, may: bool, now: datetime) -> None:
    with transaction.atomic():
        if not _claim(item, State.DONE, State.UNDONE):
            return
        changed = touched_since(item.ticket, item.event, by_others_than=bulk.actor)
        if not may or changed or not still_so(state_of(item.ticket_id), item.before, item.after):
            _settle(item, State.KEPT, reason={"code": CHANGED_SINCE})
            return
        try:
            with transaction.atomic():
                put_back(item.ticket, item.before, item.after, actor=bulk.actor, now=now)
        except Refused as refusal:
            _settle(item, State.KEPT, reason=_reason(refusal))


def _claim(item: BulkItem, before: str, after: str) -> bool:
    return bool(BulkItem.objects.filter(pk=item.pk, state=before).update(state=after))


def _settle(item: BulkItem, state: str, *, reason: dict[str, Any]) -> None:
    BulkItem.objects.filter(pk=item.pk).update(state=state, reason=reason)


def _reason(refusal: Refused) -> dict[str, Any]:
    return {"code": refusal.code.value, "params": refusal.params}


def _count(bulk: BulkAction, *, finished: bool, forth: bool, now: datetime) -> None:
    """Write how far it is. It is over when no item waits any more, also one that another worker has."""
    found = dict(bulk.items.order_by().values_list("state").annotate(Count("pk")))
    counts = {state: found.get(state, 0) for state in ("done", "same", "refused", "undone", "kept")}
    left = found.get(State.WAITING if forth else State.DONE, 0)
    mine = BulkAction.objects.filter(pk=bulk.pk, status=bulk.status)
    if left or not finished:
        mine.update(**counts)
    else:
        mine.update(**counts, status=Status.DONE if forth else Status.UNDONE, finished_at=now)
