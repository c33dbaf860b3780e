"""One import of the catalogue under way: writes row by row, says what changed, collects what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from vigente.billing import plans_toml as toml
from vigente.billing.models import Edition, Plan, Product, WorkType
from vigente.billing.plans_toml import minor
from vigente.billing.services.versions import Terms, differences, latest_version, new_version
from vigente.sla.models import BusinessHours, Holiday, SlaPolicy


@dataclass(frozen=True, slots=True)
class Change:
    """One thing an import does. `action`: add, change, or version (of a plan). `fields`: name, before, after."""

    action: str
    table: str
    key: str
    fields: tuple[tuple[str, Any, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "action": self.action,
            "table": self.table,
            "key": self.key,
            "fields": [
                {"name": name, "before": _plain(before), "after": _plain(after)}
                for name, before, after in self.fields
            ],
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import did, or with `dry_run` would do, in order."""

    items: tuple[Change, ...]
    dry_run: bool

    def to_json(self) -> dict[str, Any]:
        return {"dry_run": self.dry_run, "changes": [change.to_json() for change in self.items]}


NOUNS = {
    "business_hours": "working hours",
    "sla_policies": "SLA policy",
    "products": "product",
    "editions": "edition",
    "work_types": "kind of work",
    "plans": "plan",
}


def lines(changes: Changes) -> Iterator[str]:
    """What changed, one line each, for a person at a terminal."""
    verbs = {"add": "new", "change": "change", "version": "new version of"}
    for change in changes.items:
        details = "; ".join(f"{name}: {_plain(a)} → {_plain(b)}" for name, a, b in change.fields)
        what = f"{verbs[change.action]} {NOUNS[change.table]}: {change.key}"
        yield f"{what} ({details})" if details else what


