"""What goes out in files, headers and mails: no formula, no second header, no state changed by looking."""

import csv
import io
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from vigente.accounts.models import Organization, Role, User
from vigente.factories import make_customer, make_user
from vigente.mail.models import OutboundMessage
from vigente.mail.sending import as_message
from vigente.tickets.services import conversation
from vigente.worker.drain import drain_all

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
FORMULA = '=HYPERLINK("http://evil.example","ver")'
SPLIT = "Hola\r\nBcc: victima@otra.test\r\n\r\n<script>alert(1)</script>"
pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    with time_machine.travel(NOW, tick=False):
        yield make_customer("Ferretería", now=NOW, cases=None)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "\u200b=", "\ufeff=", "＝"])
def test_no_export_holds_a_formula(start, shop):
    evil = f"{start}1+1"
    shop.ticket(NOW, subject=evil)
    Organization.objects.filter(pk=shop.organization.pk).update(name=evil, external_ref=evil)
    User.objects.filter(pk=shop.manager.pk).update(name=evil)
    owner = make_user(evil, role=Role.OWNER, email="duena@vendedor.test")
    for client, path in (
        (signed_in(shop.manager), "/es/tickets.csv"),
        (signed_in(shop.manager), "/es/plan/statement.csv?months=all"),
        (signed_in(owner), "/es/desk/queue/all/?format=csv"),
        (signed_in(owner), "/es/desk/organizations/?format=csv"),
        (signed_in(owner), f"/es/desk/organizations/{shop.organization.pk}/statement/?format=csv"),
        (signed_in(owner), "/es/desk/held/?format=csv&view=all"),
    ):
        text = b"".join(client.get(path).streaming_content).decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text)):
            for cell in row:
                shown = cell.strip("\u200b\ufeff \t\r\n")
                assert not shown.startswith(("=", "+", "@", "＝")), (path, cell)
                assert not shown.startswith("-") or shown.lstrip("-").isdigit(), (path, cell)


def test_nobody_adds_a_header_to_a_mail(shop):
    """By a subject, a name, an organization's name or a file's name."""
    User.objects.filter(pk=shop.manager.pk).update(name=SPLIT[:100])
    Organization.objects.filter(pk=shop.organization.pk).update(name=SPLIT[:100])
    shop.manager.refresh_from_db()
    shop.organization.refresh_from_db()
    ticket = shop.ticket(NOW, subject=SPLIT)
    agent = make_user(SPLIT[:100], role=Role.AGENT, email="ana@vendedor.test")
    conversation.reply(ticket=ticket, author=agent, text="Listo", channel="web", now=NOW)
    drain_all(now=NOW)
    assert OutboundMessage.objects.count() >= 2
    for row in OutboundMessage.objects.all():
        raw = as_message(row, now=NOW).message().as_bytes()
        head = raw.partition(b"\n\n")[0]
        assert b"\nBcc:" not in head
        assert b"<script>alert" not in row.html.encode()


def test_a_post_without_its_token_is_refused_everywhere_but_in_the_api(shop):
    client = Client(enforce_csrf_checks=True)
    client.force_login(shop.manager)
    for path in (
        "/es/ask/",
        "/es/profile/",
        "/es/account/logout/",
        "/es/account/login/",
        "/i18n/setlang/",
        "/es/people/spending/",
    ):
        assert client.post(path, {"x": "1"}).status_code == 403, path
    assert client.post("/api/v1/tickets", {}, content_type="application/json").status_code == 401


def test_no_page_can_be_framed_or_kept_by_a_shared_cache(shop):
    client = signed_in(shop.manager)
    ticket = shop.ticket(NOW)
    for path in (
        "/es/",
        "/es/tickets/",
        f"/es/tickets/{ticket.number}/",
        "/es/plan/",
        "/es/tickets.csv",
        "/es/ask/",
    ):
        response = client.get(path)
        assert response["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert "Cookie" in response.get("Vary", "") or "no-store" in response.get("Cache-Control", ""), path
        assert "unsafe" not in response["Content-Security-Policy"]
    for path in (f"/es/tickets/{ticket.number}/style.css", "/es/tickets/x.css", "/es/plan/nada.js"):
        assert client.get(path).status_code == 404  # nothing of theirs at an address that a cache would keep
