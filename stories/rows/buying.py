"""A customer who orders and pays, for the stories in which money follows."""

from datetime import datetime

from vigente.billing.models import Order, Payment, Subscription
from vigente.billing.money_verification import balance_sheet
from vigente.billing.queries import meter_of
from vigente.billing.services import orders, payments
from vigente.factories import Customer, make_customer, make_version
from vigente.worker.verification import verify

PRICE = 210_000


def buyer(now: datetime, **about) -> Customer:
    """A customer with a licence and no plan yet; `version` is the plan it may buy."""
    version = about.pop("version", None) or make_version(cases=about.pop("cases", 4))
    return make_customer(now=now, plan=False, **about, version=version)


def order(who: Customer, now: datetime, *, kind: str = "plan", key: str = "a", **about) -> Order:
    assert who.version is not None
    return orders.place(
        organization=who.organization,
        kind=kind,
        version=about.pop("version", who.version),
        licence=who.licence,
        actor=who.manager,
        key=f"{key}:{who.organization.pk}",
        now=now,
        **about,
    )


def pay(who: Customer, now: datetime, amount: int, key: str = "p", **what) -> Payment:
    return payments.record_payment(
        organization=who.organization,
        method="manual",
        amount_minor=amount,
        currency="NIO",
        key=f"{key}:{who.organization.pk}",
        now=now,
        **what,
    )


def contracted(now: datetime, **about) -> Customer:
    """A customer whose plan is ordered and paid at `now`."""
    who = buyer(now, **about)
    bought = order(who, now)
    pay(who, now, bought.total_minor, order=bought, key="first")
    who.subscription = Subscription.objects.get(organization=who.organization, source="bought")
    assert who.subscription.status == "active"
    return who


def again(who: Customer) -> Subscription:
    assert who.subscription is not None
    return Subscription.objects.select_related("version__plan__edition", "organization", "licence").get(
        pk=who.subscription.pk
    )


def left(who: Customer, now: datetime) -> int | None:
    return meter_of(organization=who.organization, licence=who.licence, now=now).left


def the_books_hold(now: datetime) -> None:
    assert list(verify(now=now)) == []
    for currency in {currency for currency, _ in balance_sheet()}:
        assert sum(v for (c, _), v in balance_sheet().items() if c == currency) == 0
