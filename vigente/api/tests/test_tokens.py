from datetime import timedelta

import pytest

from vigente.accounts.models import ApiToken
from vigente.api.auth import FAILURES
from vigente.api.tests.conftest import Caller, make_token, request_for

PROBLEM = "application/problem+json"


def ask(token, customer, **headers):
    return Caller(token).get(f"/coverage?licence={customer.licence.key}", **headers)


def test_a_missing_unknown_expired_or_revoked_token_is_told_apart(customer, now):
    past = now - timedelta(seconds=1)
    tokens = {
        "token_missing": "",
        "token_unknown": "vig_nope",
        "token_expired": make_token(customer.manager, expires_at=past),
        "token_revoked": make_token(customer.manager, revoked_at=past),
    }
    for code, token in tokens.items():
        answer = ask(token, customer)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer["Content-Type"] == PROBLEM


def test_a_token_of_somebody_who_left_is_unknown(customer):
    token = make_token(customer.manager)
    customer.manager.is_active = False
    customer.manager.save()
    assert ask(token, customer).json()["code"] == "token_unknown"


def test_a_token_can_do_what_its_scopes_say_and_no_more(customer):
    token = make_token(customer.manager, ["tickets:read"])
    answer = ask(token, customer)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert Caller(token).get("/tickets").status_code == 200


def test_guessing_is_slowed_down_and_a_good_token_still_works(customer):
    for _ in range(FAILURES):
        assert ask("vig_guess", customer).status_code == 401
    answer = ask("vig_guess", customer)
    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert ask(make_token(customer.manager), customer).status_code == 200


def test_its_use_is_remembered_without_a_write_each_time(customer, now, django_assert_num_queries):
    secret = make_token(customer.manager)
    ApiToken.objects.update(last_used_at=None)
    ask(secret, customer)
    used = ApiToken.objects.get().last_used_at
    assert used >= now
    ask(secret, customer)
    assert ApiToken.objects.get().last_used_at == used


@pytest.mark.parametrize(
    "header", ["Basic abc", "Bearer", "Bearer ", "bearer  \t", "Token x", "Bearer é", "Bearer a b"]
)
def test_a_header_that_is_no_bearer_token_is_refused(customer, header):
    answer = Caller("").get(f"/coverage?licence={customer.licence.key}", Authorization=header)
    assert answer.status_code == 401


def test_the_products_token_acts_for_nobody(product, customer):
    for path in ("/tickets", "/tickets/1001", "/organizations/1/statement"):
        answer = product.get(path)
        assert answer.status_code == 403
    assert product.post("/queue/next").status_code == 403


def test_the_products_token_needs_its_scope_for_every_licence(customer):
    answer = ask(make_token(None, ["coverage"]), customer)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert (
        Caller(make_token(None, ["coverage:any"])).post("/tickets", request_for(customer)).status_code == 403
    )
