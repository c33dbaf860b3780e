"""From which instant new rules matter to customers, and whether it is too late to announce them (row 30)."""

from datetime import datetime

from vigente.rules.rulebook import Rulebook


def headline(before: Rulebook, after: Rulebook, effective_from: datetime) -> datetime:
    """The date that matters to customers: when a plan begins to be needed, if that is what changes."""
    required = after.plans_required_from
    if required is not None and required != before.plans_required_from and required > effective_from:
        return required
    return effective_from


def has_passed(at: datetime, book: Rulebook, *, now: datetime) -> bool:
    """Whether the day of `at`, in the zone of the rules, is over: what binds today may still be told today."""
    return at.astimezone(book.zone).date() < now.astimezone(book.zone).date()
