"""Whatever goes wrong is a problem document, never a page and never a 500."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from vigente.api.tests.conftest import Caller, request_for

PROBLEM = "application/problem+json"


def is_problem(answer, status):
    body = answer.json()
    assert (answer.status_code, answer["Content-Type"], body["status"]) == (status, PROBLEM, status)
    return body


def test_an_address_that_is_not_there(manager):
    for path in ("/nothing", "/", "/tickets/", "/tickets/abc%00", "/tickets/1/2/3", "/organizations/x"):
        assert manager.get(path).status_code in (404, 422), path
        assert manager.get(path)["Content-Type"] == PROBLEM, path


def test_a_method_that_is_not_there(manager):
    for method in ("DELETE", "PATCH", "PUT"):
        answer = manager(method, "/tickets")
        is_problem(answer, 405)
        assert {"GET", "POST"} <= set(answer["Allow"].split(", "))


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999", str(2**63), "9" * 400, "1.5", "%00", "1e3", "١"])
def test_a_number_that_is_no_case(manager, number):
    answer = manager.get(f"/tickets/{number}")
    assert answer.status_code in (404, 422)
    assert answer["Content-Type"] == PROBLEM


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe{",
        b'{"subject": "\xff"}',
        b'{"subject": NaN}',
        b'{"subject": "a", "subject": "b"}',
        b"[" * 100_000,
        b'{"licence": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_is_no_request(manager, body):
    answer = manager.post("/tickets", body)
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == PROBLEM


def test_a_body_that_does_not_say_it_is_json(manager, customer):
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""):
        is_problem(manager.post("/tickets", request_for(customer), content_type=kind), 415)


def test_a_ten_megabyte_subject(manager, customer):
    is_problem(manager.post("/tickets", request_for(customer, subject="x" * 10_000_000)), 413)


def test_a_tampered_cursor_begins_anew(manager, customer):
    manager.post("/tickets", request_for(customer))
    for cursor in ("x", "AAAA", "", "WzEsMl0", "WyJhIiwgImIiXQ"):
        answer = manager.get(f"/tickets?cursor={cursor}")
        assert answer.status_code == 200
        assert len(answer.json()["tickets"]) == 1


def test_bad_filters_and_limits_are_named(manager):
    limits = ("0", "101", "x", "1.0", "+5", "٣", "%205")
    others = ("status=none", "cursor=" + "x" * 401, "cursor=%00", "sort=id", "cursor=a&cursor=b")
    for query in (*(f"limit={limit}" for limit in limits), *others):
        assert is_problem(manager.get(f"/tickets?{query}"), 422)["errors"][0]["field"] == query.split("=")[0]


def test_the_document_is_there_for_everybody_and_names_every_problem():
    schema = json.loads(Caller("").get("/openapi.json").content)
    assert schema["openapi"].startswith("3.1")
    operations = [op for path in schema["paths"].values() for op in path.values()]
    assert len(operations) > 15
    for operation in operations:
        assert operation["responses"]["401"]["content"].keys() == {PROBLEM}
        ((scheme, _scopes),) = operation["security"][0].items()
        assert schema["components"]["securitySchemes"][scheme]["scheme"] == "bearer"


def test_problems_speak_the_language_that_is_asked_for(manager, customer):
    body = request_for(customer, subject="   ")
    spanish = manager.post("/tickets", body, **{"Accept-Language": "es"}).json()["detail"]
    assert spanish == "Escriba algo antes de enviar."


def test_every_address_is_explained_in_the_docs():
    page = Path(settings.ROOT, "docs/api.md").read_text()
    schema = json.loads(Caller("").get("/openapi.json").content)
    for path, operations in schema["paths"].items():
        for method in operations:
            assert f"`{method.upper()} {path.removeprefix('/api/v1')}" in page
