"""Every address of the workspace that an owner can write through leaves a trace in the audit log, and says from where.

Each form is filled in and sent as a browser would; what has no form is sent as a button. Whatever was written without
a trace is named.
"""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tests.access.routes import routes
from tests.access.test_matrix import POSTED, address, browser_of
from tests.access.world import build
from tests.access.writes import rows_written
from tests.attacks.forms_in_pages import forms_in
from vigente.accounts.models import Role
from vigente.events.trail import Asked, trail
from vigente.factories import make_user
from vigente.installation.models import Installation

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
FILLED = {
    "email": "nueva@clavo.example", "number": "3", "date": "2026-07-20", "datetime-local": "2026-07-20T10:00",
    "url": "https://otro.example/x", "tel": "8888 8888",
}  # fmt: skip
GIVEN = {"amount": "10", "price": "10", "reason": "porque sí", "code": "nuevo"}
pytestmark = pytest.mark.django_db


def filled(form):
    """What a browser would send, with something in every field that is empty."""
    for name, kind in form.typed.items():
        form.values[name] = form.values[name].strip() or GIVEN.get(name, FILLED.get(kind, "Texto nuevo"))
    return form.values


def bodies(client, url):
    """What can be sent to this address: its form filled in, and a button's few words."""
    page = client.get(url)
    is_page = page.status_code == 200 and page["Content-Type"].startswith("text/html")
    found = forms_in(page.content.decode(), url) if is_page else []
    return [filled(form) for form in found if form.action == url and form.method == "post"] or [POSTED]


def send(client, url, body):
    """Whether it was taken, what it wrote and what it left in the log; all of it taken back."""
    cache.clear()
    with transaction.atomic():
        before = rows_written()
        response = client.post(url, body, REMOTE_ADDR="203.0.113.7")
        wrote = rows_written() - before
        traces, _more = trail(client.owner, Asked(since=NOW, until=NOW + timedelta(seconds=1)))
        left = [trace for trace in traces if trace.address == "203.0.113.7"]
        client.last = response
        transaction.set_rollback(True)
    return response.status_code < 400 and wrote > 1, left  # 1: the session's sentence for the next page


def refused(c):
    return c.last.status_code in (422, 500)


def test_whatever_an_owner_writes_in_the_workspace_leaves_a_trace():
    silent, heard = [], 0
    with time_machine.travel(NOW - timedelta(hours=1), tick=False):
        world = build(NOW - timedelta(hours=1))
    with time_machine.travel(NOW, tick=False):
        client = Client()
        client.owner = world.people["owner"]
        for cookie in browser_of(client.owner).items():
            client.cookies.load(dict([cookie]))
        for route in routes():
            if not route.key.startswith("workspace:"):
                continue
            url = address(world, route)
            for body in bodies(client, url):
                wrote, left = send(client, url, body)
                heard += bool(wrote and left)
                if refused(client):
                    print("REFUSED", route.key, body)
                own = [trace for trace in left if (trace.actor, trace.channel) == (client.owner, "workspace")]
                if wrote and not own:
                    silent.append(f"{route.key}: {[trace.kind for trace in left]}")
    assert not silent, "\n".join(silent)
    assert heard > 40


@pytest.fixture
def owner():
    return make_user("Óscar", role=Role.OWNER)


def test_a_list_taken_away_as_a_file_is_written_down(owner):
    client = Client()
    client.force_login(owner)
    with time_machine.travel(NOW, tick=False):
        client.get("/es/desk/organizations/?format=csv&q=clavo", REMOTE_ADDR="2001:db8::7")
        client.get("/es/desk/organizations/?q=clavo")
    (trace,) = trail(owner, Asked(kind="page"))[0]
    assert (trace.kind, trace.subject, trace.data) == (
        "page.exported", "page:organizations", {"asked": {"q": "clavo"}},
    )  # fmt: skip
    assert (trace.actor, trace.address, trace.channel, trace.at) == (owner, "2001:db8::7", "workspace", NOW)


def test_what_a_form_changed_is_kept_as_it_was_and_as_it_is(owner):
    Installation.objects.create(id=1, vendor_name="Antes", support_email="a@vendedor.test")
    client = Client()
    client.force_login(owner)
    sent = {"vendor_name": "Después", "support_email": "a@vendedor.test"}
    assert client.post("/es/desk/settings/vendor/", sent).status_code == 302
    (trace,) = trail(owner, Asked(kind="page"))[0]
    assert (trace.before, trace.after) == ({"vendor_name": "Antes"}, {"vendor_name": "Después"})
    assert trace.subject == "page:settings/vendor"


def test_what_was_refused_leaves_nothing(owner):
    client = Client()
    client.force_login(owner)
    assert client.post("/es/desk/settings/vendor/", {"vendor_name": ""}).status_code == 422
    assert trail(owner, Asked(kind="page"))[0] == []
