"""The API and what no program should send: each is a problem with a code, and nothing is written."""

import json

import pytest
from django.core.cache import cache
from django.test import Client

from tests.access.writes import rows_written
from vigente.api.problems import CONTENT_TYPE
from vigente.api.tests.conftest import make_token
from vigente.factories import make_customer
from vigente.tickets.models import HeldRequest, Message, Ticket

pytestmark = pytest.mark.django_db
LONE = '"\\ud800"'  # half of a character: JSON that no database takes
HUGE = str(2**70)


@pytest.fixture
def call(shop):
    cache.clear()
    token = make_token(shop.manager)

    def send(method, path, body="", **headers):
        headers = {"Authorization": f"Bearer {token}"} | headers
        kind = headers.pop("content_type", "application/json")
        return Client(raise_request_exception=False).generic(
            method, f"/api/v1{path}", body, content_type=kind, headers=headers
        )

    return send


def request(shop, **changes):
    whole = {"licence": shop.licence.key, "subject": "x", "body": "y"} | changes
    return json.dumps(whole)


def is_problem(response, *statuses):
    assert response.status_code in (statuses or (400, 404, 409, 413, 415, 422)), response.content[:300]
    assert response["Content-Type"] == CONTENT_TYPE
    assert response.json()["code"]


@pytest.mark.parametrize("field", ["subject", "body", "licence", "work_type", "requester"])
@pytest.mark.parametrize(
    "value",
    [LONE, '"a\\u0000b"', HUGE, "-1", "null", "[]", "{}", "true", '""', "1e400", '"' + "x" * 200_000 + '"'],
)
def test_a_value_that_cannot_be_is_a_problem_and_writes_nothing(field, value, shop, call):
    if field == "requester" and value == "null":
        return
    whole = json.loads(request(shop)) | {field: "@@@"}
    before = rows_written()
    is_problem(call("POST", "/tickets", json.dumps(whole).replace('"@@@"', value)))
    assert rows_written() == before


@pytest.mark.parametrize("body", [
    "[" * 100_000, '{"a":' * 50_000, "{" + '"x":1,' * 100_000 + '"y":1}', b"\xff\xfe{}", "\ufeff{}", "NaN", "", "null",
    "[]", '{"licence": "a", "licence": "b"}', "a=b&c=d", "--x\r\n",
])  # fmt: skip
def test_a_body_that_is_no_body_is_a_problem(body, call):
    before = rows_written()
    for path in ("/tickets", "/tickets/1/messages"):
        is_problem(call("POST", path, body))
    assert rows_written() == before


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "text/plain", "application/x-www-form-urlencoded", ""]
)
def test_another_content_type_is_named(kind, shop, call):
    is_problem(call("POST", "/tickets", request(shop), content_type=kind), 415)


@pytest.mark.parametrize("key", ["x" * 201, "x" * 100_000, "ñ\u202e", "' OR 1=1", "\x7f"])
def test_an_odd_idempotency_key_names_its_request_or_is_refused(key, shop, call):
    answers = [call("POST", "/tickets", request(shop), **{"Idempotency-Key": key}) for _ in range(2)]
    assert {answer.status_code for answer in answers} <= {201, 422, 400}
    if answers[0].status_code == 201:
        assert answers[0].json()["number"] == answers[1].json()["number"]
    assert Ticket.objects.count() <= 1


@pytest.mark.parametrize("query", ["limit=0", "limit=101", f"limit={HUGE}", "limit=x", "status=x", "q=1",
                                   "cursor=" + "x" * 500, "limit=1&limit=2", "status=%00", "cursor=%00"])  # fmt: skip
def test_odd_parameters_are_problems_or_ignored_never_errors(query, call):
    assert call("GET", f"/tickets?{query}").status_code in (200, 422)


@pytest.mark.parametrize(
    "since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01", "x", "\0", HUGE, "-1"]
)
def test_instants_at_the_ends_of_time(since, shop, call):
    path = f"/organizations/{shop.organization.pk}/statement"
    for name in ("since", "until"):
        assert call("GET", f"{path}?{name}={since.replace('+', '%2B')}").status_code in (200, 422)


@pytest.mark.parametrize("number", ["0", "-1", HUGE, "1" * 400, "x", "1.5", "%00", "1%2F2"])
def test_numbers_that_name_nothing(number, call):
    for method, path in (("GET", f"/tickets/{number}"), ("POST", f"/tickets/{number}/messages")):
        is_problem(call(method, path, '{"body": "x"}' if method == "POST" else ""), 404, 422)
    is_problem(call("GET", f"/organizations/{number}/statement"), 404, 422)


def test_a_customer_writes_no_note_and_sets_no_state(shop, call, now):
    case = shop.ticket(now)
    before = Message.objects.count()
    response = call("POST", f"/tickets/{case.number}/messages", '{"body": "x", "note": true}')
    is_problem(response, 403)
    call("POST", f"/tickets/{case.number}/messages", '{"body": "x", "status": "closed"}')
    case.refresh_from_db()
    assert case.status == "new"
    assert Message.objects.count() == before + 1


def test_fields_that_nobody_offers_are_refused(shop, call):
    for extra in (
        "organization",
        "rank",
        "status",
        "opened_by",
        "channel",
        "drawn",
        "decision",
        "override_reason",
    ):
        is_problem(call("POST", "/tickets", request(shop, **{extra: 1})), 422)
    assert not Ticket.objects.exists()


def test_another_companys_licence_is_like_none_at_all(shop, call, now):
    other = make_customer(now=now)
    answers = [
        call("POST", "/tickets", request(shop, licence=key)).json() for key in (other.licence.key, "no-hay")
    ]
    assert answers[0] == answers[1]
    answers = [call("GET", f"/coverage?licence={key}").json() for key in (other.licence.key, "no-hay")]
    assert answers[0] == answers[1]
    assert (Ticket.objects.count(), HeldRequest.objects.count()) == (0, 0)
