"""What the months did to each customer's plan, as acts on the agenda: the stories named in organizations.toml.

Every act calls a real service at its own instant. Instants are counted back from the end of the story, so the state a
story promises holds on whatever day the demonstration is made.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from vigente.accounts.models import Membership, Organization, User
from vigente.billing.models import Licence, Order, PlanVersion, Subscription
from vigente.billing.services.licences import register_licence
from vigente.billing.services.organizations import block
from vigente.billing.services.subscriptions import change_plan, give_notice, subscribe
from vigente.demo.agenda import Agenda
from vigente.demo.content.people import Customer, Installed
from vigente.demo.content.tables import table
from vigente.demo.money import Till, open_account
from vigente.demo.stage import Stage, person
from vigente.rules.periods import Interval, Months, boundary

DAY = timedelta(days=1)
LETTERS = "ACDEFGHJKLMNPQRTUVWXY2346789"


@dataclass
class Holding:
    """A licence of the demonstration and what is known of it while the story runs."""

    customer: Customer
    installed: Installed
    licence: Licence
    subscriptions: list[Subscription] = field(default_factory=list)

    @property
    def latest(self) -> Subscription:
        return self.subscriptions[-1]


@dataclass
class Company:
    """A customer's rows."""

    customer: Customer
    organization: Organization
    people: dict[str, User]
    holdings: list[Holding]

    @property
    def manager(self) -> User:
        return self.people[self.customer.manager.email]


def open_company(
    customer: Customer, *, stage: Stage, agenda: Agenda, till: Till, logins: frozenset[str]
) -> Company:
    """The customer's rows, and its plans' story put on the agenda."""
    organization = Organization.objects.create(
        name=customer.name,
        external_ref=customer.key,
        notes=f"{customer.city}, {table('phrases.toml')['country'][customer.country]['name']}.",
        created_at=stage.begins,
    )
    people = {}
    for one in customer.people:
        login = one.email in logins
        user = person(one.email, one.name, "customer", stage=stage, since=stage.begins, login=login)
        Membership.objects.create(user=user, organization=organization, role=one.role)
        people[one.email] = user
    open_account(organization, customer, till)
    company = Company(customer, organization, people, [])
    if customer.organization_plan:
        _organization_plan(company, stage, agenda, till)
    for place, installed in enumerate(customer.licences):
        company.holdings.append(_install(company, installed, place, stage, agenda, till))
    if customer.blocked:
        agenda.at(stage.now - 40 * DAY, lambda now: _block(company, stage, now))
    return company


def licence_key(customer: Customer, installed: Installed, place: int, seed: int) -> str:
    """A licence key: the same for a seed. The one of the sketches ends in 7F2K."""
    rng = Random(f"{seed}:{customer.key}:{place}:licence")
    last = "7F2K" if installed.demo == "covered" else "".join(rng.choices(LETTERS, k=4))
    return f"INV-{installed.edition}-{''.join(rng.choices(LETTERS, k=4))}-{last}"


