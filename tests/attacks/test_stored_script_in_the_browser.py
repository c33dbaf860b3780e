"""The same attacks in a real browser: nothing runs, nothing is fetched from elsewhere, nothing covers the page.

And with the sanitiser off, as if it had failed: the policy of the pages alone must hold, as far as a policy can (it
cannot keep a `meta` from leading to another page).
"""

from datetime import UTC, datetime

import pytest

from tests.attacks.hostile_world import HTML, build_hostile

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
ALARM = """() => {
    window.attacked = [];
    for (const name of ["alert", "prompt", "confirm"]) window[name] = (text) => window.attacked.push(name + text);
    document.addEventListener("securitypolicyviolation", (event) =>
        window.attacked.push("policy: " + event.violatedDirective + " " + event.blockedURI));
}"""
COVERED = """() => [...document.querySelectorAll("main *")].filter((one) => getComputedStyle(one).position === "fixed"
    && one.getBoundingClientRect().width >= innerWidth && !one.closest("dialog")).map((one) => one.outerHTML)"""


@pytest.fixture
def world(transactional_db):
    return build_hostile(datetime.now(UTC))


def portal(world):
    held = world.objects["held"]
    return ["", "ask/", "tickets/?status=all", f"tickets/{world.case.number}/", f"held/{held}/", "plan/", "plans/",
            "plan/statement/?months=all", "people/", "profile/", "tickets/?status=all&q=xss"]  # fmt: skip


def desk(world):
    number, organization = world.case.number, world.shop.organization.pk
    return [f"desk/{path}" for path in (
        "queue/all/", f"cases/{number}/?all", f"cases/{number}/split/", f"cases/{number}/work/", "organizations/",
        f"organizations/{organization}/", f"held/{world.rows['held']}/", "held/", f"open/{organization}/", "plans/",
        "rules/", "overview/", "mail/", f"mail/in/{world.rows['inbound']}/", f"mail/out/{world.rows['outbound']}/",
        "settings/words/departments/", "settings/words/statuses/", "settings/staff/", "search/?q=xss",
    )]  # fmt: skip


@pytest.mark.parametrize(("role", "paths"), [("manager", portal), ("owner", desk)])
def test_nothing_that_was_written_runs(role, paths, world, live_server, page, sign_in):
    """The page fixture fails on any script error and on whatever the policy had to refuse."""
    page.add_init_script(f"({ALARM})()")
    elsewhere = []
    page.on("request", lambda request: elsewhere.append(request.url) if "evil" in request.url else None)
    sign_in(world.people[role], live_server.url)
    for path in paths(world):
        response = page.goto(f"{live_server.url}/es/{path}")
        assert response.status == 200, path
        assert page.evaluate("window.attacked") == [], path
        assert page.evaluate(COVERED) == [], path
        assert page.title().strip(), path
        assert not elsewhere


def test_with_the_sanitiser_off_the_policy_alone_runs_nothing(world, live_server, browser, monkeypatch):
    for module in ("vigente.portal.case", "vigente.portal.views.held", "vigente.workspace.views.case",
                   "vigente.workspace.views.held"):  # fmt: skip
        monkeypatch.setattr(f"{module}.clean_html", lambda html, **more: HTML.replace("<meta", "<p"))
    context = browser.new_context()
    page = context.new_page()
    dialogs, elsewhere = [], []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("response", lambda response: elsewhere.append(response.url) if "evil" in response.url else None)
    for role, path in (
        ("manager", f"tickets/{world.case.number}/"),
        ("manager", f"held/{world.objects['held']}/"),
        ("owner", f"desk/cases/{world.case.number}/"),
        ("owner", f"desk/held/{world.rows['held']}/"),
    ):
        _sign_in(context, world.people[role], live_server.url)
        page.goto(f"{live_server.url}/es/{path}")
        page.wait_for_timeout(150)
        assert "evil" not in page.url
        assert page.locator("xss-tag").count()  # the attack is really there
    context.close()
    assert not dialogs
    assert not elsewhere


def _sign_in(context, user, url):
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.clear_cookies()
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
