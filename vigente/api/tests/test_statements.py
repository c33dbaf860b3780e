from datetime import timedelta
from urllib.parse import urlencode

from vigente.api.tests.conftest import Caller, make_token, request_for
from vigente.factories import make_user


def path(customer, **query):
    return f"/organizations/{customer.organization.pk}/statement?{urlencode(query)}"


def test_a_statement_has_every_movement_with_its_balance(manager, customer):
    number = manager.post("/tickets", request_for(customer)).json()["number"]
    lines = manager.get(path(customer)).json()["lines"]
    assert [(line["kind"], line["cases"], line["left_after"], line["ticket"]) for line in lines] == [
        ("grant", 4, 4, None),
        ("draw", -1, 3, number),
    ]
    assert lines[1]["licence"] == customer.licence.key


def test_it_can_be_cut_to_a_time(manager, customer, now):
    manager.post("/tickets", request_for(customer))
    half_past = (now - timedelta(minutes=30)).isoformat()
    assert [line["kind"] for line in manager.get(path(customer, since=half_past)).json()["lines"]] == ["draw"]
    assert [line["kind"] for line in manager.get(path(customer, until=half_past)).json()["lines"]] == [
        "grant"
    ]
    for bad in ("yesterday", "2026-01-01", "2026-01-01T00:00:00", "9999999999999999", "1700000000", "0"):
        assert manager.get(path(customer, since=bad)).status_code == 422, bad


def test_it_is_for_the_organizations_people_and_for_staff(colleague, stranger, customer):
    owner = Caller(make_token(make_user("Dueña", role="owner")))
    assert colleague.get(path(customer)).status_code == 200
    assert stranger.get(path(customer)).status_code == 404
    assert owner.get(path(customer)).status_code == 200
    assert owner.get("/organizations/999999/statement").status_code == 404
    assert owner.get(f"/organizations/{2**62}/statement").status_code == 404
