"""The pytest plugin: loaded before Django's settings, it readies them for tests and brings the fixtures.

A full run (`bin/test`) goes over the tests twice. The second time, on PostgreSQL, `--repeat` leaves out what says
nothing about a database: pure rules, doctests, pages in the browser. See `uses_database`.
"""

from datetime import UTC, datetime

import pytest

from tests.support import environment

DATA = environment.isolate()

pytest_plugins = (
    "tests.support.live",
    "tests.support.dovecot",
    "tests.support.smtp",
    "tests.support.browser",
)

DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_setup",
    "live_server",
    "new_database",
    "live_vigente",
}
ONE_DATABASE_FIXTURES = {"browser", "page"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--repeat", action="store_true", help="Only what says something about another database.")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    # Quick hashes that the real settings can still check, so that a live server lets the same people in.
    settings.PASSWORD_HASHERS = ["tests.support.hashers.QuickHasher", *settings.PASSWORD_HASHERS]
    # A page that asks the database the same thing once per row fails its test.
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "zeal"]
    settings.MIDDLEWARE = ["zeal.middleware.zeal_middleware", *settings.MIDDLEWARE]
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file, as in real life: other threads and processes see it, and it locks as it will.
        database.setdefault("TEST", {})["NAME"] = str(DATA / "test.sqlite3")


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    from tests.support.databases import lift_guards_while_emptying

    lift_guards_while_emptying()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    from django.db import connection

    kept = [item for item in items if _belongs(item, connection.vendor, repeat=config.getoption("--repeat"))]
    left_out = [item for item in items if item not in set(kept)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def _belongs(item: pytest.Item, vendor: str, *, repeat: bool) -> bool:
    only = {name for marker in item.iter_markers("only") for name in marker.args}
    if only and vendor not in only:
        return False
    return not repeat or bool(only) or uses_database(item)


def uses_database(item: pytest.Item) -> bool:
    """Whether a test says something about the database: by its marker or fixtures, unless it says otherwise."""
    from django.test import TransactionTestCase

    if item.get_closest_marker("once"):
        return False
    if item.get_closest_marker("both"):
        return True
    fixtures = set(getattr(item, "fixturenames", ()))
    if fixtures & ONE_DATABASE_FIXTURES:
        return False
    case = getattr(item, "cls", None)
    return bool(
        item.get_closest_marker("django_db")
        or fixtures & DATABASE_FIXTURES
        or (case and issubclass(case, TransactionTestCase))
    )


@pytest.fixture
def now() -> datetime:
    """The instant at which tests happen unless they travel: a Tuesday morning in Central America."""
    return datetime(2026, 3, 10, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_words_at_hand() -> None:
    """What the last test's owner called things is nothing to this one."""
    from vigente.installation.labels import take

    take(None)
