from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from vigente.api.tests.conftest import Caller, make_token, request_for
from vigente.factories import make_user
from vigente.tickets.models import Message, Ticket
from vigente.tickets.services.conversation import add_note
from vigente.tickets.services.structure import add_tag, tag_case
from vigente.tickets.services.work import solve

SAY = {"body": "Ya probé y sigue igual."}


@pytest.fixture
def ticket(customer, now):
    return customer.ticket(now - timedelta(minutes=30), user=customer.colleague)


def test_a_case_is_read_with_its_conversation_and_its_place(colleague, ticket):
    body = colleague.get(f"/tickets/{ticket.number}").json()
    assert body["messages"][0]["text"] == ticket.messages.get().text
    assert body["place"] == {"low": 1, "high": 1}
    assert body["licence"] == ticket.licence.key
    assert body["decision"]["outcome"] == "covered"


def test_a_reply_is_said_in_the_case(colleague, ticket):
    answer = colleague.post(f"/tickets/{ticket.number}/messages", SAY)
    assert answer.status_code == 201
    assert answer.json()["text"] == SAY["body"]
    assert ticket.messages.count() == 2


def test_the_same_reply_twice_is_said_once(colleague, ticket):
    path, key = f"/tickets/{ticket.number}/messages", {"Idempotency-Key": "r-1"}
    assert colleague.post(path, SAY, **key).json() == colleague.post(path, SAY, **key).json()
    assert colleague.post(path, {"body": "Otra cosa."}, **key).status_code == 422
    assert ticket.messages.count() == 2


def test_an_agents_reply_leaves_the_case_as_asked(agent, ticket):
    answer = agent.post(f"/tickets/{ticket.number}/messages", SAY | {"status": "solved"})
    assert answer.status_code == 201
    ticket.refresh_from_db()
    assert ticket.status == "solved"


def test_row_10_a_reply_after_the_window_is_a_new_case(colleague, ticket, now):
    solve(ticket=ticket, actor=make_user("Ana", role="agent"), now=now - timedelta(minutes=20))
    Ticket.objects.update(closed_by_person_at=now - timedelta(days=60))
    answer = colleague.post(f"/tickets/{ticket.number}/messages", SAY)
    assert answer.status_code == 201
    assert Ticket.objects.get(number=answer.json()["number"]).follows == ticket


def test_notes_are_for_staff_only(colleague, agent, ticket, now):
    add_note(ticket=ticket, author=make_user("Ana", role="agent"), text="Ojo: cliente difícil.", now=now)
    path = f"/tickets/{ticket.number}"
    assert "Ojo" not in colleague.get(path).content.decode()
    assert [message["kind"] for message in agent.get(path).json()["messages"]] == ["reply", "note"]
    answer = colleague.post(f"{path}/messages", {"body": "x", "note": True})
    assert answer.status_code == 403
    assert Message.objects.filter(kind="note").count() == 1


def test_another_companys_case_is_not_there(stranger, ticket):
    answers = [
        stranger.get(f"/tickets/{ticket.number}"),
        stranger.post(f"/tickets/{ticket.number}/messages", SAY),
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert stranger.get("/tickets").json()["tickets"] == []
    assert ticket.messages.count() == 1


def test_a_customer_lists_their_own_cases_and_a_manager_all(colleague, manager, customer, ticket):
    manager.post("/tickets", request_for(customer))
    assert len(colleague.get("/tickets").json()["tickets"]) == 1
    assert len(manager.get("/tickets").json()["tickets"]) == 2


def test_pages_follow_each_other_without_gaps(agent, customer, now):
    numbers = [customer.ticket(now - timedelta(minutes=9)).number for _ in range(4)]
    seen, cursor = [], ""
    while True:
        body = agent.get(f"/tickets?limit=3&status=open&cursor={cursor}").json()
        seen += [ticket["number"] for ticket in body["tickets"]]
        cursor = body["next"]
        if cursor is None:
            break
    assert seen == numbers[::-1]
    assert agent.get("/tickets?status=done").json()["tickets"] == []


def test_the_next_case_goes_to_the_agent(agent, ticket):
    answer = agent.post("/queue/next")
    assert (answer.status_code, answer.json()["number"]) == (200, ticket.number)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee.name) == ("open", "Ana")


def test_nothing_waiting_is_204(agent):
    assert agent.post("/queue/next").status_code == 204


def test_customers_take_no_cases(manager, ticket):
    assert manager.post("/queue/next").status_code == 403


def test_a_list_costs_the_same_for_one_and_for_many(agent, customer, now, django_assert_num_queries):
    customer.ticket(now)
    with CaptureQueriesContext(connection) as one:
        agent.get("/tickets")
    for _ in range(3):
        customer.ticket(now)
    with django_assert_num_queries(len(one)):
        assert len(agent.get("/tickets").json()["tickets"]) == 4


def test_an_expired_token_writes_nothing(customer, ticket, now):
    caller = Caller(make_token(customer.colleague, expires_at=now - timedelta(days=1)))
    assert caller.post(f"/tickets/{ticket.number}/messages", SAY).status_code == 401
    assert ticket.messages.count() == 1


def test_tags_are_read_by_staff_only(colleague, agent, ticket, now):
    tag = add_tag(names={"es": "Visita", "en": "Visit"})
    tag_case(ticket=ticket, tags=[tag], actor=None, now=now)
    shown = [{"id": tag.pk, "names": {"es": "Visita", "en": "Visit"}}]
    assert agent.get(f"/tickets/{ticket.number}").json()["tags"] == shown
    assert [row["tags"] for row in agent.get("/tickets").json()["tickets"]] == [shown]
    assert colleague.get(f"/tickets/{ticket.number}").json()["tags"] is None
    assert [row["tags"] for row in colleague.get("/tickets").json()["tickets"]] == [None]
