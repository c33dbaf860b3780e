"""Travelling through time: what is to be done at which instant, done in order, with the clock's own jobs in between."""

import heapq
from collections.abc import Callable
from datetime import datetime

Act = Callable[[datetime], None]


class Agenda:
    """Acts by instant (aware UTC). An act may put further acts on the agenda, at its own instant or later."""

    def __init__(self) -> None:
        self._acts: list[tuple[datetime, int, Act]] = []
        self._count = 0

    def __len__(self) -> int:
        return len(self._acts)

    def at(self, when: datetime, act: Act) -> None:
        """Do `act` at `when`; acts of the same instant keep the order in which they were put here."""
        heapq.heappush(self._acts, (when, self._count, act))
        self._count += 1

    def run(self, *, until: datetime, pass_time: Callable[[datetime, datetime], None]) -> int:
        """Do everything up to `until`, inclusive; later acts are dropped. Returns how many were done.

        `pass_time(before, now)` is called whenever the clock moves, to run what falls due by itself.
        """
        done, clock = 0, None
        while self._acts and self._acts[0][0] <= until:
            when, _, act = heapq.heappop(self._acts)
            if clock is not None and when > clock:
                pass_time(clock, when)
            clock = when
            act(when)
            done += 1
        self._acts.clear()
        if clock is not None and clock < until:
            pass_time(clock, until)
        return done
