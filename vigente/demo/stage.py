"""What is there before the first case: the vendor, what it sells, its people, its rules, written by the services."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from importlib.resources import files
from zoneinfo import ZoneInfo

import holidays as calendars
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password

from vigente.accounts.models import User
from vigente.billing import plans_toml as toml
from vigente.billing.models import Edition, Plan, PlanVersion, RulebookVersion, WorkType
from vigente.billing.queries import current_version
from vigente.billing.services.catalog import import_plans
from vigente.demo.content.people import Vendor, vendor
from vigente.installation.models import Installation
from vigente.rules.periods import day_start
from vigente.rules.pricing import DiscountRule
from vigente.rules.rulebook import CLOUD_DISCOUNT, Rulebook
from vigente.rules.worktime import WorkHours
from vigente.sla.models import BusinessHours
from vigente.tickets.models import Department

HISTORY = timedelta(days=300)
WELCOME = DiscountRule(
    code="welcome",
    edition=None,
    hosting=None,
    basis_points=1000,
    applies_to_packs=False,
    coupon="BIENVENIDA",
    terms=1,
)
RULES_AFTER = timedelta(days=45)  # the first weeks show cases from before plans were required (row 30)


@dataclass(frozen=True)
class Stage:
    """The demonstration's fixed points. Instants UTC; `zone` is the vendor's."""

    now: datetime
    seed: int
    password: str

    @property
    def begins(self) -> datetime:
        """The first instant of the story, a local midnight."""
        return self.local_day(self.now - HISTORY)

    @property
    def rules_from(self) -> datetime:
        """When plans began to be required: the first of a month."""
        day = self.local(self.begins + RULES_AFTER).date().replace(day=1)
        return day_start(day, self.vendor.time_zone)

    @property
    def vendor(self) -> Vendor:
        return vendor()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.vendor.time_zone)

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def local_day(self, at: datetime) -> datetime:
        """The local midnight at or before `at`."""
        return day_start(self.local(at).date(), self.vendor.time_zone)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """A local time of a day as an instant."""
        return datetime.combine(day, time(hour, minute), self.zone)

    @cached_property
    def hours(self) -> WorkHours:
        return BusinessHours.objects.get(is_default=True).value()

    @cached_property
    def staff(self) -> dict[str, User]:
        """The vendor's people by address."""
        return {
            user.email: user
            for user in User.objects.filter(email__in=[one.email for one in self.vendor.staff])
        }

    def of_role(self, role: str) -> User:
        return self.staff[next(one.email for one in self.vendor.staff if one.role == role)]

    def login_of(self, role: str) -> User:
        """The person of that role who is printed with a password."""
        return self.staff[next(one.email for one in self.vendor.staff if one.role == role and one.login)]

    @cached_property
    def departments(self) -> dict[str, Department]:
        """Departments by the key the stories use."""
        named = {department.name: department for department in Department.objects.all()}
        return {key: named[name] for key, name in self.vendor.departments}

    @cached_property
    def editions(self) -> dict[str, Edition]:
        return {edition.code: edition for edition in Edition.objects.select_related("product")}

    @cached_property
    def work_types(self) -> dict[str, WorkType]:
        """Kinds of work by code."""
        return {work.code: work for work in WorkType.objects.all()}

    def version(self, plan: str, interval: str = "month") -> PlanVersion:
        """The version on sale of a plan of the tables; "web-tienda" with interval "year" is "web-tienda-anual"."""
        row = Plan.objects.get(code__in=(plan, f"{plan}-anual"), interval=interval)
        found = current_version(row, now=self.now)
        return found or row.versions.select_related("plan__edition").get()

    def legacy_version(self, plan: str) -> PlanVersion:
        """A version that is no longer sold."""
        return PlanVersion.objects.select_related("plan__edition").get(plan__code=plan)


def open_stage(*, now: datetime, seed: int, password: str) -> Stage:
    """Write the vendor as it stood when the story begins."""
    stage = Stage(now, seed, password)
    Installation.objects.update_or_create(
        id=1,
        defaults={
            "vendor_name": stage.vendor.name,
            "support_email": stage.vendor.support_address,
            "is_demo": True,
        },
    )
    import_plans(text=catalogue_text(stage), now=stage.begins)
    _staff(stage)
    rules = Rulebook(
        billing_zone=stage.vendor.time_zone,
        plans_required_from=stage.rules_from,
        discounts=(CLOUD_DISCOUNT, WELCOME),
    )
    RulebookVersion.objects.create(
        effective_from=stage.begins,
        data=rules.to_json(),
        author=stage.of_role("owner"),
        note="Reglas iniciales de los planes de soporte",
        created_at=stage.begins,
    )
    return stage


def catalogue_text(stage: Stage) -> str:
    """plans.toml with what depends on the date: the years' holidays, and when the earlier plan ceased to be sold."""
    catalogue = toml.parse((files("vigente.demo.content") / "plans.toml").read_text(encoding="utf-8"))
    years = range(stage.local(stage.begins).year, stage.local(stage.now).year + 3)
    days = calendars.country_holidays(stage.vendor.holidays, years=years, language="es")
    closed = tuple(toml.Holiday(day=day, name=name) for day, name in sorted(days.items()))
    hours = tuple(row.model_copy(update={"holidays": closed}) for row in catalogue.business_hours)
    plans = tuple(
        plan.model_copy(update={"sold_from": stage.begins - 3 * HISTORY, "sold_until": stage.begins})
        if plan.code == "local-clasico"
        else plan
        for plan in catalogue.plans
    )
    return toml.dump(catalogue.model_copy(update={"business_hours": hours, "plans": plans}))


def _staff(stage: Stage) -> None:
    """The vendor's people and their departments."""
    teams = {
        key: Department.objects.create(name=name, position=place, is_default=place == 0)
        for place, (key, name) in enumerate(stage.vendor.departments)
    }
    for one in stage.vendor.staff:
        user = person(one.email, one.name, one.role, stage=stage, login=one.login, since=stage.begins)
        for key in one.departments if one.role == "agent" else ():
            teams[key].agents.add(user)


def person(email: str, name: str, role: str, *, stage: Stage, since: datetime, login: bool = False) -> User:
    """An account with a verified address; those without `login` have no usable password. Nobody is mailed."""
    user = User.objects.create(
        email=email,
        name=name,
        role=role,
        date_joined=since,
        time_zone=stage.vendor.time_zone,
        password=stage_hash(stage.password) if login else UNUSABLE_PASSWORD_PREFIX + email,
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


_hashes: dict[str, str] = {}


def stage_hash(password: str) -> str:
    """The hash of the demonstration's one password, made once: hashing is slow on purpose."""
    if password not in _hashes:
        _hashes[password] = make_password(password)
    return _hashes[password]
