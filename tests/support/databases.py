"""Databases for tests that start Vigente as a process, and how a guarded database is emptied between tests."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.support.environment import ROOT

_numbers = count(1)


def url_of(settings: dict[str, Any]) -> str:
    """The DATABASE_URL of a Django connection's settings."""
    if settings["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{settings['NAME']}"
    return f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"


def lift_guards_while_emptying() -> None:
    """Let SQLite empty the tables after a transactional test although triggers refuse to delete ledger entries.

    PostgreSQL empties with TRUNCATE, which row triggers do not see.
    """
    from django.db import connection

    from vigente.accounts.guards import AUDIT
    from vigente.billing.guards import CASES, MONEY, drop_sql, guard_sql

    if connection.vendor != "sqlite":
        return
    operations = type(connection.ops)
    flush = operations.sql_flush
    guards = (*CASES, *MONEY, *AUDIT)

    def sql_flush(self: Any, *args: Any, **options: Any) -> list[str]:
        statements = flush(self, *args, **options)
        return (
            [*drop_sql("sqlite", guards), *statements, *guard_sql("sqlite", guards)]
            if statements
            else statements
        )

    operations.sql_flush = sql_flush


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """The DATABASE_URL of an empty, migrated database to copy. Nobody else may write to it."""
    url = _create(tmp_path_factory.mktemp("migrated"), f"migrated_{worker_id}", template=None)
    subprocess.run(
        [sys.executable, "-P", "-m", "vigente", "manage", "migrate", "--verbosity=0"],
        env=_environment(url),
        check=True,
    )
    yield url
    _drop(url)


@pytest.fixture
def new_database(migrated_database: str, tmp_path: Path, worker_id: str) -> Iterator[Callable[[], str]]:
    """Call it for the DATABASE_URL of a fresh, migrated database, apart from the one of the test itself."""
    made: list[str] = []

    def create() -> str:
        made.append(_create(tmp_path, f"test_new_{worker_id}_{next(_numbers)}", template=migrated_database))
        return made[-1]

    yield create
    for url in made:
        _drop(url)


def _environment(url: str) -> dict[str, str]:
    import os

    return os.environ | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT)}


def _create(folder: Path, name: str, template: str | None) -> str:
    from django.db import connection

    if connection.vendor == "sqlite":
        path = folder / f"{name}.sqlite3"
        if template:
            shutil.copyfile(template.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"
    copy = f' TEMPLATE "{_name(template)}"' if template else ""
    _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _administer(f'CREATE DATABASE "{name}"{copy}')
    return url_of(connection.settings_dict | {"NAME": name})


def _drop(url: str) -> None:
    if url.startswith("postgres"):
        _administer(f'DROP DATABASE IF EXISTS "{_name(url)}" WITH (FORCE)')


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _administer(statement: str) -> None:
    import psycopg
    from django.db import connection

    with psycopg.connect(url_of(connection.settings_dict | {"NAME": "postgres"}), autocommit=True) as admin:
        admin.execute(statement)  # type: ignore[call-overload]
