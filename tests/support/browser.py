"""A real browser: Debian's Chromium, driven by playwright."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.parts import CHROMIUM, require

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Response

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]
DESK = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Chromium without a window, with a profile of its own that is removed at the end."""
    require("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """A page in a fresh context. A script that fails, a policy refused or a missing asset fails the test."""
    context = browser.new_context(
        viewport=DESK, locale="es-NI", timezone_id="America/Managua", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.extend(_complaint(message)))
    page.on("response", lambda response: errors.extend(_missing_asset(response)))
    yield page
    context.close()
    assert not errors, errors


def _complaint(message: "ConsoleMessage") -> list[str]:
    """Console errors, without the browser's own line about an answer that a test may want (404, 422)."""
    if message.type != "error" or message.text.startswith("Failed to load resource"):
        return []
    return [message.text]


def _missing_asset(response: "Response") -> list[str]:
    kind = response.request.resource_type
    if response.status < 400 or kind not in {"script", "stylesheet", "font", "image"}:
        return []
    return [] if response.url.endswith("/favicon.ico") else [f"{response.status} for {kind} {response.url}"]


@pytest.fixture
def sign_in(page: "Page") -> Callable[[Any, str], "Page"]:
    """Call it with a user and the address of the server; gives the page, signed in without a form."""
    from django.conf import settings
    from django.test import Client

    def as_user(user: Any, url: str) -> "Page":
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
        return page

    return as_user
