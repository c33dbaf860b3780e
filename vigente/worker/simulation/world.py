"""The invented vendor: its catalogue, rulebooks and people, and the organizations that buy from it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from vigente import factories as make
from vigente.accounts.models import Organization, User
from vigente.billing.models import Licence, PlanVersion, Subscription, TaxCategory, TaxRate, WorkType
from vigente.rules.pricing import DiscountRule
from vigente.rules.rulebook import CLOUD_DISCOUNT
from vigente.tickets.models import Department, Ticket

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
EDITIONS = ("LOCAL", "WEB")
CASES = (1, 2, 4, None)
COUPON = DiscountRule("promo", None, None, 2500, False, coupon="PROMO", terms=2)
REQUIRED_AFTER = timedelta(days=45)  # plans become required then (row 30)


@dataclass
class Company:
    """An organization and what it takes to act for it. `licences[0]` is the one it asks about most."""

    organization: Organization
    manager: User
    member: User
    licences: list[Licence]
    asks: float  # requests a month
    pays: str = "at once"  # or late, by transfer, hardly
    tickets: list[Ticket] = field(default_factory=list)


@dataclass
class World:
    """Everything the acts need."""

    rng: Random
    companies: list[Company] = field(default_factory=list)
    agents: list[User] = field(default_factory=list)
    supervisors: list[User] = field(default_factory=list)
    work: dict[str, WorkType] = field(default_factory=dict)
    monthly: dict[str, list[PlanVersion]] = field(default_factory=dict)  # by edition, cheapest first
    yearly: dict[str, list[PlanVersion]] = field(default_factory=dict)
    old: dict[str, PlanVersion] = field(default_factory=dict)  # no longer sold (R11)
    serial: int = 0

    def next(self) -> int:
        self.serial += 1
        return self.serial

    def versions(self, licence: Licence) -> list[PlanVersion]:
        """What can be contracted for a licence; mostly by the month."""
        shelf = self.yearly if self.rng.random() < 0.2 else self.monthly
        return shelf[licence.edition.code]


def build(rng: Random, organizations: int) -> World:
    """The vendor at START, with all its customers; who has a plan gets it then or within the first months."""
    world = World(rng, work=make.make_work_types())
    make.publish(
        now=START - timedelta(days=400),
        plans_required_from=START + REQUIRED_AFTER,
        exempt_days=30,
        draw_by="anyone",
        discounts=(CLOUD_DISCOUNT, COUPON),
    )
    general = TaxCategory.objects.create(
        code="general", name_es="General", name_en="General", is_default=True
    )
    TaxRate.objects.create(category=general, basis_points=1500)
    for edition in EDITIONS:
        shelf: dict[str, Any] = {"edition": make.make_edition(edition), "sla_policy": make.make_policy(480)}
        for shelves, interval in ((world.monthly, "month"), (world.yearly, "year")):
            shelves[edition] = [
                make.make_version(
                    cases=cases, rank=4 - place, interval=interval, price_minor=100_000 * (place + 1), **shelf
                )
                for place, cases in enumerate(CASES)
            ]
        world.old[edition] = make.make_version(cases=3, rank=4, sold_until=START, **shelf)
    departments = [
        Department.objects.create(name=name, is_default=not i) for i, name in enumerate(("Uno", "Dos"))
    ]
    for number in range(max(2, organizations // 50)):
        agent = make.make_user(role="agent")
        agent.departments.add(*departments[: 1 + number % 2])
        world.agents.append(agent)
    world.supervisors = [make.make_user(role="supervisor") for _ in range(2)]
    world.companies = [_company(world) for _ in range(organizations)]
    return world


def _company(world: World) -> Company:
    rng = world.rng
    draw_by = rng.choices(["", "named", "approve"], [18, 1, 1])[0]
    organization = make.make_organization(draw_by=draw_by, approve_beyond=1 if draw_by == "approve" else 0)
    manager, member = make.make_user(), make.make_user()
    make.join(manager, organization, role="manager")
    make.join(member, organization, may_draw=draw_by != "named")
    licences = [_licence(world, organization) for _ in range(1 + (rng.random() < 0.15))]
    (pays,) = rng.choices(("at once", "late", "by transfer", "hardly"), (60, 15, 20, 5))
    asks = rng.choice((0.05, 0.1, 0.15, 0.25, 0.4, 1.0))
    return Company(organization, manager, member, licences, asks=asks, pays=pays)


def _licence(world: World, organization: Organization) -> Licence:
    """An installation; some WEB licences include the minimum plan (row 31)."""
    edition = world.rng.choice(EDITIONS)
    cloud = edition == "WEB" and world.rng.random() < 0.4
    included = world.monthly[edition][0].plan if edition == "WEB" and world.rng.random() < 0.2 else None
    return make.make_licence(
        organization,
        edition=edition,
        hosting="vendor_cloud" if cloud else "customer",
        included_plan=included,
        now=START - timedelta(days=world.rng.randrange(400)),
    )


def in_force(company: Company) -> bool:
    """Whether anything it bought runs."""
    return Subscription.objects.filter(
        organization=company.organization, source="bought", status__in=("active", "grace")
    ).exists()


def running(company: Company) -> list[Subscription]:
    """The contracts it bought that are in force."""
    return list(
        Subscription.objects.filter(
            organization=company.organization, source="bought", status__in=("active", "grace")
        ).select_related("version__plan__edition", "licence__edition", "organization")
    )
