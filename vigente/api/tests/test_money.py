"""Plans, contracts, orders, invoices and payments over the API: what is said, who may, what happens once."""

from datetime import timedelta

import pytest

from stories.rows.buying import PRICE
from vigente.api.tests.conftest import Caller, make_token
from vigente.billing.models import BillingProfile, Invoice, ListPrice, Order, Payment, PriceList, Subscription
from vigente.factories import make_customer, make_user, make_version, publish


@pytest.fixture
def shop(db, now):
    """A customer in our cloud, without a plan; `version` is on sale."""
    return make_customer(now=now, plan=False, hosting="vendor_cloud", version=make_version(cases=4))


@pytest.fixture
def boss(shop):
    return Caller(make_token(shop.manager))


@pytest.fixture
def owner(db):
    return Caller(make_token(make_user("Olga", role="owner")))


def order(boss, shop, key="uno", **changes):
    body = {"kind": "plan", "plan": shop.version.plan.code, "licence": shop.licence.key} | changes
    return boss.post("/orders", body, **{"Idempotency-Key": key})


def pay(owner, shop, made, key="pago", **changes):
    body = {"organization": shop.organization.pk, "method": "manual", "currency": "NIO",
            "amount_minor": made["missing_minor"], "order": made["id"]} | changes  # fmt: skip
    return owner.post("/payments", body, **{"Idempotency-Key": key})


def test_plans_are_told_to_everybody_and_a_licence_sees_its_discount(shop, boss, stranger):
    anybody = {plan["plan"]: plan["price"] for plan in Caller("").get("/plans?edition=WEB").json()["plans"]}
    seen = anybody[shop.version.plan.code]
    assert (seen["total_minor"], seen["discount_minor"]) == (PRICE, 0)
    priced = boss.get(f"/plans?licence={shop.licence.key}").json()["plans"]
    mine = next(plan for plan in priced if plan["plan"] == shop.version.plan.code)
    assert (mine["price"]["discount_code"], mine["price"]["total_minor"]) == ("cloud_web", 126_000)
    assert mine["pack"]["price"]["total_minor"] == 38_000
    assert stranger.get(f"/plans?licence={shop.licence.key}").status_code == 404
    assert Caller("").get(f"/plans?licence={shop.licence.key}").status_code == 401


def test_plans_in_another_list_and_only_those_that_have_a_price_there(shop, boss):
    dollars = PriceList.objects.create(code="usd", name="USD", currency="USD")
    make_version()
    ListPrice.objects.create(price_list=dollars, version=shop.version, price_minor=5_800)
    (plan,) = Caller("").get("/plans?price_list=usd").json()["plans"]
    assert (plan["price"]["currency"], plan["price"]["total_minor"], plan["pack"]) == ("USD", 5_800, None)
    BillingProfile.objects.create(organization=shop.organization, price_list=dollars)
    (mine,) = boss.get(f"/plans?licence={shop.licence.key}").json()["plans"]
    assert mine["price"]["total_minor"] == 3_480


def test_a_plan_is_ordered_paid_and_runs_and_its_invoice_is_there(shop, boss, owner):
    made = order(boss, shop).json()
    assert (made["status"], made["missing_minor"], made["price"]["total_minor"]) == ("open", 126_000, 126_000)
    paid = pay(owner, shop, made)
    assert (paid.status_code, paid.json()["status"]) == (201, "confirmed")
    done = boss.get(f"/orders/{made['id']}").json()
    assert (done["status"], done["missing_minor"]) == ("done", 0)
    (contract,) = boss.get("/subscriptions").json()["subscriptions"]
    assert (contract["status"], contract["billed"], contract["renews"]) == ("active", True, True)
    (invoice,) = boss.get("/invoices").json()["invoices"]
    assert (invoice["id"], invoice["code"], invoice["open_minor"]) == (done["invoice"], "A-000001", 0)
    (line,) = boss.get(f"/invoices/{invoice['id']}").json()["lines"]
    assert (line["label"]["code"], line["discount_minor"]) == ("plan", 84_000)
    assert boss.get("/invoices?status=open").json()["invoices"] == []
    account = boss.get(f"/organizations/{shop.organization.pk}/account?currency=NIO").json()
    assert [line["owed_after_minor"] for line in account["lines"]][-1] == 0


def test_an_order_and_a_payment_with_the_same_key_happen_once(shop, boss, owner):
    first, again = order(boss, shop), order(boss, shop)
    assert (first.json()["id"], Order.objects.count()) == (again.json()["id"], 1)
    other = order(boss, shop, quantity=2)
    assert (other.status_code, other.json()["code"]) == (422, "same_key_other_content")
    made = first.json()
    assert pay(owner, shop, made).json() == pay(owner, shop, made).json()
    assert Payment.objects.count() == 1
    assert pay(owner, shop, made, amount_minor=1).json()["code"] == "same_key_other_content"


