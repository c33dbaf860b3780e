"""Every list of the workspace and of the portal asks the database the same for one row as for thirty."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.access.routes import routes
from tests.access.world import arguments, build
from vigente.factories import make_customer, make_user
from vigente.rules.conditions import ALWAYS
from vigente.tickets.services import canned, conversation, views
from vigente.tickets.services.structure import add_tag

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
MORE = 30
READERS = {"workspace": "owner", "portal": "manager"}
pytestmark = pytest.mark.django_db
# The lists one has open all day, exactly. What the session, the person and the navigation ask is in it.
EXPECTED = {
    "workspace:queue": 18,  # four of them the list, seven the glance at the case on top
    "workspace:held": 6,
    "workspace:organizations": 7,
    "workspace:saved_views": 6,
    "workspace:responses": 6,
    "workspace:bulk_list": 6,
    "workspace:invoices": 6,
    "workspace:mail": 6,
    "portal:tickets": 9,
    "portal:invoices": 12,
    "portal:people": 9,
}


def grow(world, *, now):
    """Thirty more of what lists hold: customers with a case, a held request, texts, lists and words of the team."""
    owner, shop = world.people["owner"], world.shop
    shop.organization.draw_by = "anyone"
    shop.organization.save()
    for number in range(MORE):
        other = make_customer(f"Otra {number}", now=now, version=shop.version)
        other.ticket(now + timedelta(seconds=number), subject="más")
        make_customer(f"Sin plan {number}", now=now, plan=False).held(now, subject="más")
        make_user(f"Persona {number}", role="agent")
        add_tag(names={"es": f"Etiqueta {number}"})
        if number < 5:  # of its cases of the month
            shop.ticket(now, user=shop.manager, subject="más")
        conversation.add_note(ticket=world.case, author=owner, text="más", now=now)
        canned.save_response(response=None, title=f"T{number}", texts={"es": "x"}, tags=[], sharing="all",
                             department=None, actor=owner, now=now)  # fmt: skip
        views.save_view(view=None, name=f"V{number}", sharing="all", department=None, search="", condition=ALWAYS,
                        order="newest", is_default=False, actor=owner, now=now)  # fmt: skip


def asked(client, url):
    """How many queries a page asks; None for what is no page."""
    cache.clear()
    with CaptureQueriesContext(connection) as seen:
        response = client.get(url)
    if response.status_code != 200 or "html" not in response.get("Content-Type", ""):
        return None
    return sum("SAVEPOINT" not in query["sql"] for query in seen)


def measure(world, clients):
    found = {}
    for route in routes():
        surface = route.key.partition(":")[0]
        if surface in clients and (not route.arguments or route.key in ("workspace:case/", "portal:ticket/")):
            url = reverse(route.key.rstrip("/"), args=arguments(world, route.key, route.arguments))
            found[route.key] = asked(clients[surface], url)
    return {key: count for key, count in found.items() if count is not None}


def test_a_list_asks_the_same_of_one_row_as_of_thirty():
    with time_machine.travel(NOW, tick=False):
        world = build(NOW - timedelta(minutes=5))
        clients = {surface: Client() for surface in READERS}
        for surface, role in READERS.items():
            clients[surface].force_login(world.people[role])
        measure(world, clients)  # what is asked once per process is known
        few = measure(world, clients)
        grow(world, now=NOW - timedelta(minutes=4))
        many = measure(world, clients)
    assert {key: (few[key], count) for key, count in many.items() if count > few[key]} == {}
    one_trip_less = {"workspace:queue"} if connection.vendor == "postgresql" else set()
    assert {key: few[key] + (key in one_trip_less) for key in EXPECTED} == EXPECTED
    assert few.keys() == many.keys()
