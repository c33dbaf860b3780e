"""The linter guards what rules may not do. (That bands import only downwards is a step of its own in bin/test.)"""

import subprocess
import sys

import pytest

from tests.support.environment import ROOT


def complaints(source: str, path: str) -> str:
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise"]
    command += ["--stdin-filename", path, "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, cwd=ROOT).stdout


@pytest.mark.parametrize("call", ["datetime.now(UTC)", "datetime.today()", "date.today()"])
def test_rules_read_no_clock(call: str) -> None:
    source = f"from datetime import UTC, date, datetime\n\nprint(UTC, date, datetime, {call})\n"
    assert "TID251" in complaints(source, "vigente/rules/planted.py")


def test_a_datetime_without_a_zone_is_reported_everywhere() -> None:
    source = "from datetime import datetime\n\nprint(datetime(2026, 1, 31))\n"
    assert "DTZ001" in complaints(source, "vigente/tickets/planted.py")
    assert "DTZ001" in complaints(source, "vigente/rules/planted.py")
