"""Twenty cases worked without a mouse: next, read, answer with a saved reply, note, tag, assign, solve, next."""

from datetime import timedelta

import pytest

from vigente.events.models import Event
from vigente.factories import make_customer, make_version
from vigente.installation.clock import vendor_now
from vigente.tickets.models import Message, Ticket, TicketTag
from vigente.tickets.services import canned
from vigente.tickets.services.structure import add_tag

pytestmark = pytest.mark.django_db(transaction=True)
CASES = 20


@pytest.fixture
def clock():
    """The server thread reads the real clock."""


@pytest.fixture
def now():
    return vendor_now() - timedelta(minutes=5)


AT_REST = """() => document.activeElement.matches('#tags input')
    && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"""


@pytest.fixture
def line(agent, supervisor, now):
    shop = make_customer("El Clavo", now=now, version=make_version(cases=50))
    for number in range(CASES):
        shop.ticket(now + timedelta(seconds=number), subject=f"No imprime {number}")
    add_tag(names={"es": "Impresoras"})
    canned.save_response(response=None, title="Reinicie", texts={"es": "Hola {{ requester.first_name }}: reinicie."},
                         tags=[], sharing="all", department=None, actor=supervisor, now=now)  # fmt: skip


def leads_on(page, *keys):
    """Press them; the last one opens another page, which is waited for."""
    *first, last = keys
    for key in first:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(last)


def answer(page):
    page.keyboard.press("r")
    page.keyboard.press("/")
    page.locator("dialog[open] [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('[data-composer]').value.includes('reinicie')")
    leads_on(page, "Control+Enter")


def note_tag_and_assign(page):
    page.keyboard.press("n")
    page.keyboard.type("Impresora vieja")
    leads_on(page, "Control+Enter")
    page.keyboard.press("l")
    page.keyboard.type("Impresoras")
    page.keyboard.press("Enter")
    page.locator("#tags li").wait_for()
    page.wait_for_function(AT_REST)  # the field gets the focus back when the answer has settled
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.locator("#action[open] select").wait_for()
    leads_on(page, "Control+Enter")


def test_twenty_cases_are_worked_with_the_keyboard_alone(sign_in, live_server, agent, line):
    page = sign_in(agent, live_server.url)
    page.goto(f"{live_server.url}/es/desk/queue/")
    leads_on(page, "n")
    for number in range(CASES):
        answer(page)
        if number % 10 == 0:
            note_tag_and_assign(page)
        leads_on(page, "e")
        leads_on(page, "g", "n")
    assert page.url.endswith("/desk/queue/")  # nothing waits any more
    assert Ticket.objects.filter(status="solved", assignee=agent).count() == CASES
    assert Message.objects.filter(by_staff=True, kind="reply", text__contains="reinicie").count() == CASES
    assert (Message.objects.filter(kind="note").count(), TicketTag.objects.count()) == (2, 2)
    assert Event.objects.filter(kind="ticket.solved", actor=agent).count() == CASES
