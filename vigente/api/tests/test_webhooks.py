"""Webhooks over the API: the owner's programs manage them, and nobody else's."""

import pytest

from vigente.api.tests.conftest import Caller, make_token
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.factories import make_user
from vigente.webhooks import services
from vigente.webhooks.fanout import tell_endpoints
from vigente.webhooks.models import Delivery, Endpoint

URL = "https://hooks.ejemplo.test/vigente"


@pytest.fixture
def owner(db) -> Caller:
    return Caller(make_token(make_user("Olga", role="owner")))


@pytest.fixture
def hook(owner) -> dict:
    return owner.post("/webhooks", {"url": URL}).json()


def told(now, count=1):
    for _ in range(count):
        tell_endpoints(record(Kind.PLANS_IMPORTED, subject="plans", now=now), now=now)
    return list(Delivery.objects.order_by("-pk"))


def test_the_secret_is_told_when_it_is_made_and_never_again(owner, hook):
    assert hook["secret"].startswith("whsec_")
    assert hook["secret"] == Endpoint.objects.get().secret
    (listed,) = owner.get("/webhooks").json()["webhooks"]
    read = owner.get(f"/webhooks/{hook['id']}").json()
    assert listed == read
    assert "secret" not in read
    changed = owner("PATCH", f"/webhooks/{hook['id']}", {"description": "Contabilidad"})
    assert "secret" not in changed.json()


def test_a_new_secret_leaves_the_old_one_good_for_a_day(owner, hook):
    new = owner.post(f"/webhooks/{hook['id']}/secret").json()["secret"]
    row = Endpoint.objects.get()
    assert (row.secret, row.old_secret) == (new, hook["secret"])
    assert row.old_secret_until is not None


