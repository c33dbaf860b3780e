"""What the card processor tells us, once each, in whatever order it comes. Its signature was checked before.

The row of an event and all that follows from it are one transaction: what fails is told again, and done then.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import stripe
from django.db import IntegrityError, transaction
from django.db.models import Q

from vigente.billing import cards
from vigente.billing.models import CardCharge, CardRefund, CardSession, StripeEvent
from vigente.billing.services import card_charges, card_disputes
from vigente.billing.services.card_disputes import Disputed
from vigente.billing.services.card_money import record
from vigente.billing.services.cards import settle
from vigente.billing.services.payments import fail

REPEATED = "repeated"


@transaction.atomic
def receive(event: Mapping[str, Any], *, now: datetime) -> str:
    """Do what an event asks for, once by its name. The outcome in a word. Raises KeyError, ValueError for no event."""
    kind, found = str(event["type"]), event["data"]["object"]
    if not isinstance(found, dict):
        raise ValueError("an event without an object")
    disputed = _disputed(found) if kind.startswith("charge.dispute.") else Disputed()
    row = StripeEvent(
        event=str(event["id"])[:120],
        kind=kind[:80],
        object_id=_about(found)[:120],
        detail=str(found.get("status") or "")[:40],
        dispute=disputed.name,
        disputed_minor=disputed.minor,
        currency=disputed.currency,
        created_at=datetime.fromtimestamp(int(event["created"]), UTC),
        received_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return REPEATED
    does = _DOES.get(kind)
    row.outcome = does(stripe.StripeObject.construct_from(found, None), now) if does else "ignored"
    row.save(update_fields=["outcome"])
    return row.outcome


def _about(found: dict[str, Any]) -> str:
    """The intent it is about, if it is about one; else itself."""
    about = found.get("payment_intent") if found.get("object") != "payment_intent" else found.get("id")
    return str(about if isinstance(about, str) and about else found.get("id") or "")


def _page(found: Any, now: datetime) -> str:
    page = cards.page_of(found)
    if not settle(page=page, now=now):
        return "unknown"
    return "recorded" if page.is_paid else page.status or "open"


def _page_failed(found: Any, now: datetime) -> str:
    """A way to pay that takes days did not go through."""
    page = cards.page_of(found)
    row = CardSession.objects.filter(session=page.session).select_related("organization").first()
    if row is None:
        return "unknown"
    fail(
        organization=row.organization,
        amount_minor=row.amount_minor,
        currency=row.currency,
        key=f"page:{row.pk}",
        order=row.order,
        invoice=row.invoice,
        now=now,
    )
    return "failed"


def _charged(found: Any, now: datetime) -> str:
    """An intent went through: of a kept card, or of a page whose own message may never come."""
    charge = cards.charge_of(found)
    kept = _kept(charge.note)
    if kept is not None:
        card_charges.settle(kept, charge, now=now)
        return "recorded"
    row = (
        CardSession.objects.filter(key=charge.note)
        .select_related("organization", "order__organization", "invoice__organization")
        .first()
    )
    if row is None or not charge.note:
        return "unknown"
    record(
        organization=row.organization,
        intent=charge.intent,
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        order=row.order,
        invoice=row.invoice,
        now=now,
    )
    return "recorded"


def _not_charged(found: Any, now: datetime) -> str:
    """On a page the customer sees it and tries again; a kept card is charged with nobody there."""
    charge = cards.charge_of(found)
    kept = _kept(charge.note)
    if kept is None:
        return "ignored"
    card_charges.refuse(kept, charge.decline or charge.status, intent=charge.intent, now=now)
    return "failed"


def _kept(note: str) -> CardCharge | None:
    if not note:
        return None
    return CardCharge.objects.select_related("invoice__organization").filter(key=note).first()


def _dispute(closed: bool) -> Callable[[Any, datetime], str]:
    def does(found: Any, now: datetime) -> str:
        intent = found.payment_intent if isinstance(found.payment_intent, str) else ""
        if not intent:
            return "unknown"
        disputed = _disputed(found.to_dict())
        if not closed and _closed_before(intent, disputed, getattr(found, "created", None)):
            return "late"
        return card_disputes.heard(
            intent=intent,
            state=str(found.status),
            closed=closed,
            disputed=disputed,
            now=now,
        )

    return does


def _disputed(found: Mapping[str, Any]) -> Disputed:
    name, amount, currency = (found.get(key) for key in ("id", "amount", "currency"))
    minor, known = None, str(currency or "").upper()[:3]
    if isinstance(amount, int) and not isinstance(amount, bool) and amount > 0 and known:
        minor = cards.to_ours(amount, known)
    return Disputed(str(name or "")[:80], minor, known)


def _closed_before(intent: str, disputed: Disputed, began: int | None) -> bool:
    """Whether word of this dispute's end overtook word of its beginning; an earlier dispute ended before it began."""
    same = Q(dispute=disputed.name) if disputed.name else Q()
    if began is not None:
        same |= Q(dispute="", created_at__gte=datetime.fromtimestamp(began, UTC))
    if not same:
        return False
    ends = StripeEvent.objects.filter(same, object_id=intent, kind="charge.dispute.closed")
    return ends.exclude(outcome=card_disputes.EARLY).exists()


def _refund(found: Any, now: datetime) -> str:
    """Money on its way back did not arrive: a person decides."""
    if getattr(found, "status", "") != "failed":
        return "ignored"
    rows = CardRefund.objects.filter(refund=str(found.id)).exclude(status=CardRefund.Status.BY_HAND)
    changed = rows.update(
        status=CardRefund.Status.FAILED, problem=str(getattr(found, "failure_reason", "") or "failed")[:120]
    )
    return "failed" if changed else "unknown"


_DOES: dict[str, Callable[[Any, datetime], str]] = {
    "checkout.session.completed": _page,
    "checkout.session.async_payment_succeeded": _page,
    "checkout.session.async_payment_failed": _page_failed,
    "checkout.session.expired": _page,
    "payment_intent.succeeded": _charged,
    "payment_intent.payment_failed": _not_charged,
    "charge.dispute.created": _dispute(closed=False),
    "charge.dispute.closed": _dispute(closed=True),
    "refund.failed": _refund,
    "refund.updated": _refund,
    "charge.refund.updated": _refund,
}
