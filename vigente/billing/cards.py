"""The card processor (Stripe), in the few words the rest needs. Talks to the network; touches no database.

Never call it inside a transaction. Every call that moves money takes an idempotency key, so that asking again after a
crash gives what the first time gave. Amounts are in our minor units on this side.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import stripe
from babel.numbers import get_currency_precision
from django.conf import settings

from vigente.billing.models import CardSession

SECONDS = 15.0
CHECKOUT = "https://checkout.stripe.com"
SESSION_MINUTES = 60 * 23  # a page lives less than the processor remembers its idempotency key
# Currencies without decimals, and with three, as the processor counts them; every other has two.
_NONE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THREE = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])

# No answer, or none that says anything of the money: also when it is we who are not let in.
_LATER = (
    stripe.APIConnectionError,
    stripe.RateLimitError,
    stripe.APIError,
    stripe.AuthenticationError,
    stripe.PermissionError,
)

T = TypeVar("T")
logging.getLogger("stripe").setLevel(logging.WARNING)  # below that it writes what it sends


class Unreachable(Exception):
    """No answer, or one that says nothing of the money: ask again later with the same key."""


class Declined(Exception):
    """The card was not charged. `code`: the processor's word; `intent`: its name of the attempt, if it has one."""

    def __init__(self, code: str, intent: str = "") -> None:
        super().__init__(code)
        self.code, self.intent = code, intent


class Wrong(Exception):
    """It will not do this, however often it is asked. `code` is its word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Page:
    """A page to pay at, and what became of it. `paid_minor`: what was paid, by the processor's count."""

    session: str
    url: str
    status: str  # open, complete, expired
    is_paid: bool
    key: str
    intent: str
    paid_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Charge:
    """An attempt on a card. `status`: succeeded, processing, or anything else for not charged."""

    intent: str
    status: str
    amount_minor: int
    currency: str
    note: str  # our name of it
    decline: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A card that may be charged again: the processor's names and what people read."""

    customer: str
    method: str
    label: str


def offered() -> bool:
    """Whether customers can pay by card here."""
    return bool(settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRET)


def page_origin() -> str:
    """Where its pages are; another server in tests."""
    base = urlsplit(settings.STRIPE_API_BASE)
    return f"{base.scheme}://{base.netloc}" if settings.STRIPE_API_BASE else CHECKOUT


def to_theirs(minor: int, currency: str) -> int:
    """Our minor units in theirs."""
    shift = _their_decimals(currency) - get_currency_precision(currency)
    return minor * 10**shift if shift >= 0 else minor // 10**-shift


def to_ours(amount: int, currency: str) -> int:
    """Their minor units in ours; exact for whatever `to_theirs` gave."""
    shift = _their_decimals(currency) - get_currency_precision(currency)
    return amount // 10**shift if shift >= 0 else amount * 10**-shift


def _their_decimals(currency: str) -> int:
    return 0 if currency in _NONE else 3 if currency in _THREE else 2


def open_page(row: CardSession, *, name: str, email: str, back: str) -> Page:
    """The page for this row, the same each time it is asked. `back`: where the customer returns to."""
    payment: dict[str, Any] = {"metadata": {"vigente": row.key}, "description": name[:200]}
    params: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": row.key,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": row.currency.lower(),
                    "unit_amount": to_theirs(row.amount_minor, row.currency),
                    "product_data": {"name": name[:200]},
                },
            }
        ],
        "payment_method_types": ["card"],
        "payment_intent_data": payment,
        "metadata": {"vigente": row.key},
        "success_url": f"{back}?card=done",
        "cancel_url": f"{back}?card=cancelled",
        "expires_at": int(row.expires_at.timestamp()),
        **({"customer_email": email} if email else {}),
    }
    if row.keep_card:
        params["customer_creation"] = "always"
        payment["setup_future_usage"] = "off_session"
    return page_of(_ask(_client().v1.checkout.sessions.create, params, _key(row.key)))


def read_page(session: str) -> Page:
    """What became of a page."""
    return page_of(_ask(_client().v1.checkout.sessions.retrieve, session))


def close_page(session: str) -> None:
    """Nobody shall pay there any more."""
    _ask(_client().v1.checkout.sessions.expire, session)