class Import:
    """Run it inside a transaction, and take that back if there are `problems`."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.items: list[Change] = []
        self.problems: list[str] = []

    def run(self, catalogue: toml.Catalogue) -> None:
        for hours in catalogue.business_hours:
            self._business_hours(hours)
        for policy in catalogue.sla_policies:
            self._sla_policy(policy)
        for product in catalogue.products:
            self._put("products", product.code, Product, {"code": product.code}, {"name": product.name})
        for edition in catalogue.editions:
            self._edition(edition)
        self._work_types(catalogue.work_types)
        for plan in catalogue.plans:
            self._plan(plan)

    def _put(self, table: str, key: str, model: Any, lookup: Terms, values: Terms) -> Any:
        """Make or change one row; say so only if something differs."""
        row = model.objects.filter(**lookup).first()
        if row is None:
            row = model.objects.create(**lookup, **values)
            self.items.append(Change("add", table, key))
        elif changed := differences(row, values):
            for name, _, after in changed:
                setattr(row, name, after)
            row.save(update_fields=[name for name, _, _ in changed])
            self.items.append(Change("change", table, key, changed))
        return row

    def _find(self, model: Any, where: str, what: str, field: str, **lookup: Any) -> Any:
        row = model.objects.filter(**lookup).first()
        if row is None:
            known = (
                ", ".join(sorted(str(name) for name in model.objects.values_list(field, flat=True))) or "none"
            )
            self.problems.append(f"{where}: no {what} {next(iter(lookup.values()))!r}; known are: {known}")
        return row

    def _business_hours(self, hours: toml.BusinessHours) -> None:
        if hours.default:
            BusinessHours.objects.exclude(name=hours.name).filter(is_default=True).update(is_default=False)
        values = {"time_zone": hours.time_zone, "week": hours.week, "is_default": hours.default}
        row = self._put("business_hours", hours.name, BusinessHours, {"name": hours.name}, values)
        before = {holiday.day: holiday.name for holiday in row.holidays.all()}
        after = {holiday.day: holiday.name for holiday in hours.holidays}
        if before != after:
            row.holidays.all().delete()
            Holiday.objects.bulk_create(Holiday(hours=row, day=day, name=name) for day, name in after.items())
            change = Change(
                "change", "business_hours", hours.name, (("holidays", _days(before), _days(after)),)
            )
            if not (self.items and self.items[-1] == Change("add", "business_hours", hours.name)):
                self.items.append(change)

    def _sla_policy(self, policy: toml.SlaPolicy) -> None:
        where = f'sla_policies "{policy.name}", hours'
        hours = self._find(BusinessHours, where, "business hours", "name", name=policy.hours)
        if hours:
            values = {
                "hours": hours,
                "first_reply_minutes": policy.first_reply,
                "next_reply_minutes": policy.next_reply,
                "resolution_minutes": policy.resolution,
                "warn_minutes": policy.warn,
                "warn_percent": policy.warn_percent,
                "levels": {
                    str(level.severity): level.model_dump(exclude={"severity"}, exclude_none=True)
                    for level in policy.levels
                },
            }
            self._put("sla_policies", policy.name, SlaPolicy, {"name": policy.name}, values)

    def _edition(self, edition: toml.Edition) -> None:
        key = f"{edition.product} {edition.code}"
        product = self._find(
            Product, f'editions "{edition.code}", product', "product", "code", code=edition.product
        )
        if product:
            lookup = {"product": product, "code": edition.code}
            self._put("editions", key, Edition, lookup, {"name": edition.name})

    def _work_types(self, work_types: tuple[toml.WorkType, ...]) -> None:
        """A file that names every kind of work gives their order; another one adds at the end."""
        known = dict(WorkType.objects.values_list("code", "position"))
        whole = set(known) <= {work.code for work in work_types}
        end = max(known.values(), default=-1)
        for index, work in enumerate(work_types):
            if whole:
                position = index
            elif work.code in known:
                position = known[work.code]
            else:
                position = end = end + 1
            values = {
                "name_es": work.name.es,
                "name_en": work.name.en,
                "description_es": work.description.es,
                "description_en": work.description.en,
                "units": work.units,
                "always": work.always,
                "development": work.development,
                "is_offered": work.offered,
                "position": position,
            }
            self._put("work_types", work.code, WorkType, {"code": work.code}, values)

    def _plan(self, plan: toml.Plan) -> None:
        where = f'plans "{plan.code}"'
        edition = self._find(
            Edition, f"{where}, edition", "edition", "code", code=plan.edition, product__code=plan.product
        )
        terms = self._terms(plan, where)
        if edition is None or terms is None:
            return
        existing = Plan.objects.filter(code=plan.code).first()
        if existing and (existing.edition_id, existing.interval) != (edition.pk, plan.interval):
            self.problems.append(
                f"{where}: its edition and interval never change; give the other form its own code"
            )
            return
        lookup = {"code": plan.code}
        values = {"name": plan.name, "family": plan.family, "is_public": plan.public}
        if existing is None:
            values |= {"edition": edition, "interval": plan.interval}
        row = self._put("plans", plan.code, Plan, lookup, values)
        self._version(row, plan, terms)

    def _terms(self, plan: toml.Plan, where: str) -> Terms | None:
        before = len(self.problems)
        for code in plan.work:
            work = self._find(WorkType, f"{where}, work", "kind of work", "code", code=code)
            if work and work.development:
                self.problems.append(f"{where}, work: {code!r} is development, which is quoted apart (R9)")
        policy = (
            self._find(SlaPolicy, f"{where}, sla", "SLA policy", "name", name=plan.sla) if plan.sla else None
        )
        if len(self.problems) > before:
            return None
        return {
            "cases": plan.cases,
            "price_minor": minor(plan.price, plan.currency),
            "currency": plan.currency,
            "pack_price_minor": minor(plan.pack.price, plan.currency) if plan.pack else None,
            "pack_cases": plan.pack.cases if plan.pack else 1,
            "rank": plan.rank,
            "allowance_minutes": plan.allowance,
            "work": sorted(plan.work),
            "sla_policy": policy,
        }

    def _version(self, row: Plan, plan: toml.Plan, terms: Terms) -> None:
        selling: Terms = {"sold_until": plan.sold_until, "on_renewal": plan.on_renewal}
        latest = latest_version(row)
        changed = differences(latest, terms) if latest else ()
        if latest is None or changed:
            version = new_version(plan=row, now=self.now, sold_from=plan.sold_from, **terms, **selling)
            if latest:
                self.items.append(Change("version", "plans", f"{plan.code} v{version.number}", changed))
        elif changed := differences(latest, selling):
            for name, _, after in changed:
                setattr(latest, name, after)
            latest.save(update_fields=[name for name, _, _ in changed])
            self.items.append(Change("change", "plans", plan.code, changed))


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value


def _days(holidays: dict[Any, str]) -> list[str]:
    return [f"{day} {name}" for day, name in sorted(holidays.items())]
