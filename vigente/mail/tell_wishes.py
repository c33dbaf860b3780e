"""What managers are written when somebody of theirs asks them to buy: once per wish, with the page to buy it."""

from datetime import datetime

from vigente.billing.models import Order, Wish
from vigente.events.models import Event
from vigente.mail.letters import link
from vigente.mail.managers import portal_link, tell_managers


def asked(event: Event, *, now: datetime) -> None:
    """Only while nobody has seen to it: what is told late must not ask for what is bought."""
    name, _colon, pk = event.subject.partition(":")
    if name != "wish" or not pk.isdigit():
        return
    rows = Wish.objects.select_related("user", "version__plan", "licence__edition__product", "subscription")
    wish = rows.filter(pk=int(pk), closed_at__isnull=True).first()
    if wish is not None:
        tell_managers(
            "wish", event, organization_id=wish.organization_id, now=now,
            words=lambda: {
                "who": str(wish.user),
                "kind": wish.kind,
                "plan": wish.version.plan.name,
                "cases": wish.version.pack_cases,
                "licence": str(wish.licence) if wish.licence else "",
                "link": _address(wish),
            },
        )  # fmt: skip


def _address(wish: Wish) -> str:
    if wish.kind == Order.Kind.PACK and wish.subscription_id:
        return portal_link("pack_order", wish.subscription_id)
    if wish.kind == Order.Kind.UPGRADE and wish.subscription_id:
        return portal_link("plan_change", wish.subscription_id, wish.version_id)
    address = link("portal:plan_order", wish.version_id)
    return f"{address}?licence={wish.licence_id}" if wish.licence_id else address
