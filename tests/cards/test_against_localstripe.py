"""A second opinion: what it has of the same API, an independent Stripe for tests answers as ours does.

It knows charges, refunds and cards; no pages, disputes or idempotency keys, for which there is `support.stripe_peer`.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import stripe

from vigente.billing import cards

pytestmark = pytest.mark.once
FINE, DECLINED, ASKS = "4242424242424242", "4000000000000341", "4000002500003155"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _wait in range(200):
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
            except OSError:
                time.sleep(0.1)
        yield base
    finally:
        child.kill()
        child.wait()


@pytest.fixture
def keep(server, settings):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_1", server
    client = stripe.StripeClient("sk_test_1", base_addresses={"api": server})

    def make(number: str) -> tuple[str, str]:
        customer = client.v1.customers.create({"email": "alicia@clavo.test"})
        card = {"number": number, "exp_month": 12, "exp_year": 2030, "cvc": "123"}
        method = client.v1.payment_methods.create({"type": "card", "card": card})
        client.v1.payment_methods.attach(method.id, {"customer": customer.id})
        return customer.id, method.id

    return make


def charge(kept, amount=144_900):
    customer, method = kept
    return cards.charge(
        amount_minor=amount,
        currency="NIO",
        customer=customer,
        method=method,
        note="charge:1:0",
        name="A-000001",
    )


def test_a_kept_card_is_charged_named_refunded_and_forgotten(keep, server):
    kept = keep(FINE)
    made = charge(kept)
    assert (made.status, made.amount_minor, made.currency, made.note) == (
        "succeeded",
        144_900,
        "NIO",
        "charge:1:0",
    )
    found = cards.kept_card(made.intent)
    assert found is not None
    assert (found.customer, found.method, found.label) == (*kept, "Visa ···· 4242")
    assert cards.send_back(
        intent=made.intent, amount_minor=44_900, currency="NIO", note="refund:1"
    ).startswith("re_")
    cards.forget(kept[1])
    client = stripe.StripeClient("sk_test_1", base_addresses={"api": server})
    assert client.v1.payment_methods.retrieve(kept[1]).customer is None


def test_a_declined_card_is_a_refusal_with_its_code(keep):
    with pytest.raises(cards.Declined) as refusal:
        charge(keep(DECLINED))
    assert refusal.value.code == "card_declined"


def test_one_that_asks_its_holder_is_not_charged(keep):
    made = charge(keep(ASKS))
    assert made.status == "requires_action"


def test_nobody_there_is_no_refusal(keep, settings):
    kept = keep(FINE)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    with pytest.raises(cards.Unreachable):
        charge(kept)


@pytest.mark.parametrize(
    ("minor", "currency", "theirs"),
    [
        (144_900, "NIO", 144_900),
        (1500, "CLP", 1500),
        (1500, "JPY", 1500),
        (99, "USD", 99),
        (1234, "KWD", 1234),
    ],
)
def test_amounts_are_counted_as_the_processor_counts_them(minor, currency, theirs):
    assert cards.to_theirs(minor, currency) == theirs
    assert cards.to_ours(theirs, currency) == minor
