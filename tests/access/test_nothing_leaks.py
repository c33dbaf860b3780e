"""What staff write for each other, and what one company writes, reaches no customer it is not for.

On any page, in the CSV, through the API, by mail. The words looked for are planted in `world`.
"""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from tests.access.routes import routes
from tests.access.test_matrix import address, browser_of
from tests.access.world import CUSTOMERS, EL_CLAVO, OTHERS, STAFF_ONLY, build
from vigente.mail.inbound import process, receive
from vigente.mail.models import Mailbox, OutboundMessage
from vigente.tickets.models import Attachment, HeldRequest, Ticket
from vigente.tickets.services import classification, conversation, merging
from vigente.worker.drain import drain_all

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
NOT_FOR = {
    "removed": EL_CLAVO + OTHERS, "outsider": EL_CLAVO, "bystander": (EL_CLAVO[1], *OTHERS), "member": OTHERS,
    "manager": OTHERS,
}  # fmt: skip
QUERIES = ("", "?q=NOTAINTERNA", "?q=kardexsecreto", "?q=recetaajena", "?status=all&whose=all", "?months=all",
           "?all", "?view=all", "?format=csv")  # fmt: skip
LISTS = (
    "portal:tickets",
    "portal:tickets_csv",
    "portal:search",
    "portal:statement",
    "portal:statement_csv",
    "api:tickets",
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    with time_machine.travel(NOW, tick=False):
        yield build(NOW)


def read_everything(world, role):
    """(where, text) of every answer this person gets by asking for anything at all."""
    client = Client()
    cookies = browser_of(world.people[role])
    for cookie in cookies.items():
        client.cookies.load(dict([cookie]))
    token = {"Authorization": f"Bearer {world.tokens[role]}"}
    for url in addresses(world):
        response = client.get(url, headers=token if url.startswith("/api/") else {})
        content = b"".join(response.streaming_content) if response.streaming else response.content
        yield url, content.decode(errors="replace") + str(dict(response.headers))


def addresses(world):
    for route in routes():
        if not route.key.startswith(("account_", "mfa_")):
            url = address(world, route)
            yield from (url + query for query in (QUERIES if route.key in LISTS else ("",)))
    for number in Ticket.objects.values_list("number", flat=True):
        yield from (f"/es/tickets/{number}/", f"/api/v1/tickets/{number}", f"/es/desk/cases/{number}/")
    for token in Attachment.objects.values_list("token", flat=True):
        yield from (f"/es/files/{token}/", f"/es/desk/files/{token}/")
    for held in HeldRequest.objects.all():
        yield from (f"/es/held/{held.token}/", f"/es/desk/held/{held.pk}/")


@pytest.mark.parametrize("role", CUSTOMERS)
def test_no_customer_reads_what_is_not_theirs(role, world):
    found = [
        (word, url)
        for url, text in read_everything(world, role)
        for word in (*STAFF_ONLY, *NOT_FOR[role])
        if word in text and f"q={word}" not in url and "/invitation/" not in url
    ]
    assert not found


def test_searching_does_not_tell_that_a_note_exists(world):
    """Neither by a hit nor by another count."""
    client = Client()
    client.force_login(world.people["manager"])
    for path in ("/es/tickets/?status=all&q=NOTAINTERNA", "/es/tickets/?status=all&q=recetaajena"):
        assert not list(client.get(path).context["cases"]), path


def test_no_mail_to_a_customer_holds_what_is_for_staff(world):
    shop, people = world.shop, world.people
    later = NOW + timedelta(hours=1)
    second = shop.ticket(NOW, user=shop.manager, work="outage")
    conversation.reply(ticket=world.case, author=people["agent"], text="Ya casi.", channel="web", now=later)
    merging.merge(ticket=second, into=world.case, actor=people["supervisor"], now=later)
    classification.classify(
        ticket=world.case, work_type=shop.work["development"], actor=people["agent"], now=later
    )
    drain_all(now=later)
    assert OutboundMessage.objects.count() > 5
    theirs = [user.email for user in shop.organization.members.all()]
    for mail in OutboundMessage.objects.filter(to__in=theirs):
        whole = f"{mail.subject}\n{mail.text}\n{mail.html}\n{mail.headers}"
        assert not [word for word in (*STAFF_ONLY, *OTHERS) if word in whole], (mail.to, mail.subject)


def test_nobody_who_left_or_was_shut_out_is_written_about_the_companys_cases(world):
    """The person who asked left the company: what is answered there concerns them no more."""
    left, agent = world.people["removed"], world.people["agent"]
    OutboundMessage.objects.all().delete()
    drain_all(now=NOW)
    OutboundMessage.objects.all().delete()
    case = Ticket.objects.get(requester=left)
    conversation.reply(ticket=case, author=agent, text="Aquí está la clave nueva.", channel="web", now=NOW)
    drain_all(now=NOW)
    assert not OutboundMessage.objects.filter(to=left.email).exists()


def test_who_left_the_company_does_not_go_on_in_its_cases_by_mail(world):
    """Their mail is kept for staff; it does not speak in the case, reopens nothing and draws nothing."""
    left = world.people["removed"]
    case = Ticket.objects.get(requester=left)
    raw = (
        f"From: {left.email}\r\nTo: soporte@vendedor.test\r\nSubject: [#{case.number}] Sigo\r\n"
        f"Message-ID: <1@casa.test>\r\n\r\n¿Cuál es la clave nueva?"
    )
    row = process(receive(raw.encode(), mailbox=Mailbox.objects.get(), now=NOW).pk, now=NOW)
    assert row.outcome in ("note", "new_request")
    assert not case.messages.filter(kind="reply", text__contains="clave nueva").exists()
    case.refresh_from_db()
    assert case.status == "new"