def anchor_of(stage: Stage, *, months: int, into: int, hour: int = 9) -> datetime:
    """The instant `months` months before the one that lies `into` days before the end of the story, at a local hour."""
    started = stage.local(stage.now).date() - into * DAY
    month = started.year * 12 + started.month - 1 - months
    first = started.replace(day=1).replace(year=month // 12, month=month % 12 + 1)
    following = (first + 31 * DAY).replace(day=1)
    day = min(first.replace(day=1) + (started.day - 1) * DAY, following - DAY)
    return stage.at(day, hour).astimezone(stage.now.tzinfo)


def _install(
    company: Company, installed: Installed, place: int, stage: Stage, agenda: Agenda, till: Till
) -> Holding:
    """Register the licence as of the beginning (an included plan: when the licence was sold) and play its story."""
    includes = installed.story == "included"
    since = anchor_of(stage, months=installed.months, into=installed.into) if includes else stage.begins
    holding = Holding(company.customer, installed, None)  # type: ignore[arg-type]

    def register(now: datetime) -> None:
        holding.licence = register_licence(
            key=licence_key(company.customer, installed, place, stage.seed),
            organization=company.organization,
            edition=stage.editions[installed.edition],
            hosting=installed.hosting,
            label=installed.name,
            included_plan=stage.version(installed.plan).plan if includes else None,
            now=now,
            actor=stage.of_role("supervisor"),
        )
        holding.subscriptions.extend(holding.licence.subscriptions.all())

    agenda.at(since, register)
    STORIES[installed.story](Play(company, holding, stage, agenda, till))
    return holding


@dataclass
class Play:
    """One licence's story being put on the agenda."""

    company: Company
    holding: Holding
    stage: Stage
    agenda: Agenda
    till: Till

    def order(self, *, into: int | None = None, months: int | None = None, is_paid: bool = True) -> None:
        """Order the licence's plan at its anchor and, unless told otherwise, pay it at once."""
        installed = self.holding.installed
        anchor = anchor_of(
            self.stage,
            months=installed.months if months is None else months,
            into=installed.into if into is None else into,
        )
        version = self.stage.version(installed.plan, installed.interval)

        def act(now: datetime) -> None:
            order = self.till.buy(
                self.company.customer,
                self.company.organization,
                version,
                licence=self.holding.licence,
                is_paid=is_paid,
                now=now,
            )
            assert order.subscription is not None, "an order for a plan has its contract"
            self.holding.subscriptions.append(Subscription.objects.get(pk=order.subscription.pk))
            if not is_paid:
                self.till.send(
                    self.company.customer,
                    self.company.organization,
                    order.total_minor,
                    order=order,
                    now=now + timedelta(hours=2),
                )

        self.agenda.at(max(anchor, self.stage.begins), act)

    def subscribe(
        self,
        *,
        months: int | None = None,
        into: int | None = None,
        version: PlanVersion | None = None,
        at: datetime | None = None,
        **terms: object,
    ) -> datetime:
        """Contract the licence's plan at its anchor (or `at`); returns the anchor."""
        installed = self.holding.installed
        anchor = anchor_of(
            self.stage,
            months=installed.months if months is None else months,
            into=installed.into if into is None else into,
        )
        chosen = version or self.stage.version(installed.plan, installed.interval)

        def act(now: datetime) -> None:
            self.holding.subscriptions.append(
                subscribe(
                    organization=self.company.organization,
                    licence=self.holding.licence,
                    version=chosen,
                    anchor=anchor,
                    now=now,
                    actor=self.company.manager,
                    **terms,  # type: ignore[arg-type]
                )
            )

        self.agenda.at(at or max(anchor, self.stage.begins), act)
        return anchor

    def notice(self, at: datetime) -> None:
        self.agenda.at(
            at,
            lambda now: void(
                give_notice(subscription=self.holding.latest, now=now, actor=self.company.manager)
            ),
        )


def void(_: object) -> None:
    """Drop an answer nobody asks for."""


def active(play: Play) -> None:
    play.order()


def notice(play: Play) -> None:
    play.order()
    play.notice(play.stage.now - 4 * DAY)


def change(play: Play) -> None:
    play.order()
    version = play.stage.version(play.holding.installed.change_to)
    play.agenda.at(
        play.stage.now - 3 * DAY,
        lambda now: void(
            change_plan(
                subscription=play.holding.latest, version=version, now=now, actor=play.company.manager
            )
        ),
    )


def legacy(play: Play) -> None:
    installed = play.holding.installed
    _legacy(play, installed.plan, anchor_of(play.stage, months=installed.months, into=installed.into))


def legacy_ending(play: Play) -> None:
    """`into`: days left."""
    installed = play.holding.installed
    ends = anchor_of(play.stage, months=0, into=-installed.into)
    _legacy(play, installed.plan, boundary(ends, play.stage.vendor.time_zone, 0) - 365 * DAY)


def legacy_and_new(play: Play) -> None:
    installed = play.holding.installed
    _legacy(play, installed.legacy_plan, anchor_of(play.stage, months=9, into=5))
    play.order()


def _legacy(play: Play, plan: str, anchor: datetime) -> None:
    """A contract of a plan no longer sold, known since the beginning of the story or since it began (R11)."""
    version = play.stage.legacy_version(plan)
    ends = boundary(anchor, play.stage.vendor.time_zone, Interval.YEAR.periods, Months.ANNIVERSARY)

    def act(now: datetime) -> None:
        play.holding.subscriptions.append(
            subscribe(
                organization=play.company.organization,
                licence=play.holding.licence,
                version=version,
                source=Subscription.Source.LEGACY,
                anchor=anchor,
                ends_at=ends,
                now=now,
                actor=play.stage.of_role("supervisor"),
            )
        )

    play.agenda.at(max(anchor, play.stage.begins), act)


def ended(play: Play) -> None:
    """Ran, was given notice in its last period, ended `into` days ago."""
    installed = play.holding.installed
    play.order(months=installed.months, into=installed.into)
    play.notice(play.stage.now - (installed.into + 6) * DAY)


def returned(play: Play) -> None:
    """A plan that ended three months ago, and a new one with its own anchor (row 24)."""
    installed = play.holding.installed
    first = anchor_of(play.stage, months=installed.months, into=installed.into)
    last_day = boundary(first, play.stage.vendor.time_zone, installed.months - 3)
    play.order()
    play.notice(last_day - 5 * DAY)
    play.order(months=1, into=installed.into - 3)


def scheduled(play: Play) -> None:
    """Contracted two days ago; begins in `into` days."""
    play.subscribe(months=0, into=-play.holding.installed.into, at=play.stage.now - 2 * DAY, billed=True)


def awaiting(play: Play) -> None:
    """Ordered, and the transfer waits to be confirmed (row 25)."""
    play.order(is_paid=False)


def pack(play: Play) -> None:
    """A pack bought five days ago, when the month's cases were used up (R6)."""
    play.order()

    def buy(now: datetime) -> None:
        contract = Subscription.objects.select_related("version__plan__edition").get(
            pk=play.holding.latest.pk
        )
        play.till.buy(
            play.company.customer,
            play.company.organization,
            contract.version,
            kind=Order.Kind.PACK,
            licence=play.holding.licence,
            subscription=contract,
            quantity=2,
            now=now,
        )

    play.agenda.at(play.stage.now - 5 * DAY, buy)


def nothing(play: Play) -> None:
    """Covered by something else, or by nothing."""


STORIES: dict[str, Callable[[Play], None]] = {
    "active": active,
    "annual": active,
    "exhausted": active,
    "notice": notice,
    "change": change,
    "legacy": legacy,
    "legacy_ending": legacy_ending,
    "legacy_and_new": legacy_and_new,
    "included": nothing,
    "ended": ended,
    "returned": returned,
    "scheduled": scheduled,
    "awaiting": awaiting,
    "pack": pack,
    "none": nothing,
    "covered_by_organization": nothing,
}


def _organization_plan(company: Company, stage: Stage, agenda: Agenda, till: Till) -> None:
    terms = company.customer.organization_plan
    version = stage.version(terms["plan"], terms["interval"])
    agenda.at(
        anchor_of(stage, months=terms["months"], into=terms["into"]),
        lambda now: void(till.buy(company.customer, company.organization, version, now=now)),
    )


def _block(company: Company, stage: Stage, now: datetime) -> None:
    block(
        organization=company.organization,
        reason=company.customer.blocked,
        now=now,
        actor=stage.of_role("supervisor"),
    )
