"""Favours that would have been beyond the limit of who made them (row 39; `simulate`)."""

from collections import Counter
from collections.abc import Iterable

from vigente.rules.periods import month_of
from vigente.rules.simulate_history import Books, Favour


def beyond(favours: Iterable[Favour], books: Books) -> list[Favour]:
    """Those that a supervisor would have had to decide: a person's, counted by calendar month of the billing zone.

    A favour that is not made does not count against those that follow.
    """
    made: Counter[tuple[int, object]] = Counter()
    found = []
    for favour in sorted(favours, key=lambda one: (one.at, one.ref)):
        book = books.at(favour.at)
        limit = book.favour_limits.get(favour.role)
        key = (favour.by, month_of(favour.at, book.billing_zone).start)
        if limit is not None and made[key] + favour.cases > limit:
            found.append(favour)
        else:
            made[key] += favour.cases
    return found
