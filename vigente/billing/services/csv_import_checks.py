"""Whether a row of the customers' table can be used, and what it would add to what is known. Writes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from vigente.accounts.models import Organization
from vigente.billing.models import Edition, Licence, Plan, PlanVersion, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services.csv_import_reading import Fault, Problem, Row, plain

HOSTING = {
    "vendor_cloud": ("vendor_cloud", "nube", "nuestra_nube", "en_nuestra_nube", "cloud"),
    "customer": ("customer", "cliente", "propio", "su_servidor", "en_su_servidor", "own"),
}
_HOSTING = {word: value for value, words in HOSTING.items() for word in words}
LONGEST = {"organization": 160, "reference": 80, "manager_name": 120, "licence": 64, "label": 80}
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Legacy:
    """An earlier plan: its version, from and until when (UTC, half-open)."""

    version: int
    since: datetime | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row that can be used."""

    line: int
    name: str
    reference: str
    language: str
    key: str
    edition: Edition | None
    hosting: str
    label: str
    included: Plan | None
    legacy: Legacy | None


@dataclass(slots=True)
class Known:
    """What is in the database, and what the rows so far would add.

    `organizations`: keys of rows by name and by reference; one to come has the negative number of its line.
    """

    now: datetime
    zone: ZoneInfo
    organizations: dict[str, list[int]] = field(default_factory=dict)
    licences: dict[str, tuple[int, str, str]] = field(default_factory=dict)  # edition, hosting, label
    owners: dict[str, int] = field(default_factory=dict)
    references: dict[int, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    editions: dict[str, list[Edition]] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)  # the newest version of each plan
    sold: dict[int, int] = field(default_factory=dict)  # and back
    legacies: set[tuple[str, int, datetime]] = field(default_factory=set)
    lines: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, *, now: datetime) -> "Known":
        """Everything that rows are compared with, in six queries."""
        known = cls(now, rulebook_at(now).zone)
        for pk, name, reference in Organization.objects.values_list("pk", "name", "external_ref"):
            known.add(pk, name, reference)
        for key, owner, edition_pk, hosting, label in Licence.objects.values_list(
            "key", "organization", "edition", "hosting", "label"
        ):
            known.owners[key] = owner
            known.licences[key] = (edition_pk, hosting, label)
        for edition in Edition.objects.select_related("product"):
            for word in {plain(edition.code), plain(edition.name)}:
                known.editions.setdefault(word, []).append(edition)
        known.plans = {plan.code.casefold(): plan for plan in Plan.objects.select_related("edition")}
        for pk, plan in PlanVersion.objects.order_by("number").values_list("pk", "plan"):
            known.versions[plan] = pk
        known.sold = {version: plan for plan, version in known.versions.items()}
        legacy = Subscription.objects.filter(source=Subscription.Source.LEGACY, ends_at__isnull=False)
        for key, owner, plan, until in legacy.values_list(
            "licence__key", "organization", "version__plan", "ends_at"
        ):
            if until is not None:
                known.legacies.add((f"key:{key}" if key else f"pk:{owner}", plan, until))
        return known

    def add(self, pk: int, name: str, reference: str) -> None:
        """Remember an organization."""
        self.names[pk] = name
        self.organizations.setdefault(f"name:{name.casefold()}", []).append(pk)
        if reference:
            self.references[pk] = reference
            self.organizations.setdefault(f"ref:{reference}", []).append(pk)

    def meant(self, name: str, reference: str) -> list[int]:
        """The organizations a row may mean. One with another reference is another, whatever its name."""
        by_name = self.organizations.get(f"name:{name.casefold()}", [])
        if not reference:
            return by_name
        return self.organizations.get(f"ref:{reference}") or [
            pk for pk in by_name if pk not in self.references
        ]

    def would(self, wanted: Wanted) -> list[str]:
        """What a row adds, by what is known now."""
        does = []
        found = self.meant(wanted.name, wanted.reference)
        if not found:
            does.append("organization")
        elif wanted.reference and found[0] not in self.references:
            does.append("reference")
        have = self.licences.get(wanted.key)
        if wanted.key and have is None:
            does.append("licence")
        elif have is not None:
            does += ["hosting"] if wanted.hosting and wanted.hosting != have[1] else []
            does += ["label"] if wanted.label and wanted.label != have[2] else []
        if wanted.legacy and self._legacy(wanted) not in self.legacies:
            does.append("legacy")
        return does

    def take(self, wanted: Wanted, *, organization: int = 0) -> list[str]:
        """The same, remembered for the rows that follow. `organization`: its row, once it is written."""
        does = self.would(wanted)
        if "organization" in does:
            self.add(organization or -wanted.line, wanted.name, wanted.reference)
        elif "reference" in does:
            pk = self.meant(wanted.name, wanted.reference)[0]
            self.references[pk] = wanted.reference
            self.organizations.setdefault(f"ref:{wanted.reference}", []).append(pk)
        if wanted.key:
            edition, hosting, label = self.licences.get(wanted.key, (0, "customer", ""))
            edition = wanted.edition.pk if wanted.edition else edition
            self.licences[wanted.key] = (edition, wanted.hosting or hosting, wanted.label or label)
            self.lines[wanted.key] = wanted.line
        if wanted.legacy:
            self.legacies.add(self._legacy(wanted))
        return does

    def _legacy(self, wanted: Wanted) -> tuple[str, int, datetime]:
        assert wanted.legacy is not None
        owner = (self.meant(wanted.name, wanted.reference) or [-wanted.line])[0]
        where = f"key:{wanted.key}" if wanted.key else f"pk:{owner}"
        return where, self.sold[wanted.legacy.version], wanted.legacy.until


