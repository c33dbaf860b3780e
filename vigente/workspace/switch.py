"""The way from free support to plans as steps that can be left and taken up again: each step's state is read from the
books, none is remembered apart (row 30).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.accounts.models import Organization
from vigente.billing.models import Announcement, CustomerImport, Licence, RulebookVersion, Subscription
from vigente.billing.outlook import Outlook, outlook
from vigente.rules.announced import has_passed
from vigente.rules.rulebook import Rulebook
from vigente.tickets.models import Ticket
from vigente.ui import formats
from vigente.ui.rulebook_announced import day_text

YEAR = timedelta(days=365)
MOST_POINTS = 60


@dataclass(frozen=True, slots=True)
class Required:
    """The date from which a plan is needed, and the version that says so."""

    at: datetime
    version: RulebookVersion
    book: Rulebook

    @property
    def text(self) -> str:
        return day_text(self.at, self.book)

    def passed(self, *, now: datetime) -> bool:
        """Whether that day is over, so that it cannot be announced any more."""
        return has_passed(self.at, self.book, now=now)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A version that is published and not in force: `text` is the date it sets, empty for none. `differs`: it undoes
    the date of the path.
    """

    version: RulebookVersion
    text: str
    differs: bool


def scheduled(found: Required | None, *, now: datetime) -> list[Scheduled]:
    """Versions to come, but the one the path's date is from: each keeps the date it was written with."""
    later = RulebookVersion.objects.filter(effective_from__gt=now).order_by("effective_from")
    rows = []
    for version in later:
        if found is not None and found.version.pk == version.pk:
            continue
        book = Rulebook.from_json(version.data)
        at = book.plans_required_from
        differs = found is not None and at != found.at
        rows.append(Scheduled(version, day_text(at, book) if at else "", differs))
    return rows


@dataclass(frozen=True, slots=True)
class Step:
    """One step: where it is, what there is to say of it, and whether it is done."""

    id: str
    title: str
    url: str
    said: str
    done: bool


def required(*, now: datetime) -> Required | None:
    """By what is in force, or else by the next version that sets a date."""
    versions = list(RulebookVersion.objects.order_by("effective_from"))
    past = [version for version in versions if version.effective_from <= now][-1:]
    for version in [*past, *(v for v in versions if v.effective_from > now)]:
        book = Rulebook.from_json(version.data)
        if book.plans_required_from is not None:
            return Required(book.plans_required_from, version, book)
    return None


def announcement_of(found: Required | None) -> Announcement | None:
    """The newest announcement of that date."""
    if found is None:
        return None
    date = found.book.to_json()["plans_required_from"]
    rows = Announcement.objects.order_by("-created_at", "-id")[:20]
    return next((row for row in rows if row.after.get("plans_required_from") == date), None)


def steps(*, now: datetime, found: Required | None, rows: Sequence[Outlook]) -> list[Step]:
    """All six, in order."""
    licences = Licence.objects.filter(organization__blocked_at__isnull=True).count()
    organizations = Organization.objects.filter(blocked_at__isnull=True).count()
    legacy = Subscription.objects.filter(source=Subscription.Source.LEGACY).count()
    sent = announcement_of(found)
    covered = sum(row.is_covered for row in rows)
    running = CustomerImport.objects.filter(finished_at__isnull=True, done__gt=0).exists()
    bare = len(rows) - covered
    return [
        _step("customers", _("Traer sus clientes"), _customers_text(organizations, licences),
              bool(licences) and not running),
        _step("legacy", _("Planes de antes"), ngettext("%(n)s plan anterior", "%(n)s planes anteriores", legacy)
              % {"n": formats.number(legacy)}, bool(legacy)),
        _step("date", _("La fecha"), found.text if found else _("sin fecha"), found is not None),
        _step("uncovered", _("Quién queda sin plan"), ngettext("%(n)s organización", "%(n)s organizaciones", bare)
              % {"n": formats.number(bare)} if found else "", found is not None and not bare),
        _step("announcement", _("Anunciarlo"), _sent_text(sent), bool(sent and sent.sent_at)),
        _step("adoption", _("Ver cómo avanza"), _("%(covered)s de %(all)s con plan")
              % {"covered": formats.number(covered), "all": formats.number(len(rows))} if found else "", False),
    ]  # fmt: skip


def _step(id: str, title: str, said: str, done: bool) -> Step:
    return Step(id, title, reverse(f"workspace:switch_{id}"), said, done)


def _customers_text(organizations: int, licences: int) -> str:
    return _("%(organizations)s organizaciones, %(licences)s licencias") % {
        "organizations": formats.number(organizations),
        "licences": formats.number(licences),
    }


def _sent_text(sent: Announcement | None) -> str:
    if sent is None:
        return _("sin empezar")
    return _("enviado") if sent.sent_at else _("por enviar")


@dataclass(frozen=True, slots=True)
class Bare:
    """A customer that would lack coverage. `cases`: asked for in the last year."""

    row: Outlook
    cases: int


def uncovered(rows: Sequence[Outlook], *, now: datetime) -> list[Bare]:
    """Those who would lack coverage, who asked most in the last year first."""
    counts = dict(
        Ticket.objects.filter(accepted_at__gte=now - YEAR, organization__isnull=False)
        .values_list("organization")
        .annotate(n=Count("pk"))
        .values_list("organization", "n")
    )
    found = [Bare(row, counts.get(row.pk, 0)) for row in rows if not row.is_covered]
    return sorted(found, key=lambda bare: (-bare.cases, bare.row.name))


@dataclass(frozen=True, slots=True)
class Day:
    """How many customers had a plan for the date, and how many had not, at the end of a day or just now."""

    at: datetime
    covered: int
    bare: int


def course(rows: Sequence[Outlook], *, since: datetime, now: datetime) -> list[Day]:
    """From `since` to now, at most `MOST_POINTS` days apart evenly."""
    ready = sorted(row.ready_at for row in rows if row.ready_at is not None)
    step = max(timedelta(days=1), (now - since) / MOST_POINTS)
    days, at = [], since
    while True:
        at = min(at, now)
        covered = sum(one <= at for one in ready)
        days.append(Day(at, covered, len(rows) - covered))
        if at >= now:
            return days
        at += step


def first_day(sent: Announcement | None, *, now: datetime) -> datetime:
    """Where the chart begins: with the announcement, or 30 days back."""
    month = now - timedelta(days=30)
    return min(sent.sent_at, month) if sent and sent.sent_at else month


def frame(here: str, *, now: datetime) -> dict[str, Any]:
    """What every page of the path shows: its steps and how far they are. `rows` stands for the date, or for now."""
    found = required(now=now)
    rows = outlook(max(found.at, now) if found else now)
    all_steps = steps(now=now, found=found, rows=rows)
    place = next((n for n, step in enumerate(all_steps) if step.id == here), None)
    after: Mapping[str, Any] = {
        "next": all_steps[place + 1] if place is not None and place + 1 < len(all_steps) else None
    }
    later = scheduled(found, now=now)
    return {
        "steps": all_steps,
        "here": here,
        "required": found,
        "rows": rows,
        "passed": found is not None and found.passed(now=now),
        "scheduled": later if here == "date" else [one for one in later if one.differs],
        **after,
    }
