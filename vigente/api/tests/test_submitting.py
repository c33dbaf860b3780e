import pytest

from vigente.accounts.models import ApiToken
from vigente.api.tests.conftest import Caller, make_token, request_for
from vigente.factories import make_customer, make_user
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services.fields import Wanted, save_field


def test_a_covered_request_is_a_case(manager, customer):
    answer = manager.post("/tickets", request_for(customer))
    assert answer.status_code == 201
    body = answer.json()
    ticket = Ticket.objects.get(number=body["number"])
    assert (ticket.requester, ticket.channel, ticket.licence) == (customer.manager, "api", customer.licence)
    assert body["decision"]["outcome"] == "covered"
    assert body["decision"]["left"] == 3


def test_an_uncovered_request_is_held_with_what_would_help(now):
    customer = make_customer(now=now, plan=False)
    answer = Caller(make_token(customer.manager)).post("/tickets", request_for(customer))
    assert answer.status_code == 202
    body = answer.json()
    assert HeldRequest.objects.get(pk=body["held_request"]).text == request_for(customer)["body"]
    assert body["decision"]["reasons"][0]["code"] == "no_plan"


def test_row_6_the_same_key_gives_the_first_answer(manager, customer):
    first, second = (
        manager.post("/tickets", request_for(customer), **{"Idempotency-Key": "a-1"}) for _ in range(2)
    )
    assert first.json() == second.json()
    assert Ticket.objects.count() == 1


def test_the_same_key_with_another_body_is_a_problem(manager, customer):
    manager.post("/tickets", request_for(customer), **{"Idempotency-Key": "a-1"})
    answer = manager.post("/tickets", request_for(customer, body="Otra cosa."), **{"Idempotency-Key": "a-1"})
    assert (answer.status_code, answer.json()["code"]) == (422, "same_key_other_content")
    assert Ticket.objects.count() == 1


def test_keys_of_two_tokens_are_apart(manager, colleague, customer):
    for caller in (manager, colleague):
        assert caller.post("/tickets", request_for(customer), **{"Idempotency-Key": "1"}).status_code == 201
    assert Ticket.objects.count() == 2


def test_without_a_key_each_request_is_its_own(manager, customer):
    for _ in range(2):
        manager.post("/tickets", request_for(customer))
    assert Ticket.objects.count() == 2


def test_a_held_request_that_was_let_in_answers_with_its_case(now):
    customer = make_customer(now=now, plan=False)
    caller = Caller(make_token(customer.manager))
    held = caller.post("/tickets", request_for(customer), **{"Idempotency-Key": "k"}).json()["held_request"]
    ticket = make_customer(now=now).ticket(now)
    HeldRequest.objects.filter(pk=held).update(status="released", ticket=ticket)
    again = caller.post("/tickets", request_for(customer), **{"Idempotency-Key": "k"})
    assert (again.status_code, again.json()["number"]) == (201, ticket.number)


def test_another_companys_licence_is_not_there(stranger, customer):
    answer = stranger.post("/tickets", request_for(customer))
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_licence")
    assert not Ticket.objects.exists()


def test_the_product_files_for_a_person_of_the_licence(product, customer):
    answer = product.post("/tickets", request_for(customer, requester=customer.colleague.email.upper()))
    assert answer.status_code == 201
    assert Ticket.objects.get().requester == customer.colleague


def test_the_product_must_say_for_whom(product, customer):
    answer = product.post("/tickets", request_for(customer))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "requester")


def test_row_18_a_person_nobody_knows_is_held_and_draws_nothing(product, customer, stranger):
    other = ApiToken.objects.exclude(user=None).get(digest=ApiToken.digest_of(stranger.token)).user
    for email in ("nadie@ejemplo.test", other.email):
        answer = product.post("/tickets", request_for(customer, requester=email))
        assert answer.status_code == 202
        assert answer.json()["decision"]["reasons"][0]["code"] == "requester_unknown"
    assert not Ticket.objects.exists()
    assert HeldRequest.objects.filter(requester=None).count() == 2


def test_a_customers_token_cannot_speak_for_somebody_else(colleague, customer):
    answer = colleague.post("/tickets", request_for(customer, requester=customer.manager.email))
    assert answer.status_code == 422


def test_row_15_staff_file_for_a_customer_and_are_named(agent, customer):
    answer = agent.post("/tickets", request_for(customer, requester=customer.colleague.email))
    assert answer.status_code == 201
    ticket = Ticket.objects.get()
    assert ticket.requester == customer.colleague
    assert ticket.opened_by.role == "agent"
    assert agent.post("/tickets", request_for(customer, requester=make_user().email)).status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "   "}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"subject": "a\0b"}, "subject"),
        ({"subject": "a\ud800b"}, "subject"),
        ({"subject": 7}, "subject"),
        ({"subject": None}, "subject"),
        ({"body": ""}, "body"),
        ({"body": "\0"}, "body"),
        ({"body": "x" * 100_001}, "body"),
        ({"body": ["x"]}, "body"),
        ({"licence": 10**30}, "licence"),
        ({"licence": None}, "licence"),
        ({"work_type": "none_such"}, "work_type"),
        ({"work_type": "'; DROP TABLE"}, "work_type"),
        ({"surprise": 1}, "surprise"),
        ({"requester": "no address"}, "requester"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_written(manager, customer, changes, field):
    answer = manager.post("/tickets", request_for(customer, **changes))
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert not Ticket.objects.exists()
    assert not HeldRequest.objects.exists()


def test_own_fields_are_listed_answered_and_read(manager, agent, customer):
    options = [("cash", {"es": "Contado"})]
    paid = save_field(
        field=None, wanted=Wanted({"es": "Pago"}, "radio", options=options, required=True, public=True)
    )
    note = save_field(field=None, wanted=Wanted({"es": "Nota"}, "text"))
    assert [one["id"] for one in manager.get("/fields").json()["fields"]] == [paid.pk]
    assert [one["id"] for one in agent.get("/fields").json()["fields"]] == [paid.pk, note.pk]
    for given, code in (({}, "required"), ({str(paid.pk): "x"}, "not_an_option"), ({"0": "x"}, "required")):
        answer = manager.post("/tickets", request_for(customer, fields=given))
        assert answer.status_code == 422
        assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
            (f"fields.{paid.pk}", code)
        ]
    assert manager.post("/tickets", request_for(customer, fields={"x": 1})).status_code == 422
    assert not Ticket.objects.exists()
    number = manager.post("/tickets", request_for(customer, fields={str(paid.pk): "cash"})).json()["number"]
    read = manager.get(f"/tickets/{number}").json()["fields"]
    assert read == [{"id": paid.pk, "names": {"es": "Pago"}, "value": "cash"}]
    assert manager.post("/tickets", request_for(customer)).status_code == 201
