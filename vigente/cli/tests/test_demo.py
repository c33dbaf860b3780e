"""`vigente demo` and `vigente clock` as scripts meet them: on a real vendor's database, and on a demonstration."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.support.environment import ROOT
from tests.support.live import LiveVigente
from vigente.cli.clock import parse_span
from vigente.cli.output import Refusal

pytestmark = pytest.mark.once
New = Callable[[], str]
LOGINS = [
    "customer",
    "manager",
    "agent",
    "supervisor",
    "owner",
    "manager_exhausted",
    "manager_uncovered",
    "manager_unpaid",
]


def run(database: str, *words: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "vigente", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"DATABASE_URL": database, "PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == code, ended.stderr
    return ended


def test_a_real_vendors_clock_is_shown_and_stands(new_database: New) -> None:
    database = new_database()
    assert json.loads(run(database, "clock", "--json").stdout)["is_demo"] is False
    for words in (["advance", "31d"], ["to", "2099-02-28T23:59:59"]):
        refused = run(database, "clock", *words, code=2)
        assert refused.stdout == ""
        assert "real vendor" in refused.stderr


def test_a_real_vendors_database_prints_no_demonstration(new_database: New) -> None:
    refused = run(new_database(), "demo", "--json", code=2)
    assert refused.stdout == ""
    assert "vigente serve --demo" in refused.stderr


def test_a_demonstration_prints_what_it_promises_and_its_clock_moves(
    new_database: New, start_vigente: Callable[..., LiveVigente]
) -> None:
    database = new_database()
    live = start_vigente(database, "--demo", "--port=0", "--role=web").wait_until_ready()
    shown = json.loads(run(database, "demo", "--json").stdout)
    assert list(shown) == ["base_url", "logins", "tokens", "licences"]
    assert shown["base_url"] == live.url
    assert [login["role"] for login in shown["logins"]] == LOGINS
    assert all(set(login) == {"role", "email", "password"} for login in shown["logins"])
    assert list(shown["tokens"]) == [*LOGINS[:5], "product"]
    assert list(shown["licences"]) == ["covered", "uncovered", "exhausted", "legacy", "cloud_web"]
    assert len({*shown["tokens"].values(), *shown["licences"].values()}) == 11
    for login in shown["logins"]:
        assert login["email"] in live.output()
    assert live.stop() == 0
    again = start_vigente(database, "--demo", "--port=0", "--role=web").wait_until_ready()
    assert {**json.loads(run(database, "demo", "--json").stdout), "base_url": ""} == {**shown, "base_url": ""}
    assert again.stop() == 0
    _moves(database)


def _moves(database: str) -> None:
    before = json.loads(run(database, "clock", "--json").stdout)
    assert before["is_demo"]
    assert before["offset_seconds"] == 0
    moved = json.loads(run(database, "clock", "advance", "9d", "--json").stdout)
    assert timedelta(days=9) <= datetime.fromisoformat(moved["now"]) - datetime.fromisoformat(before["now"])
    assert moved["done"]["roll_over_subscriptions"] > 0
    assert moved["done"]["payments"] > 0
    assert "forward only" in run(database, "clock", "to", "2020-01-01T00:00:00", code=2).stderr


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("31d", timedelta(days=31)),
        ("2w", timedelta(weeks=2)),
        ("1d12h", timedelta(hours=36)),
        ("90m", timedelta(minutes=90)),
    ],
)
def test_a_span_is_written_in_weeks_days_hours_minutes(text: str, span: timedelta) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize("text", ["", "31", "d", "-3d", "3x", "1.5d", "3 d"])
def test_any_other_span_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        parse_span(text)