def kept_card(intent: str) -> Kept | None:
    """The card an intent was paid with, if it may be charged again."""
    found = _ask(_client().v1.payment_intents.retrieve, intent, {"expand": ["payment_method"]})
    method, customer = found.payment_method, _name(found.customer)
    if not customer or method is None or isinstance(method, str):
        return None
    card = _value(method, "card") or {}
    brand, last = str(_value(card, "brand") or "card"), str(_value(card, "last4") or "")
    return Kept(customer, str(method.id), f"{brand.capitalize()} ···· {last}"[:40])


def charge(*, amount_minor: int, currency: str, customer: str, method: str, note: str, name: str) -> Charge:
    """Charge a kept card with nobody there, once per `note`. Raises Declined, Unreachable, Wrong."""
    params = {
        "amount": to_theirs(amount_minor, currency),
        "currency": currency.lower(),
        "customer": customer,
        "payment_method": method,
        "off_session": True,
        "confirm": True,
        "metadata": {"vigente": note, "invoice": name[:200]},
    }
    return charge_of(_ask(_client().v1.payment_intents.create, params, _key(note)))


def find_charge(*, customer: str, note: str, since: datetime) -> Charge | None:
    """The charge with this name, if it was ever made: asked before it is tried again long after."""
    params = {"customer": customer, "created": {"gte": int(since.timestamp()) - 300}, "limit": 100}
    for found in _ask(_client().v1.payment_intents.list, params).data:
        charged = charge_of(found)
        if charged.note == note:
            return charged
    return None


def send_back(*, intent: str, amount_minor: int, currency: str, note: str) -> str:
    """Refund part of what an intent charged, once per `note`; the refund's name."""
    params = {
        "payment_intent": intent,
        "amount": to_theirs(amount_minor, currency),
        "metadata": {"vigente": note},
    }
    return str(_ask(_client().v1.refunds.create, params, _key(note)).id)


def forget(method: str) -> None:
    """The card shall not be charged again."""
    _ask(_client().v1.payment_methods.detach, method)


def _client() -> stripe.StripeClient:
    base: Any = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else None
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses=base,
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=SECONDS),
    )


def _key(key: str) -> dict[str, str]:
    return {"idempotency_key": f"vigente:{key}"}


def _ask(call: Callable[..., T], *args: Any) -> T:
    """Call, and say what happened in our words. What it says is never logged: it may name people and cards."""
    try:
        return call(*args)
    except stripe.CardError as error:
        body: Any = error.json_body or {}
        intent = ((body.get("error") or {}).get("payment_intent") or {}).get("id", "")
        raise Declined(error.code or "card_declined", str(intent)) from None
    except _LATER as error:
        raise Unreachable(type(error).__name__) from None
    except stripe.StripeError as error:
        if error.code == "idempotency_key_in_use":
            raise Unreachable("in use") from None
        raise Wrong(error.code or type(error).__name__) from None


def page_of(found: Any) -> Page:
    """A page as the processor describes it."""
    currency = str(_value(found, "currency") or "").upper()
    return Page(
        session=str(found.id),
        url=str(_value(found, "url") or ""),
        status=str(_value(found, "status") or ""),
        is_paid=_value(found, "payment_status") == "paid",
        key=str(_value(found, "client_reference_id") or ""),
        intent=_name(_value(found, "payment_intent")),
        paid_minor=to_ours(int(_value(found, "amount_total") or 0), currency),
        currency=currency,
    )


def charge_of(found: Any) -> Charge:
    """A payment intent as the processor describes it."""
    currency = str(_value(found, "currency") or "").upper()
    error = _value(found, "last_payment_error")
    return Charge(
        intent=str(found.id),
        status=str(_value(found, "status") or ""),
        amount_minor=to_ours(int(_value(found, "amount") or 0), currency),
        currency=currency,
        note=str(_value(_value(found, "metadata") or {}, "vigente") or ""),
        decline=str((_value(error, "code") if error is not None else "") or ""),
    )


def _name(found: Any) -> str:
    """The name of something that may have come whole."""
    return "" if found is None else found if isinstance(found, str) else str(found.id)


def _value(of: Any, name: str) -> Any:
    """A value that may not be there."""
    return of.get(name) if isinstance(of, dict) else getattr(of, name, None)
