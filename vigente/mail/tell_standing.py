"""What managers are written when a plan's standing changes: unpaid, paid again, bigger, nearly used, about to end or to
change (R6, R11; rows 3, 23, 25, 38).
"""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.billing.models import Grant, Invoice, PlanVersion, Subscription
from vigente.billing.prices import price_plan
from vigente.billing.queries import Offer, meter_of, offers_for, sold_versions
from vigente.billing.successors import successor_of
from vigente.events.models import Event
from vigente.mail import facts, sums
from vigente.mail.letters import link
from vigente.mail.managers import portal_link, tell_managers
from vigente.mail.tell_plans import contract_of, to_managers, what_for
from vigente.rules.coverage import Decision, Outcome
from vigente.rules.reasons import Code, Reason
from vigente.rules.refusal import Refused
from vigente.rules.subscriptions import current_term
from vigente.ui import formats

STATUS = Subscription.Status


def suspended(event: Event, *, now: datetime) -> None:
    """The grace is over: nothing new is covered until it is paid."""
    contract, invoice = contract_of(event), _invoice(event)
    if contract is None or contract.status != STATUS.SUSPENDED or invoice is None:
        return
    to_managers("plan_suspended", event, contract, money=True, now=now, words=lambda: {
        "balance": sums.amount(invoice.balance_minor, invoice.currency),
        "code": invoice.code,
        "until": facts.last_day(contract.unpaid_until, now=now),
        "link": portal_link("pay_invoice", invoice.pk),
    })  # fmt: skip


def reinstated(event: Event, *, now: datetime) -> None:
    """Paid: it covers again, with the same dates. Nothing to say of one that never stopped."""
    contract = contract_of(event)
    if contract is not None and contract.status == STATUS.ACTIVE and _had_stopped(event):
        to_managers("plan_reinstated", event, contract, now=now)


def upgraded(event: Event, *, now: datetime) -> None:
    """A bigger plan in the middle of a term (row 23)."""
    contract = contract_of(event)
    if contract is None:
        return
    before = PlanVersion.objects.select_related("plan").filter(pk=event.data.get("before") or 0).first()
    to_managers("plan_upgraded", event, contract, now=now, words=lambda: {
        "before": before.plan.name if before else "—", "cases": event.data.get("cases") or 0,
    })  # fmt: skip


def ending(event: Event, *, now: datetime) -> None:
    """A plan from before is about to end (R11): when, and what follows it at which price."""
    contract = contract_of(event)
    end = contract.ends_at if contract else None
    if contract is None or end is None or end <= now or contract.status not in (STATUS.ACTIVE, STATUS.GRACE):
        return
    to_managers("legacy_ending", event, contract, now=now, words=lambda: {
        "at": facts.last_day(end, now=now), "link": link("portal:plans"), **successor_words(contract, now=now),
    })  # fmt: skip


def last_case(event: Event, *, now: datetime) -> None:
    """The last case was used (row 3): when the next come, and what can be bought (R6)."""
    grant = Grant.objects.select_related(
        "organization", "licence__edition__product", "subscription__version__plan"
    ).filter(pk=event.data.get("grant") or 0).first()  # fmt: skip
    if grant is None or grant.end <= now:
        return
    meter = meter_of(organization=grant.organization, licence=grant.licence, now=now)
    if meter.left != 0:
        return  # they bought more since
    tell_managers("last_case", event, organization_id=grant.organization_id, now=now, words=lambda: {
        "what": what_for(grant.licence),
        "renews": facts.day(meter.renews_at, now=now),
        "coverage": facts.coverage(grant.organization, grant.licence, now=now),
        "offers": [offer_text(offer) for offer in _offers(grant, now=now)],
        "link": link("portal:plan"),
    })  # fmt: skip


def terms_announced(event: Event, *, now: datetime) -> None:
    """It will renew on other terms: old and new side by side (row 38)."""
    contract = contract_of(event)
    pks = (event.data.get("before") or 0, event.data.get("after") or 0)
    versions = PlanVersion.objects.select_related("plan__edition", "sla_policy").in_bulk(pks)
    if contract is None or contract.announced_version_id != pks[1] or len(versions) < 2:
        return
    at = first_bound(contract, days=int(event.data.get("days", 0)))
    before, after = (versions[pk] for pk in pks)
    to_managers("terms_announced", event, contract, money=True, now=now, words=lambda: {
        "at": facts.day(at, now=now), "terms": terms_rows(contract, before, after, now=now),
    })  # fmt: skip


