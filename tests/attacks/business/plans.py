"""Contracts, licences, rules and cases: what money hangs on."""

from dataclasses import replace
from datetime import timedelta

from tests.attacks.business.world import World, act
from vigente.billing.services import licences, organizations, subscriptions, versions
from vigente.billing.services.rulebooks import publish
from vigente.rules.periods import Months
from vigente.rules.reasons import Release
from vigente.rules.rulebook import Activation, PackValidity, Upgrade
from vigente.tickets.services import classification, held, work

RUNNING = "status IN ('active', 'grace', 'suspended')"


@act(2)
def give_notice(world: World, a: int, b: int, c: int) -> None:
    contract = world.one("contract", a, RUNNING if b % 6 else "")
    subscriptions.give_notice(subscription=contract, now=world.now)


@act()
def withdraw_notice(world: World, a: int, b: int, c: int) -> None:
    contract = world.one("contract", a, "notice_given_at IS NOT NULL" if b % 6 else "")
    subscriptions.withdraw_notice(subscription=contract, now=world.now)


@act()
def change_plan(world: World, a: int, b: int, c: int) -> None:
    contract = world.one("contract", a, RUNNING if b % 6 else "")
    subscriptions.change_plan(subscription=contract, version=world.sold(contract.licence, c), now=world.now)


@act()
def contract_by_hand(world: World, a: int, b: int, c: int) -> None:
    licence = world.one("licence", a)
    source = ("bought", "legacy")[c % 2]
    subscriptions.subscribe(
        organization=licence.organization, licence=licence, version=world.sold(licence, b), source=source,
        now=world.now,
        ends_at=world.now + timedelta(days=1 + b % 90) if source == "legacy" or c % 3 == 0 else None,
        anchor=world.now + timedelta(days=b % 45) if c % 5 == 0 else None, auto_renew=bool(c % 4),
        activate=bool(c % 7),
    )  # fmt: skip


@act()
def confirm_by_hand(world: World, a: int, b: int, c: int) -> None:
    subscriptions.activate(subscription=world.one("contract", a, "NOT is_billed"), now=world.now)


@act()
def move_hosting(world: World, a: int, b: int, c: int) -> None:
    hosting = ("vendor_cloud", "customer")[b % 2]
    licences.set_hosting(licence=world.one("licence", a), hosting=hosting, actor=world.owner, now=world.now)


@act()
def transfer_licence(world: World, a: int, b: int, c: int) -> None:
    licence = world.one("licence", a)
    licences.transfer_licence(
        licence=licence, organization=world.organization(b), actor=world.owner, now=world.now
    )


@act()
def block(world: World, a: int, b: int, c: int) -> None:
    organizations.block(organization=world.organization(a), reason="x", actor=world.owner, now=world.now)


@act(3)
def unblock(world: World, a: int, b: int, c: int) -> None:
    organizations.unblock(organization=world.organization(a), actor=world.owner, now=world.now)


@act()
def new_version(world: World, a: int, b: int, c: int) -> None:
    plan = world.one("plan", a)
    renewal = ("keep", "successor")[b % 2]
    versions.new_version(plan=plan, price_minor=90_000 + c * 31, cases=(None, 1, 2, 5)[b % 4], on_renewal=renewal,
                         now=world.now)  # fmt: skip


@act()
def change_the_rules(world: World, a: int, b: int, c: int) -> None:
    changes: list[dict[str, object]] = [
        {"activate": (Activation.ON_PAYMENT, Activation.ON_ORDER)[b % 2]},
        {"upgrade": (Upgrade.IMMEDIATE, Upgrade.IMMEDIATE, Upgrade.AT_RENEWAL)[b % 3]},
        {"months": (Months.ANNIVERSARY, Months.CALENDAR)[b % 2]},
        {"grace_days": b % 10, "grace_cases": c % 3},
        {"notice_days": b % 8},
        {"rollover_max": b % 3},
        {"pack_validity": list(PackValidity)[b % 3], "sell_packs_without_plan": bool(c % 2)},
        {"order_days": 1 + b % 20, "void_days": b % 60},
        {"billing_zone": ("America/Managua", "America/Santiago", "Europe/Madrid", "UTC")[b % 4]},
        {"announce_days": b % 40},
    ]
    book = replace(world.book, **changes[a % len(changes)])
    publish(rulebook=book, effective_from=world.now + timedelta(days=c % 3), actor=world.owner, now=world.now)
    world.book = book


@act(4)
def ask(world: World, a: int, b: int, c: int) -> None:
    shop = world.shop(a)
    licence = world.one("licence", b, f"organization_id = {shop.organization.pk}")
    kind = ("error", "error", "question", "guided_session", "development")[c % 5]
    shop.ask(world.now, work=kind, licence=licence, key=world.key(c) if c % 10 == 0 else "")


@act()
def give_a_draw_back(world: World, a: int, b: int, c: int) -> None:
    case = world.one("case", a)
    reason = (Release.SAME_PROBLEM, Release.VENDOR_FAULT, Release.SPAM, Release.OPENED_BY_MISTAKE)[b % 4]
    classification.release(ticket=case, reason=reason, actor=world.owner, note="x", now=world.now)


@act()
def classify(world: World, a: int, b: int, c: int) -> None:
    case, kinds = world.one("case", a), world.shops[0].work
    kind = kinds[sorted(kinds)[b % len(kinds)]]
    classification.classify(ticket=case, work_type=kind, actor=world.owner, now=world.now)


@act()
def file_elsewhere(world: World, a: int, b: int, c: int) -> None:
    case = world.one("case", a)
    classification.move_licence(
        ticket=case, licence=world.one("licence", b), actor=world.owner, now=world.now
    )


@act()
def close_a_case(world: World, a: int, b: int, c: int) -> None:
    work.solve(ticket=world.one("case", a), actor=world.owner, now=world.now)


@act()
def choose_what_matters(world: World, a: int, b: int, c: int) -> None:
    one = world.one("held", a)
    held.choose(held=[one], user=world.shop(b).manager, now=world.now)
