"""What every benchmark needs: a fresh database of either kind, measurements, limits, a table and JSON."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 7, 10, 15, tzinfo=UTC)
DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Result:
    """A figure and the limit it must keep. `at_least`: the limit is a floor, else a ceiling."""

    name: str
    figure: float
    limit: float
    at_least: bool
    details: str

    @property
    def kept(self) -> bool:
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit


def main(name: str, bench: Callable[[], list[Result]]) -> int:
    """Run `bench` on each database in a process of its own; exit code 1 if a limit is missed."""
    parser = argparse.ArgumentParser(prog=f"python -m bench.{name}")
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    parser.add_argument(
        "--json", action="store_true", help="JSON on standard output, the table on standard error"
    )
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        print(json.dumps([asdict(result) for result in bench()]))
        return 0
    kinds = DATABASES if options.database == "both" else (options.database,)
    found = [(kind, result) for kind in kinds for result in _run_apart(name, kind)]
    table(found, sys.stderr if options.json else sys.stdout)
    if options.json:
        rows = [{"database": kind, **asdict(result), "kept": result.kept} for kind, result in found]
        print(json.dumps({"bench": name, "results": rows}, indent=2))
    return 0 if all(result.kept for _, result in found) else 1


def _run_apart(name: str, kind: str) -> list[Result]:
    with _database(kind) as url, tempfile.TemporaryDirectory() as data:
        environment = os.environ | {"DATABASE_URL": url, "VIGENTE_DATA": data, "PYTHONPATH": str(ROOT)}
        run = [sys.executable, "-m", f"bench.{name}", "--here"]
        done = subprocess.run(run, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return [Result(**row) for row in json.loads(done.stdout.splitlines()[-1])]


@contextmanager
def _database(kind: str) -> Iterator[str]:
    """A SQLite file with its durability as in production, or a private PostgreSQL server."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="vigente-bench-") as folder:
            yield f"sqlite:///{folder}/bench.sqlite3"
        return
    from tests.support.postgresql import server

    with server() as url:
        yield url


def set_up() -> None:
    """Django, and an empty database brought up to date."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "vigente.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def milliseconds(act: Callable[[], object]) -> float:
    """How long one call takes, by the wall clock."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def median(act: Callable[[], object], times: int) -> float:
    """The median of `times` calls in milliseconds, after a warm-up."""
    act()
    return statistics.median(milliseconds(act) for _ in range(times))


def table(found: list[tuple[str, Result]], out: object) -> None:
    """What was measured, for people."""
    for kind, result in found:
        sign = "≥" if result.at_least else "≤"
        mark = "ok    " if result.kept else "MISSED"
        print(
            f"{mark} {kind:<11}{result.name:<46}{result.figure:7.2f} {sign} {result.limit}  {result.details}",
            file=out,
        )