def check(row: Row, known: Known) -> tuple[Wanted | None, list[Problem]]:
    """The row as it can be used, or everything that is wrong with it."""
    problems = [*_shapes(row), *_language(row), *_mail(row)]
    edition, hosting = _edition(row, known, problems), _hosting(row, problems)
    included = _plan(row, "included_plan", edition, known, problems)
    legacy = _legacy(row, edition, known, problems)
    problems += _places(row, edition, known)
    if problems:
        return None, problems
    wanted = Wanted(
        line=row.line,
        name=row["organization"],
        reference=row["reference"],
        language=row["language"].casefold()[:2],
        key=row["licence"],
        edition=edition,
        hosting=hosting,
        label=row["label"],
        included=included,
        legacy=legacy,
    )
    return wanted, []


def _shapes(row: Row) -> Iterator[Problem]:
    if row[""]:
        yield Problem(Fault.CELLS, row.line, params={"given": row[""], "most": len(row.cells) - 1})
    if not row["organization"]:
        yield Problem(Fault.MISSING, row.line, "organization")
    for name, cell in row.cells.items():
        if len(cell) > LONGEST.get(name, 120):
            yield Problem(Fault.TOO_LONG, row.line, name, {"most": LONGEST.get(name, 120)})
        elif not cell.isprintable():
            yield Problem(Fault.UNPRINTABLE, row.line, name)


def _language(row: Row) -> Iterator[Problem]:
    if row["language"] and row["language"].casefold()[:2] not in ("es", "en"):
        yield Problem(
            Fault.NOT_ONE_OF, row.line, "language", {"given": row["language"][:40], "allowed": "es, en"}
        )


def _mail(row: Row) -> Iterator[Problem]:
    if row["manager_email"]:
        try:
            validate_email(row["manager_email"])
        except ValidationError:
            yield Problem(Fault.NOT_A_MAIL, row.line, "manager_email", {"given": row["manager_email"][:60]})


def _edition(row: Row, known: Known, problems: list[Problem]) -> Edition | None:
    if not row["edition"]:
        have = known.licences.get(row["licence"]) if row["licence"] else None
        if have is not None:
            return next((e for found in known.editions.values() for e in found if e.pk == have[0]), None)
        if row["licence"]:
            problems.append(Problem(Fault.MISSING, row.line, "edition"))
        return None
    found = known.editions.get(plain(row["edition"]), [])
    if row["product"]:
        found = [e for e in found if plain(row["product"]) in (plain(e.product.code), plain(e.product.name))]
    if len(found) == 1:
        return found[0]
    allowed = ", ".join(sorted({e.code for several in known.editions.values() for e in several}))
    column = "product" if len(found) > 1 else "edition"
    problems.append(
        Problem(Fault.NOT_ONE_OF, row.line, column, {"given": row[column][:40], "allowed": allowed})
    )
    return None


