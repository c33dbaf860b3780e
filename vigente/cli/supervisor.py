"""One process tree: starts the children, starts them again when they die, and takes them along when it stops.

Each child leads its own session, so that Ctrl-C reaches only the supervisor, which then stops them in order.
A supervisor killed outright takes its children along too: see `lifeline`.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

from vigente.cli.lifeline import PARENT

BACKOFF_SECONDS = (0.2, 1, 2, 4, 8, 16, 30)
STEADY_SECONDS = 30  # a child that lived this long starts again without delay
STOP_SECONDS = 3.5  # what children have to finish what they are doing
TRIES_BEFORE_READY = 3


class CannotStart(Exception):
    """A child died again and again before the tree was ever ready."""


@dataclass
class Child:
    """A process to keep running. `start_at` is when it may next be started, on the monotonic clock."""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    failures: int = 0

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "vigente", *self.arguments],
            env=os.environ | {PARENT: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started_at = time.monotonic()

    def signal_group(self, number: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


@dataclass
class Supervisor:
    """Runs `children` until SIGINT, SIGTERM or SIGHUP. `tell` receives one line for each thing that went wrong."""

    children: list[Child]
    tell: Callable[[str], None]
    _stopping: int = field(default=0, init=False)

    def run(self, is_ready: Callable[[], bool], on_ready: Callable[[], None], patience: float = 60) -> None:
        """Start everything, call `on_ready` once `is_ready()`, and return when told to stop; then comes `stop`."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        os.set_blocking(reader, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        ready, deadline = False, time.monotonic() + patience
        while not self._stopping:
            self._keep_running(ready)
            if not ready and is_ready():
                ready = True
                on_ready()
            elif not ready and time.monotonic() > deadline:
                raise CannotStart(f"No answer after {patience:.0f} seconds.")
            self._sleep(reader, self._pause(ready))

    def stop(self) -> None:
        """Ask every child to stop, wait, then insist. A second Ctrl-C insists at once."""
        asked = self._stopping
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            child.signal(signal.SIGTERM)
        while any(child.process and child.process.poll() is None for child in self.children):
            if time.monotonic() > deadline or self._stopping > asked:
                break
            time.sleep(0.02)
        for child in self.children:
            child.signal_group(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping += 1

    def _sleep(self, reader: int, seconds: float) -> None:
        """Until a signal comes or the time is over."""
        if select.select([reader], [], [], seconds)[0]:
            with suppress(BlockingIOError):
                os.read(reader, 4096)

    def _pause(self, ready: bool) -> float:
        waits = [child.start_at - time.monotonic() for child in self.children if child.process is None]
        return max(0.0, min([*waits, 10 if ready else 0.05]))

    def _keep_running(self, ready: bool) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child, now, ready)
            if child.process is None and now >= child.start_at:
                child.start()

    def _bury(self, child: Child, now: float, ready: bool) -> None:
        assert child.process is not None
        child.signal_group(signal.SIGKILL)
        code = child.process.returncode
        child.process = None
        child.failures = 1 if now - child.started_at >= STEADY_SECONDS else child.failures + 1
        if not ready and child.failures >= TRIES_BEFORE_READY:
            raise CannotStart(f"The {child.name} process stopped {child.failures} times before it was ready.")
        delay = BACKOFF_SECONDS[min(child.failures, len(BACKOFF_SECONDS)) - 1]
        child.start_at = now + delay
        how = f"signal {-code}" if code < 0 else f"code {code}"
        self.tell(f"The {child.name} process stopped ({how}); starting it again in {delay:g} s.")
