"""What the managers of an organization are written about their plans (rows 20–22, 24, 26)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from vigente.billing.models import Grant, Invoice, Licence, PlanVersion, Subscription, WorkType
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.prices import price_plan, profile_of
from vigente.billing.queries import meter_of
from vigente.events.models import Event
from vigente.mail import facts, sums
from vigente.mail.letters import link
from vigente.mail.managers import tell_managers
from vigente.rules.periods import period_index, term_of_period
from vigente.rules.refusal import Refused
from vigente.rules.subscriptions import current_term

BOUGHT = Subscription.Source.BOUGHT
UNPAID = (Subscription.Status.GRACE, Subscription.Status.SUSPENDED)


def activated(event: Event, *, now: datetime) -> None:
    """A plan is in force: the first time, with what it covers and how to ask. One that comes with a licence says
    nothing.
    """
    contract = contract_of(event)
    if contract is None or contract.source != BOUGHT:
        return
    template = "welcome" if _is_first(contract) else "plan_active"
    to_managers(template, event, contract, now=now, words=lambda: standing(contract, now=now))


def renewed(event: Event, *, now: datetime) -> None:
    """The next term began. Of one that is billed its invoice tells, or the receipt."""
    contract = contract_of(event)
    if contract is None or contract.source != BOUGHT or _invoiced(contract, event.data.get("term")):
        return
    to_managers("plan_renewed", event, contract, now=now, words=lambda: {
        "until": facts.last_day(facts.instant(event.data.get("end")), now=now),
    })  # fmt: skip


def standing(contract: Subscription, *, now: datetime) -> dict[str, Any]:
    """What a contract gives: cases, what it covers, until when."""
    names = {work.code: work.name for work in WorkType.objects.all()}
    term = None if contract.ends_at or not contract.auto_renew else current_term(contract.running(), now=now)
    return {
        "cases": contract.version.cases,
        "covers": [names[code] for code in contract.version.work if code in names],
        "ends": facts.last_day(contract.ends_at, now=now),
        "renews": facts.day(term.end, now=now) if term else "",
        "link": link("portal:ask"),
    }


def renewal_near(event: Event, *, now: datetime) -> None:
    _reminder("renewal_near", event, now=now)


def notice_closing(event: Event, *, now: datetime) -> None:
    _reminder("notice_closing", event, now=now)


def notice_given(event: Event, *, now: datetime) -> None:
    """When it ends or changes, exactly, and what stays usable until then (row 21, 22)."""
    contract = contract_of(event)
    if contract is None:
        return
    other = PlanVersion.objects.select_related("plan").filter(pk=event.data.get("change_to") or 0).first()
    at = facts.instant(event.data.get("effective"))
    if at is not None and other is None:
        at -= timedelta(minutes=1)  # the last minute it is good for, as on the page
    to_managers("notice_received", event, contract, now=now, words=lambda: {
        "at": facts.exact(at), "change_to": other.plan.name if other else "",
        "unpaid": contract.unpaid_until is not None,
    })  # fmt: skip


def notice_withdrawn(event: Event, *, now: datetime) -> None:
    contract = contract_of(event)
    if contract is not None:
        to_managers("notice_withdrawn", event, contract, now=now)


def ended(event: Event, *, now: datetime) -> None:
    """What stays usable, and how to come back (rows 22, 24)."""
    contract = contract_of(event)
    if contract is None or contract.source == Subscription.Source.INCLUDED or contract.replaced_by_id:
        return

    def words() -> dict[str, Any]:
        meter = meter_of(organization=contract.organization, licence=contract.licence, now=now)
        unpaid = Invoice.objects.filter(subscription=contract, purpose="term", balance_minor__gt=0)
        return {
            "left": meter.left,
            "until": facts.last_day(meter.until, now=now),
            "unpaid": unpaid.exists(),
            "link": link("portal:plans"),
        }

    to_managers("plan_ended", event, contract, now=now, words=words)


def cases_expiring(event: Event, *, now: datetime) -> None:
    """Cases nobody used will expire (R2)."""
    grant = _grant(event)
    left = grant.remaining if grant else None
    if grant is None or not left or grant.end <= now:
        return
    usable = meter_of(organization=grant.organization, licence=grant.licence, now=now).left
    if usable is not None:
        left = min(left, usable)  # an unpaid term withholds them (row 25)
    if not left:
        return
    tell_managers("cases_expiring", event, organization_id=grant.organization_id, now=now, words=lambda: {
        "left": left, "until": facts.last_day(grant.end, now=now), "what": what_for(grant.licence),
        "coverage": facts.coverage(grant.organization, grant.licence, now=now), "link": link("portal:ask"),
    })  # fmt: skip


def pack_added(event: Event, *, now: datetime) -> None:
    """Extra cases were bought (R6)."""
    grant = _grant(event)
    if grant is None or grant.granted is None:
        return
    tell_managers("pack_added", event, organization_id=grant.organization_id, now=now, words=lambda: {
        "cases": grant.granted, "until": facts.last_day(grant.end, now=now), "what": what_for(grant.licence),
        "coverage": facts.coverage(grant.organization, grant.licence, now=now), "link": link("portal:plan"),
    })  # fmt: skip


def _reminder(template: str, event: Event, *, now: datetime) -> None:
    """Said only while it helps: not after what it warns of."""
    contract, at = contract_of(event), facts.instant(event.data.get("at"))
    if contract is None or at is None or at <= now or contract.notice_given_at is not None:
        return
    if contract.status in UNPAID and template == "renewal_near":
        return  # it renews only once this term is paid, of which the reminders tell
    to_managers(template, event, contract, now=now, words=lambda: {
        "at": facts.exact(at), "cut_off": facts.exact(facts.instant(event.data.get("cut_off"))),
        **renewal_words(contract, at=at),
    })  # fmt: skip


def renewal_words(contract: Subscription, *, at: datetime) -> dict[str, Any]:
    """What the next term will cost (R5): lines, discount and tax, what is in hand, the card it is taken from."""
    if not contract.is_billed:
        return {"rows": [], "credit": "", "card": ""}
    running = contract.running()
    index = term_of_period(period_index(running.anchor, running.zone, at, running.months), running.interval)
    announced, version = contract.announced_at, contract.version
    if announced is not None and contract.announced_version is not None:
        in_time = announced + timedelta(days=rulebook_at(announced).announce_days) <= at
        version = contract.announced_version if in_time else version
    try:
        priced = price_plan(
            version=version, licence=contract.licence, organization=contract.organization,
            coupon=contract.coupon, term=index, now=at,
        )  # fmt: skip
    except Refused:
        return {"rows": [], "credit": "", "card": ""}
    account = contract.organization.money.filter(currency=priced.currency, credit_minor__gt=0).first()
    profile = profile_of(contract.organization)
    return {
        "rows": sums.rows_of(priced),
        "credit": sums.amount(account.credit_minor, priced.currency) if account else "",
        "card": profile.card_label if profile and profile.card_method else "",
    }


def contract_of(event: Event) -> Subscription | None:
    """The contract an event is about."""
    name, _colon, pk = event.subject.partition(":")
    if name != "subscription" or not pk.isdigit():
        return None
    related = ("organization", "licence__edition__product", "version__plan__edition",
               "announced_version__plan__edition")  # fmt: skip
    return Subscription.objects.select_related(*related).filter(pk=int(pk)).first()


def _is_first(contract: Subscription) -> bool:
    """Whether nothing was ever contracted there before."""
    before = Subscription.objects.filter(
        organization=contract.organization_id, licence=contract.licence_id, source=BOUGHT, pk__lt=contract.pk
    )
    return not before.exclude(status=Subscription.Status.CANCELLED).exists()


def _invoiced(contract: Subscription, term: int | None) -> bool:
    return contract.is_billed and Invoice.objects.filter(subscription=contract, term=term).exists()


def _grant(event: Event) -> Grant | None:
    name, _colon, pk = event.subject.partition(":")
    if name != "grant" or not pk.isdigit():
        return None
    related = ("organization", "licence__edition__product")
    return Grant.objects.select_related(*related).filter(pk=int(pk)).first()


def what_for(licence: Licence | None) -> str:
    """What a plan is for: a licence, or all of them."""
    if licence is None:
        return _("toda la organización")
    return _("la licencia %(key)s") % {"key": licence.label or str(licence)}


def to_managers(
    template: str,
    event: Event,
    contract: Subscription,
    *,
    now: datetime,
    words: Callable[[], dict[str, Any]] = dict,
    money: bool = False,
) -> None:
    """Write to the managers of a contract's organization what every letter about one says, and `words`."""

    def all_words() -> dict[str, Any]:
        return plan_words(contract, now=now) | words()

    tell_managers(
        template, event, organization_id=contract.organization_id, money=money, words=all_words, now=now
    )


def plan_words(contract: Subscription, *, now: datetime) -> dict[str, Any]:
    return {
        "plan": contract.version.plan.name,
        "what": what_for(contract.licence),
        "coverage": facts.coverage(contract.organization, contract.licence, now=now),
        "link": link("portal:plan"),
    }
