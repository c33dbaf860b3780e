"""Every form there is × values that no person types: a clear answer, no error, nothing half written, the text kept."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils.html import escape

from tests.access.routes import routes
from tests.access.table import TABLE
from tests.access.test_matrix import address, browser_of
from tests.access.world import ROLES, build
from tests.access.writes import rows_written
from tests.attacks.forms_in_pages import forms_in

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
HUGE = str(2**70)
TEXTS = ("", "x\0y", "\u202e<script>alert(1)</script>😀\r\nBcc: a@b.test", HUGE, "-1", "9" * 120_001)
DAYS = ("0001-01-01", "9999-12-31", "2026-02-30", "\0")
CHOICES = ("", "\0", HUGE, "-1", "x")
SIGNING = ("account_", "mfa_")  # allauth's own, tested by their authors
pytestmark = pytest.mark.django_db


def poisons(form, name):
    """All of them on the stricter database; on SQLite what it takes amiss: nothing, and numbers without end."""
    if "date" in form.typed.get(name, ""):
        return DAYS
    if connection.vendor == "sqlite":
        return ("", HUGE)
    return TEXTS if name in form.typed else CHOICES


def filled(form):
    """What a person would send: every empty text field says its own name."""
    usual = {"date": "", "datetime-local": "", "email": "alguien@ejemplo.test", "number": "1"}
    values = dict(form.values)
    for name, kind in form.typed.items():
        values[name] = values[name] or usual.get(kind, f"Marca-{name}")
    return values


def pages(role):
    """(key, address) of what this role may open."""
    at = ROLES.index(role)
    for route in routes():
        if TABLE[route.key][0][at] == "O" and not route.key.startswith((*SIGNING, "api:")):
            yield route


@pytest.mark.parametrize("role", ["manager", "owner"])
def test_every_form_answers_what_nobody_types(role):
    wrong, sent, seen = [], 0, set()
    with time_machine.travel(NOW, tick=False):
        world = build(NOW)
        cookies = browser_of(world.people[role])
        for route in pages(role):
            url = address(world, route)
            page = browser(cookies).get(url)
            if page.streaming or "html" not in page.get("Content-Type", ""):
                continue
            for form in forms_in(page.content.decode(), url):
                mark = (form.action.partition("?")[0], tuple(sorted(form.values)))
                if form.method != "post" or mark in seen:
                    continue
                seen.add(mark)
                for name in form.values:
                    for poison in poisons(form, name):
                        sent += 1
                        wrong += attack(cookies, form, name, poison)
    assert not wrong, "\n".join(wrong)
    assert sent > 100


def browser(cookies):
    client = Client(raise_request_exception=False)
    for cookie in cookies.items():
        client.cookies.load(dict([cookie]))
    return client


def attack(cookies, form, name, poison):
    """What is wrong with the answer."""
    values = filled(form) | {name: poison}
    cache.clear()
    with transaction.atomic():
        before = rows_written()
        response = browser(cookies).post(form.action, values)
        wrote = rows_written() - before
        transaction.set_rollback(True)
    said = f"{form.action} {name}={poison[:20]!r}"
    if response.status_code >= 500:
        yield f"{said}: {response.status_code}"
    if response.status_code == 422:
        if wrote:
            yield f"{said}: refused, and wrote {wrote} rows"
        text = response.content.decode()
        for field in form.typed:
            kept = escape(values[field])
            if field != name and form.typed[field] in ("text", "textarea") and kept not in text:
                yield f"{said}: what was typed in {field} is lost"
