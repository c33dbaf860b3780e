"""The promises of a case over time: near its deadline and broken are said once each, as events; and what people
decide about a deadline, which is an event too, so that everything is recomputed whole with it.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField

from vigente.accounts.models import User
from vigente.events.kinds import Kind
from vigente.installation.prepared import Locking, Param, Prepared
from vigente.rules.lifecycle import DONE
from vigente.rules.refusal import RefusalCode, Refused
from vigente.rules.sla import Change, Clocks, Promise, What
from vigente.rules.sla import Kind as ClockKind
from vigente.rules.worktime import add
from vigente.tickets.models import Ticket
from vigente.tickets.services.saying import say_due
from vigente.tickets.services.state import locked, tell
from vigente.tickets.stamps import CLOCK, hours_of, restamp, standing_of

LONGEST_REASON = 300
MANY = 200  # cases a turn of the clock looks at


def say_all_due(*, now: datetime) -> int:
    """Say what is due at `now` of every case; how much was said. Safe to run late, twice and on several machines."""
    return sum(_say_of(pk, now=now) for pk in _WAITING_TO_BE_SAID(now=now))


@transaction.atomic
def _say_of(pk: int, *, now: datetime) -> int:
    ticket = _LOCKED.first(ticket=pk)
    if ticket is None or ticket.alert_at is None or ticket.alert_at >= now:
        return 0
    said = say_due(ticket, now=now)
    restamp(ticket, now=now)
    return said


@transaction.atomic
def adjust(
    *,
    ticket: Ticket,
    what: What,
    change: Change,
    actor: User | None,
    now: datetime,
    reason: str = "",
    minutes: int | None = None,
    until: datetime | None = None,
) -> None:
    """Decide by hand when the reply that is owed, or the resolution, is due. Staff, or a rule of automation (`actor`
    None); people say why.

    SET takes `until` (UTC) or `minutes` of working time from now; EXTEND and SHORTEN take `minutes` of working time.
    RESTORE: as the policy has it. Raises Refused when there is no such deadline, or it would have passed already.
    """
    ticket = _open_case(ticket, actor, reason)
    clocks = standing_of(ticket).clocks
    if change in (Change.EXTEND, Change.SHORTEN) and not (minutes or 0) > 0:
        raise Refused(RefusalCode.INVALID_VALUE, field="minutes")
    promise = _meant(what, clocks)
    due = getattr(clocks, f"{promise.value}_due")
    if change is Change.SET:
        until = until or add(hours_of(ticket), now, timedelta(minutes=minutes or 0))
        if until <= now:
            raise Refused(RefusalCode.INVALID_VALUE, field="until")
        minutes = None
    elif change is Change.RESTORE:
        if promise not in clocks.by_hand:
            return
    elif due is None:
        raise Refused(RefusalCode.NO_DEADLINE, field="what")
    _tell(ticket, what.value, change.value, actor=actor, now=now, reason=reason, minutes=minutes, until=until)
    if change is Change.SHORTEN:
        due = getattr(standing_of(ticket).clocks, f"{promise.value}_due")
        if due is not None and due <= now:
            raise Refused(RefusalCode.INVALID_VALUE, field="minutes")
    restamp(ticket, now=now)


@transaction.atomic
def hold(*, ticket: Ticket, actor: User | None, now: datetime, reason: str = "") -> None:
    """Stop the clocks of the next reply and the resolution, until released or until the customer's next message."""
    ticket = _open_case(ticket, actor, reason)
    if standing_of(ticket).clocks.held_since is None:
        _tell(ticket, CLOCK, ClockKind.HELD.value, actor=actor, now=now, reason=reason)
        restamp(ticket, now=now)


@transaction.atomic
def release(*, ticket: Ticket, actor: User | None, now: datetime, reason: str = "") -> None:
    """Let them run again."""
    ticket = _open_case(ticket, actor, reason)
    if standing_of(ticket).clocks.held_since is not None:
        _tell(ticket, CLOCK, ClockKind.RELEASED.value, actor=actor, now=now, reason=reason)
        restamp(ticket, now=now)


def _open_case(ticket: Ticket, actor: User | None, reason: str) -> Ticket:
    if actor is not None and not actor.is_staff_member:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if actor is not None and not reason.strip():
        raise Refused(RefusalCode.NEEDS_REASON, field="reason")
    fresh = locked(ticket.pk)
    if fresh.status in DONE:
        raise Refused(RefusalCode.WRONG_STATE, state=fresh.status)
    return fresh


def _meant(what: What, clocks: Clocks) -> Promise:
    if what is What.RESOLUTION:
        return Promise.RESOLUTION
    return Promise.NEXT_REPLY if clocks.first_replied_at else Promise.FIRST_REPLY


def _tell(
    ticket: Ticket,
    what: str,
    change: str,
    *,
    actor: User | None,
    now: datetime,
    reason: str,
    minutes: int | None = None,
    until: datetime | None = None,
) -> None:
    why, by = reason.strip()[:LONGEST_REASON], until.isoformat() if until else None
    tell(Kind.PROMISE_ADJUSTED, ticket, now=now, actor=actor, what=what, change=change, minutes=minutes, until=by,
         why=why)  # fmt: skip


_LOCKED = Locking(lambda: Ticket.objects.select_related("sla_policy").filter(pk=Param("ticket")))
_WAITING_TO_BE_SAID = Prepared(
    lambda: (
        Ticket.objects.filter(alert_at__lt=Param("now", DateTimeField()))
        .order_by("alert_at", "id")
        .values_list("pk", flat=True)[:MANY]
    )
)
