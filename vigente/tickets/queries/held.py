"""Lists of held requests, longest waiting first."""

from datetime import datetime

from vigente.accounts.models import User
from vigente.tickets.models import HeldRequest
from vigente.tickets.queries.counts import OPEN_HELD
from vigente.tickets.queries.pages import Page, after, pack, unpack

Status = HeldRequest.Status
HELD_VIEWS: dict[str, tuple[str, ...]] = {
    "pending": tuple(OPEN_HELD),
    "waiting": (Status.WAITING,),
    "choose": (Status.CHOOSE,),
    "approval": (Status.APPROVAL,),
    "expired": (Status.EXPIRED,),
    "all": tuple(one for one in Status if one != Status.SPAM),
}
LATEST_FIRST = ("expired", "all")


def held_page(
    user: User, *, view: str = "pending", cursor: str | None = None, limit: int = 50
) -> Page[HeldRequest]:
    """One page of a view of `HELD_VIEWS`. One query, any size. Views of the past show the latest first."""
    held = HeldRequest.objects.visible_to(user).filter(status__in=HELD_VIEWS[view])
    held = held.select_related(
        "organization", "requester", "licence__edition__product", "work_type", "ticket"
    )
    falls = view in LATEST_FIRST
    start = unpack(cursor, datetime, int)
    if start:
        keys = {"received_at": start[0], "id": start[1]}
        held = held.filter(
            after(**{f"desc_{name}" if falls else name: value for name, value in keys.items()})
        )
    sign = "-" if falls else ""
    rows = list(held.order_by(f"{sign}received_at", f"{sign}id")[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, pack(rows[-1].received_at, rows[-1].pk) if more else "")
