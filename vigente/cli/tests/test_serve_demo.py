"""The first command of the README, from an empty folder to a second start."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.environment import ROOT
from tests.support.live import LiveVigente

ROLES = [
    "customer", "manager", "agent", "supervisor", "owner", "manager_exhausted", "manager_uncovered", "manager_unpaid",
]  # fmt: skip

pytestmark = pytest.mark.once


def test_a_demonstration_prints_its_logins_and_survives_a_restart(
    start_vigente: Callable[..., LiveVigente], tmp_path: Path
) -> None:
    data = {"VIGENTE_DATA": str(tmp_path / "data")}
    database = f"sqlite:///{tmp_path}/data/vigente.sqlite3"
    first = start_vigente(database, "--demo", "--port=0", **data).wait_until_ready(180)
    shown = demo(data | {"DATABASE_URL": database})
    assert shown["base_url"] == first.url
    assert printed_logins(first) == [
        [login["role"], login["email"], login["password"]] for login in shown["logins"]
    ]
    assert [login["role"] for login in shown["logins"]] == ROLES
    started = time.monotonic()
    assert first.stop() == 0
    assert time.monotonic() - started < 5

    second = start_vigente(database, "--demo", "--port=0", **data).wait_until_ready(30)
    assert printed_logins(second) == printed_logins(first)
    assert demo(data | {"DATABASE_URL": database}) == shown | {"base_url": second.url}
    assert second.stop() == 0


def demo(environment: dict[str, str]) -> dict[str, Any]:
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "vigente", "demo", "--json"],
        env=os.environ | environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    return json.loads(ended.stdout)


def printed_logins(live: LiveVigente) -> list[list[str]]:
    words = [line.split() for line in live.output().splitlines()]
    return [line for line in words if line and line[0] in ROLES]
