"""Valid rows, made through the services, for tests, benchmarks and simulations. Every maker takes what matters and
invents the rest.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from vigente.accounts.models import Membership, Organization, Role, User
from vigente.billing.models import (
    Edition,
    Licence,
    Plan,
    PlanVersion,
    Product,
    RulebookVersion,
    Subscription,
    WorkType,
)
from vigente.billing.services.licences import register_licence
from vigente.billing.services.subscriptions import subscribe
from vigente.rules.rulebook import Rulebook
from vigente.sla.models import BusinessHours, SlaPolicy
from vigente.tickets.models import Department, HeldRequest, Ticket
from vigente.tickets.services.submission import submit_request

_serial = count(1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
COVERED_WORK = ("error", "question", "guided_session")
OFFICE_WEEK = [[[480, 1020]]] * 5 + [[[480, 720]], []]


def make_user(name: str = "", *, role: str = Role.CUSTOMER, **fields: Any) -> User:
    """A person who cannot sign in by password; give `email` to choose the address."""
    serial = next(_serial)
    email = fields.pop("email", f"{(name or 'persona').split()[0].lower()}.{serial}@ejemplo.test")
    return User.objects.create(
        email=email, name=name or f"Persona {serial}", role=role, password="!", date_joined=LONG_AGO, **fields
    )


def make_organization(name: str = "", **fields: Any) -> Organization:
    """A customer's company."""
    return Organization.objects.create(
        name=name or f"Ferretería {next(_serial)}", created_at=LONG_AGO, **fields
    )


def join(
    user: User, organization: Organization, *, role: str = "member", may_draw: bool = True
) -> Membership:
    """Make a person act for an organization."""
    return Membership.objects.create(user=user, organization=organization, role=role, may_draw=may_draw)


def make_work_types() -> dict[str, WorkType]:
    """The kinds of work that tests speak of, by code."""
    kinds: list[dict[str, Any]] = [
        {"code": "error", "name_es": "Algo falla", "name_en": "Something fails"},
        {"code": "question", "name_es": "No sé cómo hacerlo", "name_en": "How do I do it"},
        {"code": "guided_session", "name_es": "Sesión guiada", "name_en": "Guided session", "units": 2},
        {
            "code": "development",
            "name_es": "Quiero algo nuevo",
            "name_en": "Something new",
            "development": True,
        },
        {
            "code": "outage",
            "name_es": "El sistema no funciona",
            "name_en": "Everything is down",
            "always": True,
        },
    ]
    return {
        kind["code"]: WorkType.objects.get_or_create(code=kind["code"], defaults=kind | {"position": i})[0]
        for i, kind in enumerate(kinds)
    }


def make_edition(code: str = "WEB") -> Edition:
    """An edition of the one product."""
    product, _ = Product.objects.get_or_create(code="inventario", defaults={"name": "Inventario"})
    return Edition.objects.get_or_create(product=product, code=code, defaults={"name": code})[0]


def make_policy(minutes: int | None = 240) -> SlaPolicy:
    """A first-reply promise in office hours of Managua."""
    hours, _ = BusinessHours.objects.get_or_create(
        name="Oficina", defaults={"time_zone": "America/Managua", "week": OFFICE_WEEK, "is_default": True}
    )
    return SlaPolicy.objects.get_or_create(
        name=f"{minutes} min",
        defaults={"hours": hours, "first_reply_minutes": minutes, "next_reply_minutes": minutes},
    )[0]


def make_version(
    *,
    cases: int | None = 4,
    rank: int = 2,
    edition: Edition | None = None,
    interval: str = "month",
    **terms: Any,
) -> PlanVersion:
    """A plan with one version. Price 2 100.00 NIO, extra case 380.00, unless told otherwise."""
    serial = next(_serial)
    plan = terms.pop("plan", None) or Plan.objects.create(
        code=f"plan-{serial}",
        name=terms.pop("name", f"Plan {serial}"),
        family=f"plan-{serial}",
        edition=edition or make_edition(),
        interval=interval,
        is_public=terms.pop("is_public", True),
    )
    defaults: dict[str, Any] = {
        "number": plan.versions.count() + 1,
        "price_minor": 210_000,
        "currency": "NIO",
        "pack_price_minor": 38_000,
        "work": list(COVERED_WORK),
        "sold_from": LONG_AGO,
        "allowance_minutes": rank * 480,
    }
    return PlanVersion.objects.create(plan=plan, cases=cases, rank=rank, **(defaults | terms))


def make_licence(
    organization: Organization,
    *,
    edition: str = "WEB",
    hosting: str = "customer",
    now: datetime = LONG_AGO,
    **fields: Any,
) -> Licence:
    """An installation of an organization."""
    return register_licence(
        key=fields.pop("key", f"LIC-{next(_serial):06d}"),
        organization=organization,
        edition=make_edition(edition),
        hosting=hosting,
        now=now,
        **fields,
    )


def publish(*, now: datetime = LONG_AGO, **settings: Any) -> Rulebook:
    """Put a rulebook with these settings in force from `now`."""
    book = Rulebook(**settings)
    RulebookVersion.objects.update_or_create(
        effective_from=now, defaults={"data": book.to_json(), "created_at": now}
    )
    return book


@dataclass
class Customer:
    """An organization with a manager, a colleague, a licence and a plan: what most tests begin with."""

    organization: Organization
    manager: User
    colleague: User
    licence: Licence
    version: PlanVersion | None
    subscription: Subscription | None
    work: dict[str, WorkType] = field(default_factory=dict)

    def ask(
        self,
        now: datetime,
        *,
        work: str = "error",
        key: str = "",
        user: User | None = None,
        licence: Licence | None = None,
        **more: Any,
    ) -> Ticket | HeldRequest:
        """File a request as the portal would."""
        serial = next(_serial)
        return submit_request(
            requester=user or self.manager,
            organization=self.organization,
            licence=licence or self.licence,
            work_type=self.work[work],
            subject=more.pop("subject", f"La existencia no coincide {serial}"),
            text=more.pop("text", f"Desde ayer el kárdex no cuadra, caso {serial}."),
            channel=more.pop("channel", "web"),
            key=key or f"test:{serial}",
            now=now,
            **more,
        )

    def ticket(self, now: datetime, **more: Any) -> Ticket:
        """File a request that must be accepted."""
        result = self.ask(now, **more)
        assert isinstance(result, Ticket), result.decision
        return result

    def held(self, now: datetime, **more: Any) -> HeldRequest:
        """File a request that must be held."""
        result = self.ask(now, **more)
        assert isinstance(result, HeldRequest), result.decision
        return result


def make_customer(
    name: str = "",
    *,
    now: datetime,
    cases: int | None = 4,
    rank: int = 2,
    version: PlanVersion | None = None,
    plan: bool = True,
    edition: str = "WEB",
    hosting: str = "customer",
    **contract: Any,
) -> Customer:
    """A customer whose plan begins at `now`; `plan=False`: none."""
    work = make_work_types()
    Department.objects.get_or_create(is_default=True, defaults={"name": "Soporte técnico"})
    organization = make_organization(name)
    manager, colleague = make_user("Alicia"), make_user("Roberto")
    join(manager, organization, role="manager")
    join(colleague, organization)
    licence = make_licence(organization, edition=edition, hosting=hosting, now=now - timedelta(days=1))
    subscription = None
    if plan:
        version = version or make_version(cases=cases, rank=rank, edition=make_edition(edition))
        subscription = subscribe(
            organization=organization, licence=licence, version=version, now=now, **contract
        )
    return Customer(organization, manager, colleague, licence, version, subscription, work)