def test_who_may(shop, boss, owner, stranger, agent):
    colleague = Caller(make_token(shop.colleague))
    assert order(colleague, shop).json()["code"] == "manager_only"
    assert order(stranger, shop).status_code == 404
    assert order(agent, shop).json()["code"] == "manager_only"
    made = order(boss, shop).json()
    assert colleague.get(f"/orders/{made['id']}").status_code == 404
    assert pay(boss, shop, made).json()["code"] == "supervisor_only"
    reader = Caller(make_token(shop.manager, ["billing:read"]))
    assert order(reader, shop).json()["code"] == "scope_missing"
    product = Caller(make_token(None, ["billing:read", "billing:write"]))
    assert product.get("/invoices").json()["code"] == "needs_a_person"
    pay(owner, shop, made)
    invoice = Invoice.objects.get()
    for hidden in (f"/invoices/{invoice.pk}", f"/invoices/{invoice.pk}/pdf"):
        assert stranger.get(hidden).status_code == colleague.get(hidden).status_code == 404
    assert stranger.get(f"/organizations/{shop.organization.pk}/account?currency=NIO").status_code == 404


@pytest.fixture
def contract(shop, boss, owner):
    pay(owner, shop, order(boss, shop).json())
    return Subscription.objects.get()


def test_notice_is_previewed_given_once_and_taken_back(contract, boss, shop):
    where = f"/subscriptions/{contract.pk}/notice"
    seen = boss.get(where).json()
    assert boss.post(where).json() == boss.post(where).json() | {"effective": seen["effective"]}
    assert boss.get(f"/subscriptions/{contract.pk}").json()["ends_at"] == seen["effective"]
    assert Caller(make_token(shop.colleague)).post(where).json()["code"] == "manager_only"
    assert boss("DELETE", where).json()["ends_at"] is None
    assert boss("DELETE", where).status_code == 409


def test_a_change_is_previewed_and_binds_at_the_end_or_is_ordered_as_an_upgrade(contract, boss, shop, now):
    better = make_version(cases=10, price_minor=420_000)
    where = f"/subscriptions/{contract.pk}/change"
    seen = boss.get(f"{where}?plan={better.plan.code}").json()
    assert (seen["immediate"], seen["today"], seen["next"]["total_minor"]) == (False, None, 252_000)
    assert boss.post(where, {"plan": better.plan.code}).json()["effective"] == seen["effective"]
    assert boss.get(f"/subscriptions/{contract.pk}").json()["changes_to"] == better.plan.code
    boss("DELETE", f"/subscriptions/{contract.pk}/notice")
    publish(upgrade="immediate", now=now - timedelta(days=1))
    today = boss.get(f"{where}?plan={better.plan.code}").json()["today"]["total_minor"]
    made = order(
        boss, shop, key="dos", kind="upgrade", plan=better.plan.code, licence=None, subscription=contract.pk
    )
    assert made.json()["price"]["total_minor"] == today > 0
    assert boss.post(where, {"plan": "no-hay"}).json()["code"] == "no_such_plan"


def test_a_pack_is_ordered_paid_and_given_back(contract, boss, owner, shop, stranger):
    made = order(
        boss, shop, key="pack", kind="pack", licence=None, subscription=contract.pk, quantity=2
    ).json()
    assert made["price"]["total_minor"] == 76_000
    pay(owner, shop, made, key="pack")
    pack = boss.get(f"/orders/{made['id']}").json()["pack"]
    assert stranger.post(f"/packs/{pack}/return").status_code == 404
    assert boss.post(f"/packs/{pack}/return").status_code == 204
    assert boss.post(f"/packs/{pack}/return").json()["code"] == "pack_used"
    notes = [i for i in boss.get("/invoices").json()["invoices"] if i["corrects"]]
    assert [note["reason"] for note in notes] == ["pack_returned"]


def test_what_sales_prepared_is_accepted_or_withdrawn(shop, boss, now):
    from vigente.billing.services import orders

    def prepared(key):
        return orders.place(organization=shop.organization, kind="plan", version=shop.version, licence=shop.licence,
                            actor=make_user(role="supervisor"), prepared=True, key=key, now=now)  # fmt: skip

    one = prepared("a")
    assert boss.post(f"/orders/{one.pk}/accept").json()["status"] == "open"
    assert boss.post(f"/orders/{one.pk}/accept").status_code == 409
    assert boss.post(f"/orders/{one.pk}/cancel").json()["status"] == "cancelled"
    assert boss.get("/orders?status=open").json()["orders"] == []


def test_lists_go_page_by_page_and_cost_the_same_however_long(
    shop, boss, owner, now, django_assert_max_num_queries
):
    for number in range(5):
        pay(owner, shop, {"missing_minor": 5, "id": None}, key=str(number))
    seen, cursor = [], ""
    while True:
        with django_assert_max_num_queries(4):
            page = boss.get(f"/payments?limit=2{cursor and '&cursor=' + cursor}").json()
        seen += [payment["id"] for payment in page["payments"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 5


def test_an_invoice_is_printed(contract, boss):
    answer = boss.get(f"/invoices/{Invoice.objects.get().pk}/pdf")
    assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (
        200,
        "application/pdf",
        b"%PDF-",
    )