def _hosting(row: Row, problems: list[Problem]) -> str:
    if not row["hosting"]:
        return ""
    found = _HOSTING.get(plain(row["hosting"]))
    if found is None:
        problems.append(Problem(Fault.NOT_HOSTING, row.line, "hosting", {"given": row["hosting"][:40]}))
    return found or ""


def _plan(
    row: Row, column: str, edition: Edition | None, known: Known, problems: list[Problem]
) -> Plan | None:
    code = row[column].casefold()
    if not code:
        return None
    plan = known.plans.get(code)
    if plan is None or plan.pk not in known.versions:
        allowed = ", ".join(sorted(known.plans)[:12])
        problems.append(
            Problem(Fault.NO_SUCH_PLAN, row.line, column, {"given": row[column][:40], "allowed": allowed})
        )
        return None
    if edition is not None and plan.edition_id != edition.pk:
        problems.append(
            Problem(Fault.OTHER_EDITION, row.line, column, {"given": plan.code, "edition": edition.code})
        )
    if column == "included_plan" and not row["licence"]:
        problems.append(Problem(Fault.NEEDS, row.line, column, {"other": "licence"}))
    return plan


def _legacy(row: Row, edition: Edition | None, known: Known, problems: list[Problem]) -> Legacy | None:
    plan = _plan(row, "legacy_plan", edition, known, problems)
    since, until = (_day(row, name, problems) for name in ("legacy_from", "legacy_until"))
    if plan is None:
        if until is not None and not row["legacy_plan"]:
            problems.append(Problem(Fault.NEEDS, row.line, "legacy_until", {"other": "legacy_plan"}))
        return None
    if until is None:
        if not row["legacy_until"]:
            problems.append(Problem(Fault.NEEDS, row.line, "legacy_plan", {"other": "legacy_until"}))
        return None
    ends = _start(until + timedelta(days=1), known.zone)
    begins = _start(since, known.zone) if since else None
    if ends <= (begins or known.now):
        problems.append(Problem(Fault.PAST, row.line, "legacy_until", {"given": row["legacy_until"][:40]}))
        return None
    return Legacy(known.versions[plan.pk], begins, ends)


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _day(row: Row, column: str, problems: list[Problem]) -> date | None:
    """`2026-12-31` or, as people here write it, `31/12/2026`."""
    text = row[column]
    if not text:
        return None
    try:
        if "/" in text:
            day, month, year = (int(part) for part in text.split("/"))
            found = date(year, month, day)
        else:
            found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if FIRST <= found <= LAST:
        return found
    problems.append(Problem(Fault.NOT_A_DAY, row.line, column, {"given": text[:40]}))
    return None


def _places(row: Row, edition: Edition | None, known: Known) -> Iterator[Problem]:
    """Whether it fits to what is there and to the rows before."""
    key, found = row["licence"], known.meant(row["organization"], row["reference"])
    if len(found) > 1:
        yield Problem(Fault.SEVERAL, row.line, "organization", {"given": row["organization"][:60]})
    if not key:
        return
    if key in known.lines:
        yield Problem(Fault.TWICE, row.line, "licence", {"given": key[:64], "line": known.lines[key]})
        return
    owner = known.owners.get(key)
    if owner is not None and owner not in found:
        params = {"given": key[:64], "organization": known.names.get(owner, "")}
        yield Problem(Fault.OF_ANOTHER, row.line, "licence", params)
    elif owner is not None and edition is not None and known.licences[key][0] != edition.pk:
        yield Problem(Fault.OTHER_EDITION, row.line, "edition", {"given": key[:64], "edition": edition.code})