def test_it_is_changed_switched_off_and_on_and_deleted(owner, hook):
    path = f"/webhooks/{hook['id']}"
    changed = owner("PATCH", path, {"kinds": ["ticket.accepted"], "active": False}).json()
    assert (changed["kinds"], changed["active"], changed["disabled_reason"]) == (
        ["ticket.accepted"],
        False,
        "owner",
    )
    assert changed["url"] == URL
    assert owner.post(f"{path}/test").status_code == 409
    assert owner("PATCH", path, {"active": True}).json()["disabled_reason"] is None
    assert owner("DELETE", path).status_code == 204
    assert owner.get(path).status_code == 404


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://hooks.ejemplo.test/", "https"),
        ("https://127.0.0.1/", "privada"),
        ("https://ana:clave@hooks.ejemplo.test/", "contraseña"),
        ("https://hooks.ejemplo.test:25/", "puerto"),
    ],
)
def test_an_address_that_webhooks_may_not_go_to_is_refused_with_a_reason(owner, url, word):
    answer = owner.post("/webhooks", {"url": url}, **{"Accept-Language": "es"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "webhook_address"
    assert answer.json()["errors"][0]["field"] == "url"
    assert word in answer.json()["detail"]


def test_a_kind_of_event_that_does_not_exist_is_refused(owner):
    answer = owner.post("/webhooks", {"url": URL, "kinds": ["ticket.acepted"]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "kinds.0")


def test_the_log_is_read_in_pages_and_by_what_became_of_them(owner, hook, now):
    rows = told(now, 5)
    Delivery.objects.filter(pk=rows[0].pk).update(status="failed", last_code=500, last_error="status")
    path, seen, cursor = f"/webhooks/{hook['id']}/deliveries", [], ""
    while cursor is not None:
        page = owner.get(f"{path}?limit=2" + (f"&cursor={cursor}" if cursor else "")).json()
        seen, cursor = seen + page["deliveries"], page["next"]
    assert [one["id"] for one in seen] == [row.message_id for row in rows]
    (failed,) = owner.get(f"{path}?status=failed").json()["deliveries"]
    assert (failed["id"], failed["code"], failed["error"]) == (rows[0].message_id, 500, "status")


def test_one_message_or_all_that_failed_are_sent_again(owner, hook, now):
    rows, path = told(now, 3), f"/webhooks/{hook['id']}/replay"
    Delivery.objects.update(status="failed", attempts=10, finished_at=now)
    assert owner.post(path, {"delivery": rows[0].message_id}).json() == {"replayed": 1}
    assert owner.post(path, {"failed_since": "2020-01-01T00:00:00Z"}).json() == {"replayed": 2}
    assert set(Delivery.objects.values_list("status", "attempts")) == {("pending", 0)}
    assert owner.post(path, {}).status_code == 422
    assert owner.post(path, {"delivery": "msg_" + "0" * 32}).json()["code"] == "no_such_delivery"


def test_a_message_of_one_webhook_is_not_sent_again_by_another(owner, hook, now):
    (row,) = told(now)
    other = owner.post("/webhooks", {"url": URL}).json()
    answer = owner.post(f"/webhooks/{other['id']}/replay", {"delivery": row.message_id})
    assert answer.status_code == 404


def test_a_test_is_on_its_way(owner, hook):
    answer = owner.post(f"/webhooks/{hook['id']}/test")
    assert (answer.status_code, answer.json()["kind"]) == (202, "webhook.test")


@pytest.mark.parametrize("role", ["customer", "agent", "supervisor"])
def test_nobody_but_the_owner(role, hook):
    caller = Caller(make_token(make_user("Otra", role=role)))
    for method, path in [
        ("GET", "/webhooks"),
        ("POST", "/webhooks"),
        ("GET", f"/webhooks/{hook['id']}"),
        ("PATCH", f"/webhooks/{hook['id']}"),
        ("DELETE", f"/webhooks/{hook['id']}"),
        ("POST", f"/webhooks/{hook['id']}/secret"),
        ("POST", f"/webhooks/{hook['id']}/test"),
        ("GET", f"/webhooks/{hook['id']}/deliveries"),
        ("POST", f"/webhooks/{hook['id']}/replay"),
    ]:
        body = {"url": URL} if path == "/webhooks" else {}
        answer = caller(method, path, body if method in ("POST", "PATCH") else None)
        assert (method, path, answer.status_code) == (method, path, 403)
    assert Endpoint.objects.count() == 1
    assert not Delivery.objects.exists()


def test_the_owners_token_needs_the_scope(hook):
    caller = Caller(make_token(make_user("Olga", role="owner"), ["coverage"]))
    assert caller.get("/webhooks").json()["code"] == "scope_missing"


def test_the_products_token_manages_no_webhooks(hook):
    caller = Caller(make_token(None, ["webhooks"]))
    assert caller.get("/webhooks").json()["code"] == "needs_a_person"


def test_the_log_costs_the_same_however_long_it_is(owner, hook, now, django_assert_max_num_queries):
    told(now, 40)
    services.send_test(endpoint=Endpoint.objects.get(), now=now)
    with django_assert_max_num_queries(4):
        owner.get(f"/webhooks/{hook['id']}/deliveries")


@pytest.mark.parametrize("field", ["url", "description", "kinds", "active"])
@pytest.mark.parametrize(
    "value",
    ['"\\ud800"', '"a\\u0000b"', str(2**70), "-1", "[]", "{}", '[""]', '"' + "x" * 9000 + '"', "1e400"],
)
def test_a_value_that_cannot_be_is_a_problem_or_changes_nothing(owner, hook, field, value):
    body = f'{{"{field}": {value}}}'.encode()
    answer = owner("PATCH", f"/webhooks/{hook['id']}", body)
    assert answer.status_code in (200, 400, 422)
    if answer.status_code == 200:
        assert (field, value) in {("kinds", "[]")}
    made = owner.post(
        "/webhooks", f'{{"url": "{URL}", "{field}": {value}}}'.encode() if field != "url" else body
    )
    assert made.status_code in (201, 400, 422)
