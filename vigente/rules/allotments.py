"""How many cases a period, a pack or a favour brings, and until when (rows 13, 19, 26).

Not here: the grants themselves (`billing.services`), nor who may use them (`quota`).
"""

from datetime import datetime, timedelta

from vigente.rules.periods import Months, Span, day_start, month_of, period, period_index, prorated
from vigente.rules.rulebook import PackValidity, Rulebook
from vigente.rules.subscriptions import Running


def period_cases(cases: int | None, running: Running, index: int, span: Span) -> int | None:
    """A whole allotment, or a first partial calendar month's by days (setting `months: calendar`). None: unlimited."""
    if cases is None or index > 0 or running.months is not Months.CALENDAR:
        return cases
    return prorated(cases, span, month_of(span.start, running.zone), running.zone)


def carried(unused: int | None, book: Rulebook) -> int:
    """What goes over into the next period, by the rulebook in force while this one ran (rows 19, 43)."""
    return min(unused or 0, book.rollover_max)


def pack_end(running: Running | None, book: Rulebook, *, now: datetime) -> datetime:
    """Until when (exclusive, UTC) a pack confirmed now lasts; `running`: the plan it hangs on.

    The running period by default, some days or the next period by setting (R6, row 26).
    """
    if running is None or book.pack_validity is PackValidity.DAYS:
        return end_of_day(now, book.pack_days, book)
    index = period_index(running.anchor, running.zone, now, running.months)
    if book.pack_validity is PackValidity.NEXT_PERIOD:
        index += 1
    return period(running.anchor, running.zone, index, running.months).end


def goodwill_end(book: Rulebook, *, now: datetime) -> datetime:
    """Until when (exclusive, UTC) a case given back late, or as a favour, lasts: whole local days (row 13)."""
    return end_of_day(now, book.goodwill_days, book)


def end_of_day(now: datetime, days: int, book: Rulebook) -> datetime:
    """The end of the local day `days` after today."""
    last = (now.astimezone(book.zone) + timedelta(days=days)).date()
    return day_start(last + timedelta(days=1), book.billing_zone)
