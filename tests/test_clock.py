"""The clock is read in one function, and that function is called in three places: requests, worker, commands."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.environment import ROOT

READERS = {"now", "utcnow", "today"}
MAY_READ = {
    "vigente/installation/clock.py",
    "vigente/accounts/models/people.py",  # allauth makes users without an instant
}
MAY_ASK = ("vigente/installation/", "vigente/worker/", "vigente/cli/")


def test_only_the_vendor_clock_reads_the_time_of_day() -> None:
    found = {f"{path}:{call.lineno}" for path, call in calls() if _reads_clock(call) and path not in MAY_READ}
    assert not found


def test_only_requests_worker_and_commands_ask_the_vendor_clock() -> None:
    asked = {path for path, call in calls() if _name(call.func) == "vendor_now"}
    assert not {path for path in asked if not path.startswith(MAY_ASK)}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted((ROOT / "vigente").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if "/tests/" in name or "/migrations/" in name:
            continue
        for node in ast.walk(ast.parse(Path(path).read_text())):
            if isinstance(node, ast.Call):
                yield name, node


def _reads_clock(call: ast.Call) -> bool:
    """`datetime.now()`, `timezone.now()`, `date.today()`, however they were imported."""
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr in READERS
        and _name(call.func.value) in {"datetime", "date", "timezone"}
    )


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
