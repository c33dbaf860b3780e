"""Who reads what concerns a company's plans and money: its managers and, of money, the address of its bookkeeping."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch

from vigente.billing.models import BillingProfile
from vigente.events.models import Event
from vigente.mail.letters import Reader, link, post
from vigente.mail.tell_held import managers_of

Said = Callable[[], dict[str, Any]]


def readers_of(organization_id: int | None, *, money: bool) -> list[Reader]:
    """Each once: somebody may manage the company and keep its books."""
    readers = [Reader.of(manager) for manager in managers_of(organization_id)]
    if not money:
        return readers
    profile = BillingProfile.objects.filter(organization=organization_id).first()
    known = {reader.email.casefold() for reader in readers}
    if profile is not None and profile.email and profile.email.casefold() not in known:
        readers.append(Reader(profile.email, speaks=profile.language))
    return readers


def tell_managers(
    template: str,
    event: Event,
    *,
    words: Said,
    now: datetime,
    money: bool = False,
    organization_id: int | None = None,
    key: str = "",
    attach: str = "",
) -> None:
    """Write to them, once per event however often it is told. `money`: to the bookkeeping's address too. `attach`: what
    is printed and goes along.
    """
    for reader in readers_of(organization_id or event.organization_id, money=money):
        post(
            template,
            to=reader,
            kind=event.kind,
            key=key or f"event:{event.pk}",
            about=event.subject,
            attach=attach,
            words=words,
            now=now,
        )


def portal_link(name: str, *args: object) -> str:
    """The full address of a page of the portal; of its plan page where there is no such page."""
    try:
        return link(f"portal:{name}", *args)
    except NoReverseMatch:
        return link("portal:plan")
