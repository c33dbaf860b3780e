"""`GET /rulebook`: what binds, and what will."""

from datetime import timedelta

from vigente.api.tests.conftest import Caller, make_token
from vigente.factories import make_user, publish
from vigente.rules.rulebook import Rulebook


def test_the_rules_in_force_come_with_those_to_come(now):
    product = Caller(make_token(None, ["rulebook"]))
    seen = product.get("/rulebook").json()
    assert seen["in_force"]["effective_from"] is None
    assert Rulebook.from_json(seen["in_force"]["settings"]) == Rulebook()
    publish(now=now - timedelta(days=9), hold_days=9)
    publish(now=now + timedelta(days=9), hold_days=3)
    seen = product.get("/rulebook").json()
    assert seen["in_force"]["settings"]["hold_days"] == 9
    assert [version["settings"]["hold_days"] for version in seen["scheduled"]] == [3]


def test_it_is_for_staff_and_the_product(manager):
    assert Caller(make_token(make_user("Ana", role="agent"))).get("/rulebook").status_code == 200
    assert manager.get("/rulebook").json()["code"] == "staff_only"
    assert Caller(make_token(None, ["coverage:any"])).get("/rulebook").status_code == 403
    assert Caller("").get("/rulebook").status_code == 401
