"""Requests made up from the OpenAPI document, good and bad: the API answers as it says there, and never with a 500."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from vigente.accounts.models import SCOPES
from vigente.api import auth
from vigente.api.tests.conftest import make_token
from vigente.factories import make_user
from vigente.wsgi import application

pytestmark = pytest.mark.once
OPERATIONS = (
    "coverage",
    "submit_ticket",
    "list_tickets",
    "read_ticket",
    "add_message",
    "take_next",
    "statement",
    "list_webhooks",
    "create_webhook",
    "read_webhook",
    "change_webhook",
    "delete_webhook",
    "rotate_webhook_secret",
    "test_webhook",
    "list_webhook_deliveries",
    "replay_webhook",
    "list_plans",
    "list_subscriptions",
    "read_subscription",
    "preview_notice",
    "give_notice",
    "withdraw_notice",
    "preview_change",
    "change_plan",
    "list_orders",
    "place_order",
    "read_order",
    "accept_order",
    "cancel_order",
    "return_pack",
    "list_invoices",
    "read_invoice",
    "print_invoice",
    "list_payments",
    "record_payment",
    "account",
    "rulebook",
    "create_simulation",
    "read_simulation",
)
# What the document cannot say: to which addresses a webhook may go, what a rulebook says, which plans there are and
# what an order of each kind hangs on.
SAID_ELSEWHERE = dict.fromkeys(
    ("create_webhook", "change_webhook", "create_simulation", "place_order"), [positive_data_acceptance]
)
BOUNDED = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def document(customer):
    """The document, with the application behind it; the test keeps the one connection that sees its rows."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def headers(customer, now, monkeypatch):
    """Of an owner, who may see what the made-up requests hit upon. Wrong tokens are part of the test here."""
    monkeypatch.setattr(auth, "FAILURES", 10_000)
    customer.ticket(now)
    token = make_token(make_user("Olga", role="owner"), list(SCOPES))
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_the_api_answers_as_its_document_says(document, headers, operation_id, mode):
    operation = document.find_operation_by_id(operation_id)

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers_as_documented(case):
        case.call_and_validate(headers=headers, excluded_checks=SAID_ELSEWHERE.get(operation_id, []))

    answers_as_documented()
