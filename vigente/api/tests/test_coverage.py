from datetime import timedelta

import pytest

from vigente.api.tests.conftest import request_for
from vigente.factories import make_customer, make_edition, make_version, publish


def test_a_covered_licence_says_its_plan_what_is_left_and_until_when(manager, customer):
    answer = manager.get(f"/coverage?licence={customer.licence.key}")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["covered"], body["left"], body["offers"]) == (True, 4, [])
    assert body["plan"] == customer.version.plan.name
    assert body["until"] is not None
    assert body["reasons"][0]["code"] == "grant_pays"


def test_asking_uses_nothing_up(manager, customer):
    for _ in range(2):
        assert manager.get(f"/coverage?licence={customer.licence.key}").json()["left"] == 4


def test_an_unlimited_plan_has_null_left(product, now):
    customer = make_customer(now=now - timedelta(hours=1), cases=None)
    body = product.get(f"/coverage?licence={customer.licence.key}").json()
    assert (body["covered"], body["left"]) == (True, None)


def test_an_uncovered_licence_says_why_and_what_would_help(product, now):
    customer = make_customer(now=now, plan=False)
    make_version(edition=make_edition())
    body = product.get(f"/coverage?licence={customer.licence.key}").json()
    assert (body["covered"], body["plan"], body["left"]) == (False, None, 0)
    assert body["reasons"] == [{"code": "no_plan", "params": {}}]
    assert body["offers"][0]["kind"] == "plan"
    assert body["offers"][0]["price"]["currency"] == "NIO"


def test_r3_an_offer_for_a_cloud_licence_shows_its_discount(product, now):
    customer = make_customer(now=now, plan=False, hosting="vendor_cloud")
    make_version(edition=make_edition(), price_minor=10_000)
    price = product.get(f"/coverage?licence={customer.licence.key}").json()["offers"][0]["price"]
    assert (price["list_minor"], price["discount_minor"], price["total_minor"]) == (10_000, 4_000, 6_000)


def test_row_30_before_plans_are_required_everything_is_covered(product, now):
    customer = make_customer(now=now, plan=False)
    publish(plans_required_from=now + timedelta(days=9))
    body = product.get(f"/coverage?licence={customer.licence.key}").json()
    assert (body["covered"], body["left"]) == (True, None)
    assert body["reasons"][0]["code"] == "plans_not_yet_required"


def test_other_kinds_of_work_can_be_asked_about(manager, customer):
    body = manager.get(f"/coverage?licence={customer.licence.key}&work_type=development").json()
    assert body["reasons"][0]["code"] == "quoted_apart"
    assert manager.get(f"/coverage?licence={customer.licence.key}&work_type=nope").status_code == 422


def test_another_companys_licence_looks_like_one_that_is_not_there(stranger, customer):
    hidden = stranger.get(f"/coverage?licence={customer.licence.key}")
    missing = stranger.get("/coverage?licence=NO-SUCH")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json() == missing.json()


@pytest.mark.parametrize("query", ["", "?licence=", "?licence=%00", "?licence=" + "x" * 65])
def test_a_key_that_cannot_be_one_is_named(manager, query):
    answer = manager.get(f"/coverage{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "licence"


def test_asking_costs_a_fixed_number_of_queries(manager, customer, django_assert_max_num_queries):
    for _ in range(3):
        manager.post("/tickets", request_for(customer))
    with django_assert_max_num_queries(9):
        manager.get(f"/coverage?licence={customer.licence.key}")


def test_the_answer_has_a_tag_and_asked_with_it_again_is_304_until_it_changes(
    manager, customer, django_assert_max_num_queries
):
    where = f"/coverage?licence={customer.licence.key}"
    first = manager.get(where)
    tag = first["ETag"]
    assert first["Cache-Control"] == "private, max-age=60"
    assert "Authorization" in first["Vary"]
    with django_assert_max_num_queries(7):
        same = manager.get(where, **{"If-None-Match": f'W/"x", {tag}'})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    manager.post("/tickets", request_for(customer))
    after = manager.get(where, **{"If-None-Match": tag})
    assert (after.status_code, after.json()["left"]) == (200, 3)
    assert after["ETag"] != tag


def test_it_may_not_be_kept_past_the_instant_at_which_it_changes_by_itself(product, now):
    customer = make_customer(now=now - timedelta(hours=1), ends_at=now + timedelta(seconds=20))
    answer = product.get(f"/coverage?licence={customer.licence.key}")
    assert answer.json()["covered"]
    assert int(answer["Cache-Control"].partition("max-age=")[2]) <= 20
