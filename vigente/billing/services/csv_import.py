"""Bringing in a vendor's customers from a table (row 30): organizations, licences, earlier plans with their expiries.

`plan` says row by row what would be done and what is wrong, without writing; `apply` does it through the ordinary
services. What is there already is left alone, so that the same file again changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from vigente.accounts.models import Organization, User
from vigente.billing.models import Licence, PlanVersion, Subscription
from vigente.billing.services.csv_import_checks import Known, Wanted, check
from vigente.billing.services.csv_import_reading import Fault, Problem, Row
from vigente.billing.services.licences import register_licence, set_hosting
from vigente.billing.services.subscriptions import subscribe
from vigente.rules.refusal import Refused


@dataclass(frozen=True, slots=True)
class Result:
    """What becomes of one row. `does`: codes of what is new: organization, licence, hosting, label, legacy."""

    row: Row
    does: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Plan:
    """Every row with what becomes of it."""

    results: list[Result] = field(default_factory=list)

    @property
    def good(self) -> list[Result]:
        return [result for result in self.results if not result.problems]

    @property
    def bad(self) -> list[Result]:
        return [result for result in self.results if result.problems]

    def count(self, what: str) -> int:
        """How many rows bring something of this kind."""
        return sum(what in result.does for result in self.good)

    @property
    def changes(self) -> int:
        return sum(bool(result.does) for result in self.good)


def plan(rows: Sequence[Row], *, now: datetime) -> Plan:
    """What importing these rows would do, decided for all of them together; a handful of queries, nothing written."""
    known = Known.load(now=now)
    found = Plan()
    for row in rows:
        wanted, problems = check(row, known)
        if wanted is None:
            found.results.append(Result(row, problems=tuple(problems)))
        else:
            found.results.append(Result(row, does=tuple(known.take(wanted))))
    return found


def apply(rows: Iterable[Row], *, now: datetime, actor: User) -> tuple[dict[str, int], list[Problem]]:
    """Import rows, each whole or not at all. Returns how many of each kind were made, and what was refused."""
    known, made, problems = Known.load(now=now), dict[str, int](), list[Problem]()
    for row in rows:
        wanted, wrong = check(row, known)
        if wanted is None:
            problems.extend(wrong)
            continue
        try:
            with transaction.atomic():
                does = _write(wanted, known, now=now, actor=actor)
        except Refused as refusal:
            problems.append(
                Problem(Fault.REFUSED, row.line, params={**refusal.params, "code": refusal.code.value})
            )
            continue
        for what in does:
            made[what] = made.get(what, 0) + 1
    return made, problems


def _write(wanted: Wanted, known: Known, *, now: datetime, actor: User) -> list[str]:
    does = known.would(wanted)
    organization = _organization(wanted, known, does, now=now)
    licence = _licence(wanted, organization, does, now=now, actor=actor)
    if "legacy" in does and wanted.legacy is not None:
        version = PlanVersion.objects.select_related("plan").get(pk=wanted.legacy.version)
        subscribe(
            organization=organization,
            licence=licence,
            version=version,
            source=Subscription.Source.LEGACY,
            anchor=wanted.legacy.since,
            ends_at=wanted.legacy.until,
            auto_renew=False,
            now=now,
            actor=actor,
        )
    return known.take(wanted, organization=organization.pk)


def _organization(wanted: Wanted, known: Known, does: list[str], *, now: datetime) -> Organization:
    if "organization" in does:
        return Organization.objects.create(
            name=wanted.name,
            external_ref=wanted.reference,
            language=wanted.language or "es",
            created_at=now,
        )
    found = Organization.objects.get(pk=known.meant(wanted.name, wanted.reference)[0])
    if "reference" in does:
        Organization.objects.filter(pk=found.pk).update(external_ref=wanted.reference)
    return found


def _licence(
    wanted: Wanted, organization: Organization, does: list[str], *, now: datetime, actor: User
) -> Licence | None:
    if not wanted.key:
        return None
    if "licence" in does and wanted.edition is not None:
        return register_licence(
            key=wanted.key,
            organization=organization,
            edition=wanted.edition,
            hosting=wanted.hosting or Licence.Hosting.CUSTOMER,
            label=wanted.label,
            included_plan=wanted.included,
            now=now,
            actor=actor,
        )
    licence = Licence.objects.get(key=wanted.key)
    if "hosting" in does:
        set_hosting(licence=licence, hosting=wanted.hosting, now=now, actor=actor)
    if "label" in does:
        Licence.objects.filter(pk=licence.pk).update(label=wanted.label)
    return licence
