"""Vigente itself as a process tree: `vigente serve`, to talk to over HTTP, to kill, to start again."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.databases import migrated_database, new_database, url_of  # noqa: F401 - fixtures
from tests.support.environment import ROOT

READY = re.compile(r"Vigente is ready at (\S+)")


@dataclass
class LiveVigente:
    """A running `vigente serve`. Everything it prints goes to `log`."""

    process: subprocess.Popen[bytes]
    log: Path
    database_url: str
    url: str = ""

    def output(self) -> str:
        return self.log.read_text()

    def pids(self, word: str = "") -> list[int]:
        """Its processes that are alive, youngest last; with `word` (`web-process`) only those of that command."""
        found = _descendants(self.process.pid)
        return [pid for pid in found if word in _command(pid)]

    def kill(self, word: str) -> list[int]:
        """Kill its `web-process` or `worker-process` outright, as a power cut would. Gives the ids."""
        pids = self.pids(word)
        for pid in pids:
            _signal(pid, signal.SIGKILL)
        return pids

    def kill_all(self) -> None:
        """Kill the supervisor outright; the others must follow by themselves."""
        self.process.kill()
        self.process.wait(timeout=10)

    def stop(self) -> int:
        """Ask it to stop, as Ctrl-C does. Gives its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=15)

    def wait_until_ready(self, seconds: float = 60) -> "LiveVigente":
        deadline = time.monotonic() + seconds
        while not (ready := READY.search(self.output())):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"vigente serve is not ready:\n{self.output()}")
            time.sleep(0.02)
        self.url = ready[1]
        return self


@pytest.fixture
def start_vigente(tmp_path: Path) -> Iterator[Callable[..., LiveVigente]]:
    """Call it with a DATABASE_URL and words for `vigente serve`; it does not wait. Killed at the end, if left."""
    started: list[LiveVigente] = []

    def start(database_url: str, *words: str, **environment: str) -> LiveVigente:
        log = tmp_path / f"serve-{len(started)}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig=TERM", sys.executable, "-P", "-m", "vigente", "serve", *words],
                env=os.environ | {"DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)} | environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.append(LiveVigente(process, log, database_url))
        return started[-1]

    yield start
    for live in started:
        if live.process.poll() is None:
            live.kill_all()


@pytest.fixture
def live_vigente(start_vigente: Callable[..., LiveVigente]) -> Callable[..., LiveVigente]:
    """Call it for a running, ready Vigente on a free port.

    `database_url` defaults to the test's own database: ask for `transactional_db` too, so that it sees your rows.
    `role` is web, worker or all.
    """

    def start(
        database_url: str | None = None, role: str = "web", *words: str, **environment: str
    ) -> LiveVigente:
        from django.db import connection

        url = database_url or url_of(connection.settings_dict)
        return start_vigente(url, "--port=0", f"--role={role}", *words, **environment).wait_until_ready()

    return start


def _descendants(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop(0)
        found.append(parent)
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        except OSError:
            children = []
        waiting += map(int, children)
    return [found_pid for found_pid in found if _command(found_pid)]


def _command(pid: int) -> str:
    """Its command line; empty once it is dead, also if nobody has buried it yet."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
