"""The months to come, as if customers asked what they asked in the last ones (`simulate`).

Requests and packs come again as much later as the history is long, with what people did with them. Contracts go on as
they stand: nobody new comes, who gave notice leaves, renewals are paid.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from vigente.rules.simulate_history import Act, Asked, Customer, How, Pack, Try


def ahead(demand: Customer, standing: Customer, *, by: timedelta) -> Customer:
    """`standing`: the customer now, with what waits; `demand`: its last months, moved on `by`."""
    waiting = [asked for asked in standing.asked if asked.earlier or asked.waits_until is not None]
    coming = [_asked(asked, by) for asked in demand.asked if not asked.earlier and asked.waits_until is None]
    return replace(
        standing,
        asked=(*waiting, *coming),
        packs=tuple(_pack(pack, by) for pack in demand.packs),
        gifts=(),
        sold=tuple(replace(sold, unpaid=()) for sold in standing.sold),
        blocked=tuple((since, until) for since, until in standing.blocked if until is None),
    )


def _asked(asked: Asked, by: timedelta) -> Asked:
    """A request that comes again. A supervisor does not promise to let it in again."""
    how = How.NOT if asked.how is How.OVERRIDE else asked.how
    return replace(
        asked,
        ref=f"{asked.ref}:again",
        at=asked.at + by,
        how=how,
        accepted_at=_moved(asked.accepted_at, by),
        attended_at=_moved(asked.attended_at, by),
        settled_at=_moved(asked.settled_at, by),
        tries=tuple(Try(one.at + by, one.work, one.licence, one.approved) for one in asked.tries),
        acts=tuple(_act(act, by) for act in asked.acts),
    )


def _act(act: Act, by: timedelta) -> Act:
    return replace(act, at=act.at + by, disputed_at=_moved(act.disputed_at, by))


def _pack(pack: Pack, by: timedelta) -> Pack:
    return replace(pack, at=pack.at + by, returned_at=_moved(pack.returned_at, by))


def _moved(at: datetime | None, by: timedelta) -> datetime | None:
    return None if at is None else at + by
