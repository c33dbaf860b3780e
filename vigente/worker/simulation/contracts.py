"""What customers do about their plans (contract, cancel, come back, change, buy packs), the vendor about its rules."""

from datetime import datetime, timedelta

from vigente.billing.models import Licence
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services import licences, organizations, packs, subscriptions
from vigente.billing.services.rulebooks import publish
from vigente.billing.services.versions import new_version
from vigente.rules.rulebook import Rulebook, Upgrade
from vigente.worker.simulation import money
from vigente.worker.simulation.world import Company, World, in_force, running


def first_contract(world: World, company: Company, now: datetime) -> None:
    """How a customer starts: an old plan, a new one (for the licence or for all), or none."""
    licence = company.licences[0]
    kind = world.rng.random()
    if kind < 0.15:
        ends = now + timedelta(days=world.rng.randrange(20, 400))
        subscriptions.subscribe(
            organization=company.organization,
            licence=licence,
            version=world.old[licence.edition.code],
            source="legacy",
            anchor=now - timedelta(days=world.rng.randrange(60)),
            ends_at=ends,
            now=now,
        )
    elif kind < 0.85:
        contract(world, company, now)


def contract(world: World, company: Company, now: datetime) -> None:
    """Contract a plan for a licence that has none, sometimes to be confirmed later, sometimes to begin later."""
    licence = world.rng.choice(company.licences)
    wide = world.rng.random() < 0.05
    if world.rng.random() < 0.75:
        version = world.rng.choice(world.versions(licence))
        money.order_plan(world, company, None if wide else licence, version, now)
        return
    activate = world.rng.random() < 0.9
    subscription = subscriptions.subscribe(
        organization=company.organization,
        licence=None if wide else licence,
        version=world.rng.choice(world.versions(licence)),
        anchor=now + timedelta(days=3) if world.rng.random() < 0.1 else None,
        auto_renew=world.rng.random() < 0.95,
        activate=activate,
        now=now,
        actor=company.manager,
    )
    if not activate:
        subscriptions.activate(
            subscription=subscription, now=now + timedelta(minutes=5), actor=world.supervisors[0]
        )


def reconsider(world: World, company: Company, now: datetime) -> None:
    """Once a month or so: cancel, take that back, change the plan, or come back to one (R4, R5). Mostly nothing."""
    what = world.rng.random()
    if what > 0.5:
        return
    if what > 0.12:
        if not in_force(company):
            contract(world, company, now)
        return
    for subscription in running(company)[:1]:
        if subscription.notice_given_at is not None:
            subscriptions.withdraw_notice(subscription=subscription, now=now, actor=company.manager)
        elif what < 0.06:
            subscriptions.give_notice(subscription=subscription, now=now, actor=company.manager)
        else:
            shelf = world.monthly[subscription.version.plan.edition.code]
            version = world.rng.choice(shelf)
            if subscription.is_billed and rulebook_at(now).upgrade is Upgrade.IMMEDIATE:
                money.order_upgrade(world, company, subscription, version, now)
                return
            subscriptions.change_plan(
                subscription=subscription, version=version, now=now, actor=company.manager
            )


def buy_pack(world: World, company: Company, now: datetime) -> None:
    """Pay for extra support this month (R6); sometimes give it back at once."""
    mine = running(company)
    if not mine:
        return
    subscription = world.rng.choice(mine)
    if world.rng.random() < 0.7:
        order = money.order_pack(world, company, subscription, now)
        if company.pays == "at once":
            money.pay(world, company, order, now)
            order.refresh_from_db()
        if order.grant_id_given and world.rng.random() < 0.2:
            packs.return_pack(
                grant_id=order.grant_id_given, now=now + timedelta(hours=1), actor=company.manager
            )
        return
    grant = packs.add_pack(
        organization=company.organization,
        licence=subscription.licence,
        subscription=subscription,
        cases=world.rng.choice((1, 1, 2)),
        key=f"simulation:{world.next()}",
        now=now,
        actor=company.manager,
    )
    if world.rng.random() < 0.1:
        packs.return_pack(grant_id=grant, now=now + timedelta(hours=1), actor=company.manager)


def block_for_a_while(world: World, company: Company, now: datetime) -> None:
    """Fraud, as it seems (row 40)."""
    organizations.block(
        organization=company.organization, reason="pagos", now=now, actor=world.supervisors[0]
    )


def unblock(world: World, company: Company, now: datetime) -> None:
    """It was not."""
    organizations.unblock(organization=company.organization, now=now, actor=world.supervisors[0])


def move_hosting(world: World, company: Company, now: datetime) -> None:
    """Into the cloud, or out of it (R3)."""
    licence: Licence = world.rng.choice(company.licences)
    hosting = world.rng.choice(("vendor_cloud", "customer"))
    licences.set_hosting(licence=licence, hosting=hosting, now=now, actor=world.agents[0])


def change_the_rules(world: World, month: int, now: datetime) -> None:
    """The vendor changes how it works, and what it sells, now and then (rows 38, 43)."""
    changes: dict[int, dict[str, object]] = {
        4: {"upgrade": "immediate", "notice_days": 3},
        6: {"order": "fair"},
        8: {"activate": "on_order", "grace_days": 8},
        10: {"order": "strict", "overdue_first": True},
        12: {"activate": "on_payment", "months": "calendar"},
        14: {"notice_days": 5, "rollover_max": 1},
        20: {"pack_validity": "days", "goodwill_on_late_release": False},
        26: {"pack_validity": "next_period", "rollover_max": 0},
    }
    if month in changes:
        book = Rulebook.from_json(rulebook_at(now).to_json() | changes[month])
        publish(rulebook=book, effective_from=now + timedelta(days=10), actor=None, now=now)
    if month % 9 == 0:
        edition = world.rng.choice(list(world.monthly))
        place = world.rng.randrange(4)
        before = world.monthly[edition][place]
        world.monthly[edition][place] = new_version(
            plan=before.plan, price_minor=before.price_minor + 5_000, now=now
        )
