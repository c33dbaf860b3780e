"""Three customers with four licences, a catalogue, staff, rules; and choosing among what there is by a number."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from tests.attacks.business import checks
from vigente.accounts.models import Organization, Role, User
from vigente.billing.models import (
    BillingProfile,
    Grant,
    Invoice,
    Licence,
    ListPrice,
    MissedTerm,
    Order,
    Payment,
    Plan,
    PlanVersion,
    PriceList,
    Subscription,
    TaxCategory,
    TaxRate,
)
from vigente.billing.services.rulebooks import publish as publish_rules
from vigente.factories import (
    LONG_AGO,
    Customer,
    make_customer,
    make_edition,
    make_licence,
    make_user,
    make_version,
)
from vigente.installation.prepared import Param, Prepared
from vigente.rules.pricing import DiscountRule
from vigente.rules.refusal import Refused
from vigente.rules.rulebook import CLOUD_DISCOUNT, Rulebook
from vigente.tickets.models import HeldRequest, Quotation, Ticket

START = datetime(2026, 1, 31, 15, 0, tzinfo=UTC)
COUPON = DiscountRule("promo", None, None, 2500, True, coupon="PROMO", terms=2)
FIXED = DiscountRule("fijo", "LOCAL", None, 0, False, amount_minor=500, currency="NIO")
FULL_CHECK_EVERY = 80
Act = Callable[["World", int, int, int], object]
ACTS: dict[str, tuple[Act, int]] = {}


def _rows(model: type[Model], *related: str) -> tuple[type[Model], Prepared]:
    rows = model._default_manager.select_related(*related) if related else model._default_manager.all()
    return model, Prepared(lambda: rows.filter(pk=Param("pk")))


ROWS = {
    "organization": _rows(Organization),
    "licence": _rows(Licence, "organization", "edition"),
    "contract": _rows(Subscription, "version__plan__edition", "organization", "licence__edition"),
    "order": _rows(Order, "organization", "version__plan", "licence", "subscription"),
    "invoice": _rows(Invoice, "organization", "subscription__version__plan"),
    "payment": _rows(Payment, "organization", "order", "invoice"),
    "grant": _rows(Grant),
    "plan": _rows(Plan),
    "version": _rows(PlanVersion, "plan__edition"),
    "missed": _rows(MissedTerm, "subscription"),
    "case": _rows(Ticket),
    "held": _rows(HeldRequest),
    "quotation": _rows(Quotation, "ticket__organization"),
}


def act(weight: int = 1) -> Callable[[Act], Act]:
    """Add a function to what may happen, so many times as likely as others."""

    def add(function: Act) -> Act:
        ACTS[function.__name__] = (function, weight)
        return function

    return add


class World:
    """What acts move. `steps`, `refused`: how many there were, and how many of them were refused, by code."""

    def __init__(self) -> None:
        self.now = self.latest = START
        self.steps, self.serial = 0, 0
        self.refused: dict[str, int] = {}
        self.keys: list[str] = ["first"]
        self._people()
        self._catalogue()
        self.mark = checks.mark()

    def _people(self) -> None:
        self.book = Rulebook(
            discounts=(CLOUD_DISCOUNT, COUPON, FIXED), favour_limits={"agent": 3, "supervisor": 9}
        )
        publish_rules(rulebook=self.book, effective_from=LONG_AGO, actor=None, now=LONG_AGO)
        self.version = make_version(cases=2)
        self.shops = [
            make_customer(now=START, plan=False, hosting=kind) for kind in ("vendor_cloud", "customer")
        ]
        self.shops.append(make_customer(now=START, plan=False, edition="LOCAL"))
        included = make_version(cases=1, rank=4, is_public=False).plan
        first = self.shops[0].organization
        make_licence(first, now=START, hosting="vendor_cloud", included_plan=included)
        self.staff = [make_user(role=role) for role in (Role.OWNER, Role.SUPERVISOR, Role.AGENT)]
        self.owner = self.staff[0]

    def _catalogue(self) -> None:
        kind = TaxCategory.objects.create(
            code="general", name_es="General", name_en="General", is_default=True
        )
        TaxRate.objects.create(category=kind, basis_points=1500)
        PriceList.objects.create(code="base", name="Base", currency="NIO", is_base=True)
        dollars = PriceList.objects.create(code="usd", name="USD", currency="USD", includes_tax=True)
        BillingProfile.objects.create(organization=self.shops[1].organization, price_list=dollars)
        shelf = [self.version]
        for edition in (make_edition("WEB"), make_edition("LOCAL")):
            shelf += [
                make_version(cases=1, rank=3, edition=edition, price_minor=100_001, on_renewal="successor"),
                make_version(cases=6, rank=1, edition=edition, price_minor=333_333, pack_cases=2),
                make_version(cases=3, edition=edition, interval="year", price_minor=1_999_999),
                make_version(cases=None, rank=1, edition=edition, price_minor=500_007),
            ]
        for version in shelf[:6]:
            ListPrice.objects.create(
                price_list=dollars,
                version=version,
                price_minor=version.price_minor // 37,
                pack_price_minor=1_033,
            )

    # One step
    def step(self, name: str, a: int, b: int, c: int) -> None:
        """Let one thing happen, then hold the books against what they must be."""
        self.steps += 1
        before, no = self.mark, ""
        try:
            ACTS[name][0](self, a, b, c)
        except Refused as refused:
            no = refused.code.value
            self.refused[no] = self.refused.get(no, 0) + 1
        self.mark = checks.mark()
        assert not no or self.mark == before, f"{name} was refused ({no}) and left something written"
        self.latest = max(self.latest, self.now)
        if self.mark != before or self.steps % FULL_CHECK_EVERY == 0:
            checks.after_a_step(self.latest)
        if self.steps % FULL_CHECK_EVERY == 0:
            checks.everything(self.latest)

    # Choosing
    def one(self, kind: str, n: int, where: str = "") -> Any:
        """The n-th row of a kind there is, counted round, among those `where` (SQL); raises Nothing without any.

        Asked by hand and by prepared queries: the ORM makes SQL anew each time, and this is most of what a step asks.
        """
        model, get = ROWS[kind]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {model._meta.db_table} {where and 'WHERE ' + where} ORDER BY id")
            keys = cursor.fetchall()
        if not keys:
            raise Nothing
        return get.first(pk=keys[n % len(keys)][0])

    def shop(self, n: int) -> Customer:
        return self.shops[n % len(self.shops)]

    def manager(self, organization: Organization) -> User:
        return next(shop.manager for shop in self.shops if shop.organization.pk == organization.pk)

    def organization(self, n: int) -> Organization:
        """Fresh, for it may have been blocked."""
        return self.one("organization", 0, f"id = {self.shop(n).organization.pk}")

    def sold(self, licence: Licence | None, n: int) -> PlanVersion:
        """A version on sale, mostly for the edition."""
        where = "sold_until IS NULL"
        if licence is not None and n % 20:
            where += f" AND plan_id IN (SELECT id FROM billing_plan WHERE edition_id = {licence.edition_id})"
        return self.one("version", n, where)

    def key(self, n: int) -> str:
        """A key for what happens once; now and then one that was used before."""
        if n % 9 == 0:
            return self.keys[n % len(self.keys)]
        self.serial += 1
        self.keys = [*self.keys[-20:], f"key-{self.serial}"]
        return self.keys[-1]


class Nothing(Exception):
    """There is nothing yet to do this with."""


def run(world: World, name: str, a: int, b: int, c: int) -> bool:
    """One step; False, and not a step, when there was nothing to do it with."""
    try:
        with transaction.atomic():
            world.step(name, a, b, c)
    except Nothing:
        world.steps -= 1
        return False
    return True


def live(seed: int, steps: int) -> World:
    """So many steps of the business that a seed decides, on the current database, and taken back; raises what is wrong,
    with the last of what was done in its notes.
    """
    rng, trace = Random(seed), deque[tuple[str, int, int, int]](maxlen=12)
    names = [name for name, (_, weight) in ACTS.items() for _ in range(weight)]
    with transaction.atomic():
        world = World()
        try:
            while world.steps < steps:
                trace.append((rng.choice(names), *(rng.randrange(10_000) for _ in range(3))))
                run(world, *trace[-1])
            checks.everything(world.latest)
        except Exception as error:
            error.add_note(f"seed {seed}, step {world.steps}, at {world.now}; before it: {list(trace)}")
            raise
        finally:
            transaction.set_rollback(True)
    return world