def first_bound(contract: Subscription, *, days: int) -> datetime:
    """The start of the first term that new terms bind: one that begins at least `days` after they were announced."""
    running = contract.running()
    announced = contract.announced_at or running.anchor
    term = current_term(running, now=announced)
    while term.start < announced + timedelta(days=days):
        term = current_term(running, now=term.end)
    return term.start


def terms_rows(
    contract: Subscription, before: PlanVersion, after: PlanVersion, *, now: datetime
) -> list[tuple[str, str, str]]:
    """What differs between two versions, for this contract: name, now, from then on."""
    pairs = [
        (_("Plan"), before.plan.name, after.plan.name),
        (_("Precio"), _price(contract, before, now=now), _price(contract, after, now=now)),
        (_("Casos al mes"), _cases(before), _cases(after)),
        (_("Prioridad"), str(before.rank), str(after.rank)),
        (_("Plazos"), str(before.sla_policy or "—"), str(after.sla_policy or "—")),
        (_("Tipos de trabajo"), formats.number(len(before.work)), formats.number(len(after.work))),
    ]
    return [(name, old, new) for name, old, new in pairs if old != new]


def successor_words(contract: Subscription, *, now: datetime) -> dict[str, Any]:
    """The plan on sale that is most like this one, at this customer's price; empty when none is."""
    version = successor_of(contract.version, sold_versions(now=now))
    if version is None:
        return {"successor": "", "rows": [], "successor_cases": None}
    try:
        priced = price_plan(
            version=version, licence=contract.licence, organization=contract.organization, now=now
        )
    except Refused:
        return {"successor": "", "rows": [], "successor_cases": None}
    return {
        "successor": f"{version.plan.name}, {version.plan.get_interval_display().lower()}",
        "rows": sums.rows_of(priced),
        "successor_cases": version.cases,
    }


def offer_text(offer: Offer) -> str:
    """`1 caso extra por C$ 380.00`, `Plan Comercio: 10 casos al mes por C$ 4,200.00`."""
    amount = sums.amount(offer.price.total_minor, offer.price.currency)
    if offer.kind == "pack":
        text = ngettext(
            "%(n)s caso extra por %(amount)s", "%(n)s casos extra por %(amount)s", offer.cases or 1
        )
        return text % {"n": formats.number(offer.cases or 1), "amount": amount}
    return _("%(plan)s: %(cases)s al mes por %(amount)s") % {
        "plan": offer.version.plan.name,
        "cases": _cases(offer.version),
        "amount": amount,
    }


def _offers(grant: Grant, *, now: datetime) -> list[Offer]:
    spent = Decision(Outcome.NOT_COVERED, (Reason(Code.NO_CASES_LEFT),))
    return offers_for(organization=grant.organization, licence=grant.licence, decision=spent, now=now)


def _price(contract: Subscription, version: PlanVersion, *, now: datetime) -> str:
    try:
        priced = price_plan(
            version=version, licence=contract.licence, organization=contract.organization, now=now
        )
    except Refused:
        return "—"
    return sums.amount(priced.total_minor, priced.currency)


def _cases(version: PlanVersion) -> str:
    if version.cases is None:
        return _("sin límite")
    return ngettext("%(n)s caso", "%(n)s casos", version.cases) % {"n": formats.number(version.cases)}


def _invoice(event: Event) -> Invoice | None:
    return Invoice.objects.filter(pk=event.data.get("invoice") or 0).first()


def _had_stopped(event: Event) -> bool:
    """Whether the last thing that happened to it before was a suspension."""
    kinds = ("subscription.suspended", "subscription.grace", "subscription.reinstated")
    before = Event.objects.filter(subject=event.subject, kind__in=kinds, pk__lt=event.pk).order_by("-pk")
    return before.values_list("kind", flat=True).first() == "subscription.suspended"
