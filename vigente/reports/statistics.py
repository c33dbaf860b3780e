"""The middle and the nine-in-ten of a list of durations, and shares in basis points."""

from collections.abc import Sequence
from datetime import timedelta


def quantile(values: Sequence[timedelta], percent: int) -> timedelta | None:
    """The smallest value that at least `percent` per cent of them do not exceed (nearest rank); None of nothing.

    >>> quantile([timedelta(minutes=m) for m in (10, 20, 30, 40)], 50)
    datetime.timedelta(seconds=1200)
    """
    if not values:
        return None
    place = -(-len(values) * percent // 100)
    return sorted(values)[max(place, 1) - 1]


def share(part: int, whole: int) -> int | None:
    """Basis points; None of nothing."""
    return 10_000 * part // whole if whole else None
