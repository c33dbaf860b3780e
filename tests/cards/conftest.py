"""A vendor that takes cards, and a Stripe of our own at the other end of the line."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.support import stripe_peer
from tests.support.stripe_peer import Peer
from vigente.billing.models import BillingProfile, Invoice
from vigente.billing.prices import Priced
from vigente.billing.services import invoices
from vigente.factories import Customer, make_customer, make_user
from vigente.rules.invoicing import Label, LabelCode, Line


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def peer(settings: Any) -> Iterator[Peer]:
    with stripe_peer.serving(Peer()) as found:
        settings.STRIPE_SECRET_KEY = stripe_peer.SECRET_KEY
        settings.STRIPE_WEBHOOK_SECRET = stripe_peer.WEBHOOK_SECRET
        settings.STRIPE_API_BASE = found.base
        yield found


@dataclass
class Till:
    """A customer, their browser and the processor."""

    shop: Customer
    peer: Peer
    browser: Client
    supervisor: Any
    now: datetime
    count: int = 0

    def invoice(self, amount: int = 144_900, **given: Any) -> Invoice:
        self.count += 1
        line = Line(Label(LabelCode.OTHER, {"text": "Visita"}), 1, amount)
        priced = Priced((line,), given.pop("currency", "NIO"))
        purpose = given.pop("purpose", "other")
        return invoices.issue(
            key=f"t{self.count}", organization=self.shop.organization, priced=priced, purpose=purpose,
            now=given.pop("now", self.now), **given,
        )  # fmt: skip

    def renewal(self, amount: int = 144_900, **given: Any) -> Invoice:
        return self.invoice(
            amount, purpose="term", subscription=self.shop.subscription, term=self.count + 1, **given
        )

    def keep(self, method: str = "pm_visa") -> None:
        BillingProfile.objects.update_or_create(
            organization=self.shop.organization,
            defaults={"card_customer": "cus_1", "card_method": method, "card_label": "Visa ···· 4242"},
        )

    def press(self, invoice: Invoice, **given: Any) -> str:
        """The customer presses “Pagar con tarjeta”: the name of the page they are led to."""
        response = self.browser.post(f"/es/pay/invoice/{invoice.pk}/card/", given)
        assert response.status_code == 302, response.content
        assert response.url.startswith(f"{self.peer.base}/pay/"), response.url
        return response.url.rpartition("/")[2]

    def deliver(self, *events: dict[str, Any], **given: Any) -> list[int]:
        """Deliver events, all that happened unless some are named; the answers."""
        return [
            Client().post("/webhooks/stripe", **self.peer.letter(event, **given)).status_code
            for event in events or self.peer.events
        ]


@pytest.fixture
def till(db: None, peer: Peer, now: datetime) -> Till:
    shop = make_customer("Ferretería El Clavo", now=now)
    browser = Client()
    browser.force_login(shop.manager)
    return Till(shop, peer, browser, make_user("Sofía", role="supervisor"), now)
