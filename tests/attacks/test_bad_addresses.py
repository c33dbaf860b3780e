"""Addresses nobody links to: nonsense in query strings, tokens and numbers that cannot be. Never an error of ours."""

import base64
import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
import time_machine
from django.core.cache import cache

from tests.access.routes import routes
from tests.access.table import TABLE
from tests.access.test_matrix import address, browser_of
from tests.access.world import ROLES, build
from tests.access.writes import rows_written
from tests.attacks.test_bad_input_in_forms import browser

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
NAMES = (
    "q", "after", "status", "whose", "view", "department", "organization", "licence", "work_type", "where", "subject",
    "interval", "edition", "since", "until", "months", "email", "into", "state", "format", "next", "held",
    "rows", "all",
)  # fmt: skip


READS_ITS_QUERY = (
    "portal:tickets", "portal:tickets_csv", "portal:search", "portal:statement", "portal:statement_csv", "portal:plans",
    "portal:ask", "portal:ask_coverage", "portal:held/", "portal:people", "workspace:queue/", "workspace:search",
    "workspace:preview/", "workspace:open", "workspace:phone_preview/", "workspace:held", "workspace:organizations",
    "workspace:organization_statement/", "workspace:merger/", "workspace:mail",
    "workspace:webhook/",
)  # fmt: skip


def cursor(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


VALUES = (
    "x\0y", "\u202eﷺ😀'\"><script>alert(1)</script>", "²", "٣", str(2**70), "-1", "=cmd|' /C calc'!A0", "%",
    "AND OR NOT NEAR(", '"*', "0001-01-01", "9999-12-31", "//evil.example/", "a" * 5000,
    cursor("0001-01-01T00:00:00+14:00", 1),
    cursor("9999-12-31T23:59:59-14:00", 1), cursor("2026-01-01T00:00:00Z", 2**80), cursor(2**80), cursor(None),
    cursor(True), cursor("\0", 1), cursor("\0"), cursor([[[[]]]]), "[" * 300, "WzE", "!!!!",
)  # fmt: skip
TOKENS = (
    "%00",
    "x%00y",
    "..%2F..%2Fetc%2Fpasswd",
    "%ED%A0%80",
    "a" * 3000,
    quote("😀"),
    "1:%00",
    "-",
    "%F0%28%8C%28",
)
NUMBERS = (0, 2**31, 2**63, 2**70, 10**400)
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["manager", "owner"])
def test_nonsense_in_a_query_string_is_answered_and_writes_nothing(role):
    wrong = []
    with time_machine.travel(NOW, tick=False):
        world = build(NOW)
        cookies = browser_of(world.people[role])
        at = ROLES.index(role)
        for route in routes():
            if TABLE[route.key][0][at] != "O" or route.key.startswith(("account_", "mfa_", "api:")):
                continue
            url = address(world, route)
            for value in VALUES if route.key in READS_ITS_QUERY else VALUES[:2]:
                query = "&".join(f"{name}={quote(value)}" for name in NAMES)
                wrong += look(cookies, f"{url}?{query}", f"{url} {value[:30]!r}")
    assert not wrong, "\n".join(wrong)


def look(cookies, url, said):
    cache.clear()
    before = rows_written()
    response = browser(cookies).get(url)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if response.status_code >= 500:
        yield f"{said}: {response.status_code}"
    if response.get("Location", "").startswith(("//", "http")):
        yield f"{said}: leads away to {response['Location']}"
    if b"<script>alert(1)" in content:
        yield f"{said}: runs"
    # an export is noted in the audit log
    if rows_written() - before > ("text/csv" in response.get("Content-Type", "")):
        yield f"{said}: wrote"


@pytest.mark.parametrize("role", ["nobody", "manager", "owner"])
def test_tokens_and_numbers_that_cannot_be_are_not_found(role):
    wrong = []
    with time_machine.travel(NOW, tick=False):
        world = build(NOW)
        cookies = browser_of(world.people[role])
        places = ["/es/files/{}/", "/es/held/{}/", "/es/invitation/{}/", "/es/desk/files/{}/", "/es/desk/queue/{}/",
                  "/es/desk/settings/{}/", "/es/ui/examples/{}/", "/es/{}/", "/{}/"]  # fmt: skip
        numbered = ["/es/tickets/{}/", "/es/desk/cases/{}/", "/es/desk/held/{}/", "/es/desk/organizations/{}/",
                    "/es/plan/{}/notice/", "/es/people/{}/", "/es/desk/preview/{}/", "/es/desk/settings/hours/{}/",
                    "/es/desk/plans/{}/versions/new/", "/es/desk/mail/in/{}/"]  # fmt: skip
        for shape, values in [(shape, TOKENS) for shape in places] + [(shape, NUMBERS) for shape in numbered]:
            for value in values:
                wrong += look(cookies, shape.format(value), shape.format(str(value)[:30]))
    assert not wrong, "\n".join(wrong)
