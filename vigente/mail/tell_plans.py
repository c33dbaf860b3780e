"""What the managers of an organization are written about their plans (rows 20–22, 24, 26)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from vigente.billing.models import Grant, Licence, PlanVersion, Subscription
from vigente.events.models import Event
from vigente.mail import facts
from vigente.mail.letters import Reader, link, post
from vigente.mail.tell_held import managers_of

BOUGHT = Subscription.Source.BOUGHT


def activated(event: Event, *, now: datetime) -> None:
    """A plan is in force. One that comes with a licence says nothing."""
    contract = _contract(event)
    if contract is not None and contract.source == BOUGHT:
        _to_managers("plan_active", event, contract, now=now, words=lambda: {
            "ends": facts.last_day(contract.ends_at, now=now) if not contract.auto_renew or contract.ends_at else "",
        })  # fmt: skip


def renewed(event: Event, *, now: datetime) -> None:
    contract = _contract(event)
    if contract is not None and contract.source == BOUGHT:
        _to_managers("plan_renewed", event, contract, now=now, words=lambda: {
            "until": facts.last_day(facts.instant(event.data.get("end")), now=now),
        })  # fmt: skip


def renewal_near(event: Event, *, now: datetime) -> None:
    _reminder("renewal_near", event, now=now)


def notice_closing(event: Event, *, now: datetime) -> None:
    _reminder("notice_closing", event, now=now)


def notice_given(event: Event, *, now: datetime) -> None:
    """When it ends or changes, exactly, and what stays usable until then (row 21, 22)."""
    contract = _contract(event)
    if contract is None:
        return
    other = PlanVersion.objects.select_related("plan").filter(pk=event.data.get("change_to") or 0).first()
    _to_managers("notice_received", event, contract, now=now, words=lambda: {
        "at": facts.exact(facts.instant(event.data.get("effective"))), "change_to": other.plan.name if other else "",
    })  # fmt: skip


def notice_withdrawn(event: Event, *, now: datetime) -> None:
    contract = _contract(event)
    if contract is not None:
        _to_managers("notice_withdrawn", event, contract, now=now)


def ended(event: Event, *, now: datetime) -> None:
    contract = _contract(event)
    if (
        contract is not None
        and contract.source != Subscription.Source.INCLUDED
        and contract.replaced_by_id is None
    ):
        _to_managers("plan_ended", event, contract, now=now, words=lambda: {"link": link("portal:plans")})


def cases_expiring(event: Event, *, now: datetime) -> None:
    """Cases nobody used will expire (R2)."""
    grant = _grant(event)
    left = grant.remaining if grant else None
    if grant is None or not left or grant.end <= now:
        return
    _to_managers_of("cases_expiring", event, grant.organization_id, now=now, words=lambda: {
        "left": left, "until": facts.last_day(grant.end, now=now), "what": _what(grant.licence),
        "coverage": facts.coverage(grant.organization, grant.licence, now=now), "link": link("portal:ask"),
    })  # fmt: skip


def pack_added(event: Event, *, now: datetime) -> None:
    """Extra cases were bought (R6)."""
    grant = _grant(event)
    if grant is None or grant.granted is None:
        return
    _to_managers_of("pack_added", event, grant.organization_id, now=now, words=lambda: {
        "cases": grant.granted, "until": facts.last_day(grant.end, now=now), "what": _what(grant.licence),
        "coverage": facts.coverage(grant.organization, grant.licence, now=now), "link": link("portal:plan"),
    })  # fmt: skip


def _reminder(template: str, event: Event, *, now: datetime) -> None:
    """Said only while it helps: not after what it warns of."""
    contract, at = _contract(event), facts.instant(event.data.get("at"))
    if contract is None or at is None or at <= now or contract.notice_given_at is not None:
        return
    _to_managers(template, event, contract, now=now, words=lambda: {
        "at": facts.exact(at), "cut_off": facts.exact(facts.instant(event.data.get("cut_off"))),
    })  # fmt: skip


def _contract(event: Event) -> Subscription | None:
    name, _colon, pk = event.subject.partition(":")
    if name != "subscription" or not pk.isdigit():
        return None
    related = ("organization", "licence__edition__product", "version__plan")
    return Subscription.objects.select_related(*related).filter(pk=int(pk)).first()


def _grant(event: Event) -> Grant | None:
    name, _colon, pk = event.subject.partition(":")
    if name != "grant" or not pk.isdigit():
        return None
    related = ("organization", "licence__edition__product")
    return Grant.objects.select_related(*related).filter(pk=int(pk)).first()


def _what(licence: Licence | None) -> str:
    """What a plan is for: a licence, or all of them."""
    if licence is None:
        return _("toda la organización")
    return _("la licencia %(key)s") % {"key": licence.label or licence.key}


def _to_managers(
    template: str,
    event: Event,
    contract: Subscription,
    *,
    now: datetime,
    words: Callable[[], dict[str, Any]] = dict,
) -> None:
    def all_words() -> dict[str, Any]:
        return {
            "plan": contract.version.plan.name,
            "what": _what(contract.licence),
            "coverage": facts.coverage(contract.organization, contract.licence, now=now),
            "link": link("portal:plan"),
            **words(),
        }

    _to_managers_of(template, event, contract.organization_id, now=now, words=all_words)


def _to_managers_of(
    template: str,
    event: Event,
    organization_id: int | None,
    *,
    now: datetime,
    words: Callable[[], dict[str, Any]],
) -> None:
    for manager in managers_of(organization_id):
        post(
            template,
            to=Reader.of(manager),
            kind=event.kind,
            key=f"event:{event.pk}",
            about=event.subject,
            words=words,
            now=now,
        )
