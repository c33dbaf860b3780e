"""Whatever anybody wrote, no page becomes another page by it: every page × every text, read as a browser reads it."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
import time_machine
from django.test import Client

from tests.access.routes import routes
from tests.access.table import TABLE
from tests.access.test_matrix import address, browser_of
from tests.access.world import ROLES
from tests.attacks.hostile_world import build_hostile
from vigente.mail.models import OutboundMessage
from vigente.tickets.models import HeldRequest, Ticket
from vigente.worker.drain import drain_all

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
# Where a letter is previewed: a page of ours, with a policy of its own, in which nothing runs.
LETTER_FRAME = re.compile(
    r'<iframe class="letter[^>"]*" src="/es/desk/settings/letters/[^">]*"[^>]*></iframe>'
)
NEVER = {"xss-tag", "iframe", "object", "embed", "base", "math", "applet", "frame", "frameset", "noembed"}
LINKS = ("href", "src", "action", "formaction", "srcdoc", "data", "poster", "hx-get", "hx-post", "xlink:href")
MORE = (
    "/es/tickets/?status=all&q=xss", "/es/desk/search/?q=xss", "/es/desk/queue/all/?rows", "/es/desk/open/?q=xss",
    "/es/plan/statement/?months=all", "/es/desk/mail/?view=dead", "/es/desk/held/?view=all", "/en/plans/",
)  # fmt: skip
pytestmark = pytest.mark.django_db


class Reader(HTMLParser):
    """What is wrong with a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        is_data = dict(attrs).get("type") == "application/json"
        self.inside = tag if tag in ("script", "style") and not is_data else self.inside
        if tag in NEVER or (tag == "svg" and any(name == "onload" for name, _ in attrs)):
            self.found.append(f"<{tag}>")
        names = dict(attrs)
        if tag == "meta" and "http-equiv" in names:
            self.found.append("a refresh")
        for name, value in attrs:
            if name.startswith(("on", "hx-on")):
                self.found.append(f"{tag} {name}={value}")
            plain = "".join((value or "").split()).lower()
            if name in LINKS and plain.startswith(
                ("javascript:", "vbscript:", "data:text", "//", "http://evil")
            ):
                self.found.append(f"{tag} {name}={value}")
            if name == "style" and "fixed" in plain:
                self.found.append(f"{tag} style={value}")

    def handle_endtag(self, tag):
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data):
        if self.inside and ("alert(" in data or "display:none" in data):
            self.found.append(f"{self.inside}: {data[:60]}")


def wrong_with(html):
    reader = Reader()
    reader.feed(html)
    if "49" in html and "{{7*7}}" not in html and "7*7" in html:
        reader.found.append("a template ran")
    return reader.found


@pytest.fixture
def world(db):
    with time_machine.travel(NOW, tick=False):
        yield build_hostile(NOW)


def pages(world, role):
    at = ROLES.index(role)
    for route in routes():
        if TABLE[route.key][0][at] == "O" and not route.key.startswith("api:"):
            yield address(world, route)
    yield from MORE
    for number in Ticket.objects.values_list("number", flat=True):
        yield from (f"/es/tickets/{number}/", f"/es/desk/cases/{number}/?all", f"/es/desk/preview/{number}/")
    for held in HeldRequest.objects.all():
        yield from (f"/es/held/{held.token}/", f"/es/desk/held/{held.pk}/")
    for slug in ("staff", "work", "hours", "policies", "mailboxes"):
        yield from (f"/es/desk/settings/{slug}/", f"/es/desk/settings/{slug}/1/")


@pytest.mark.parametrize("role", ["nobody", "member", "manager", "owner"])
def test_no_page_is_changed_by_what_somebody_wrote(role, world):
    client, wrong, seen = Client(), [], 0
    for cookie in browser_of(world.people[role]).items():
        client.cookies.load(dict([cookie]))
    for url in pages(world, role):
        response = client.get(url)
        assert response.status_code < 500, url
        if not response.streaming and "html" in response.get("Content-Type", ""):
            html = response.content.decode()
            policy = response["Content-Security-Policy"]
            if "sandbox" in policy:  # a letter in its frame: its styles are within, nothing in it runs
                assert "script-src 'none'" in policy
                wrong += [f"{url}: {what}" for what in wrong_with(html.replace('<base target="_blank">', ""))]
                continue
            seen += "xss-tag" in html
            wrong += [f"{url}: {what}" for what in wrong_with(LETTER_FRAME.sub("", html))]
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
    assert not wrong, "\n".join(wrong[:40])
    assert seen >= {"nobody": 1, "member": 6, "manager": 10, "owner": 40}[role]


def test_no_mail_is_changed_by_what_somebody_wrote(world):
    drain_all(now=NOW)
    letters = OutboundMessage.objects.exclude(html="").exclude(dedupe_key="k")
    assert letters.count() > 5
    for mail in letters:
        assert not wrong_with(mail.html), mail.kind


def test_the_parser_of_this_test_sees_an_attack():
    for attack in (
        "<p onclick=x>",
        "<script>alert(1)</script>",
        "<xss-tag>",
        '<a href="java\tscript:x">',
        "<base href=x>",
    ):
        assert wrong_with(attack), attack
    assert not wrong_with("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>")
