"""Row 5, for real: many ask at once for the last case, over HTTP, of a running Vigente, on both databases."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from urllib.parse import urlsplit

import pytest

from vigente.accounts.models import ApiToken
from vigente.billing.models import Grant, LedgerEntry
from vigente.factories import make_customer
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services import work
from vigente.worker.verification import verify

ROUNDS, CLIENTS = 50, 16

pytestmark = pytest.mark.django_db(transaction=True)


def token_of(customer, scopes):
    secret = ApiToken.new_secret()
    ApiToken.objects.create(
        name="carrera",
        user=customer.manager,
        digest=ApiToken.digest_of(secret),
        prefix=secret[:8],
        scopes=scopes,
        created_at=datetime.now(UTC),
    )
    return secret


def all_at_once(url, requests):
    """Send every request at the same moment, each on a connection of its own; the statuses and bodies."""
    address, gate = urlsplit(url), Barrier(len(requests))

    def send(request):
        method, path, body, headers = request
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        connection.connect()
        gate.wait()
        connection.request(
            method, path, body and json.dumps(body), {"Content-Type": "application/json", **headers}
        )
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))


def test_row_05_sixteen_ask_for_the_last_case_and_exactly_one_gets_it_fifty_times_over(live_vigente):
    before = datetime.now(UTC) - timedelta(hours=1)
    customers = [make_customer(now=before, cases=1) for _ in range(ROUNDS)]
    tokens = [token_of(customer, ["tickets:write"]) for customer in customers]
    live = live_vigente()
    for customer, token in zip(customers, tokens, strict=True):
        body = {"licence": customer.licence.key, "body": "Sin existencias", "work_type": "error"}
        answers = all_at_once(
            live.url,
            [
                (
                    "POST",
                    "/api/v1/tickets",
                    body | {"subject": f"Caso {i}"},
                    {"Authorization": f"Bearer {token}"},
                )
                for i in range(CLIENTS)
            ],
        )
        assert sorted(status for status, _ in answers) == [201] + [202] * (CLIENTS - 1), answers
    assert Ticket.objects.count() == LedgerEntry.objects.filter(kind="draw").count() == ROUNDS
    assert HeldRequest.objects.count() == ROUNDS * (CLIENTS - 1)
    assert set(Grant.objects.values_list("remaining", flat=True)) == {0}
    assert list(verify(now=datetime.now(UTC))) == []


def test_row_06_the_same_submission_sent_by_eight_at_once_is_one_case(live_vigente):
    customer = make_customer(now=datetime.now(UTC) - timedelta(hours=1), cases=8)
    token = token_of(customer, ["tickets:write"])
    live = live_vigente()
    body = {
        "licence": customer.licence.key,
        "subject": "No imprime",
        "body": "Nada sale",
        "work_type": "error",
    }
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "una-sola-vez"}
    answers = all_at_once(live.url, [("POST", "/api/v1/tickets", body, headers)] * 8)
    assert {status for status, _ in answers} == {201}, answers
    assert len({answer["number"] for _, answer in answers}) == 1
    assert LedgerEntry.objects.filter(kind="draw").count() == 1


def test_eight_agents_ask_for_the_next_case_at_once_and_nobody_gets_the_same(live_vigente):
    from vigente.accounts.models import Role
    from vigente.factories import make_user

    customer = make_customer(now=datetime.now(UTC) - timedelta(hours=1), cases=8)
    cases = {customer.ticket(datetime.now(UTC) - timedelta(minutes=30)).number for _ in range(8)}
    agents = [make_user("Ana", role=Role.AGENT) for _ in range(8)]
    secrets = []
    for agent in agents:
        secret = ApiToken.new_secret()
        secrets.append(secret)
        ApiToken.objects.create(
            name="t",
            user=agent,
            digest=ApiToken.digest_of(secret),
            prefix=secret[:8],
            scopes=["queue"],
            created_at=datetime.now(UTC),
        )
    live = live_vigente()
    answers = all_at_once(
        live.url,
        [("POST", "/api/v1/queue/next", None, {"Authorization": f"Bearer {secret}"}) for secret in secrets],
    )
    assert {status for status, _ in answers} == {200}, answers
    assert {answer["number"] for _, answer in answers} == cases
    assert work.take_next(agent=make_user("Beto", role=Role.AGENT), now=datetime.now(UTC)) is None
