"""Every address × everybody: who is let in, who is not, and that whoever is not has written nothing.

A new address fails until it has its line in `table.py`.
"""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.access.routes import routes
from tests.access.table import REFUSED, TABLE
from tests.access.world import ROLES, arguments, build
from tests.access.writes import rows_written

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
POSTED = {
    "answer": "yes", "body": "x", "text": "x", "key": "0123456789abcdef", "seen": "9", "work_type": "error",
    "subject": "x", "role": "manager", "may_draw": "on", "email": "x@y.example", "name": "x", "language": "es",
    "time_zone": "America/Managua",
}  # fmt: skip
pytestmark = pytest.mark.django_db


def address(world, route):
    if not route.key.startswith("api:"):
        return reverse(route.key.rstrip("/"), args=arguments(world, route.key, route.arguments))
    path = route.key.removeprefix("api:")
    stem = path.partition("/")[0].removesuffix("s")
    named = world.rows.get({"simulation": "trial"}.get(stem, stem), world.shop.organization.pk)
    for argument, value in {"number": world.case.number, "id": named}.items():
        path = path.replace(f"<{argument}>", str(value))
    return f"/api/v1/{path}" + (f"?licence={world.shop.licence.key}" if path == "coverage" else "")


def browser_of(user):
    """A cookie of somebody who signed in, or none."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return {name: morsel.value for name, morsel in client.cookies.items()}


def call(world, name, url, method, role, cookies):
    client = Client()
    if name.startswith("api:"):
        token = world.tokens[role]
        body = {"body": "b"} | (
            {"licence": world.shop.licence.key, "subject": "s"} if "<" not in name else {}
        )
        return client.generic(
            method, url, json.dumps(body) if method == "POST" else "", content_type="application/json",
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )  # fmt: skip
    for cookie in cookies.items():
        client.cookies.load(dict([cookie]))
    return client.post(url, POSTED) if method == "POST" else client.get(url)


def letter_of(name, response):
    where = getattr(response, "url", "") if response.status_code == 302 else ""
    if "/account/login/" in where:
        return "L"
    if where.startswith("/es/desk/") and not name.startswith("workspace:"):
        return "W"
    return {401: "U", 403: "F", 404: "N", 405: "M"}.get(response.status_code, "O")


def test_every_address_has_its_line_in_the_table():
    assert {route.key for route in routes()} == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_who_gets_what_from_which_address(role):
    wrong = []
    with time_machine.travel(NOW, tick=False):
        world = build(NOW)
        cookies = browser_of(world.people[role])
        for route in routes():
            name, url = route.key, address(world, route)
            for method, expected in zip(("GET", "POST"), TABLE[name], strict=True):
                cache.clear()
                with transaction.atomic():
                    before = rows_written()
                    response = call(world, name, url, method, role, cookies)
                    wrote = rows_written() - before
                    transaction.set_rollback(True)
                letter, meant = letter_of(name, response), expected[ROLES.index(role)]
                # allauth opens a session for somebody signed out, to go on after they have signed in
                wrote -= name.startswith("mfa_") and wrote == 1
                if response.status_code >= 500 or letter != meant or (letter in REFUSED and wrote):
                    wrong.append(
                        f"{method} {name}: {response.status_code} {letter}, meant {meant}; wrote {wrote}"
                    )
    assert not wrong, "\n".join(wrong)
