"""Parse a mail where it can do no harm: in a child process with limits on memory, processor and time.

One child per process is kept for the next mail and replaced when it dies, is killed, or has had enough. Whatever goes
wrong is an `Unreadable`, which the caller turns into quarantine. Safe with threads (one at a time) and across forks.
"""

import atexit
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

from vigente.mail.limits import MAX_BYTES, MAX_SECONDS
from vigente.mail.parsed import ParsedMail, from_wire
from vigente.mail.parsing import Unreadable

_LENGTH = struct.Struct(">Q")
_ROOT = str(Path(__file__).resolve().parents[2])
_START = f"import sys; sys.path.insert(0, {_ROOT!r}); from vigente.mail.parse_child import main; main()"
# What comes back: the texts in both forms, and attachments no larger than the mail.
_MAX_ANSWER = 64 * 1024 * 1024


class Sandbox:
    """A parser in a child process."""

    def __init__(self, *, seconds: float = MAX_SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._owner = 0

    def parse(self, raw: bytes) -> ParsedMail:
        """What the mail says, within the time and memory of `mail.limits`. Raises Unreadable."""
        if len(raw) > MAX_BYTES:
            raise Unreadable("too_large", f"{len(raw)} bytes, at most {MAX_BYTES}")
        with self._lock:
            deadline = time.monotonic() + self._seconds
            try:
                used, line = self._ready()
                try:
                    return self._ask(raw, line, deadline)
                except (EOFError, ConnectionError):
                    if not used:
                        raise
                self._end()  # it may have died before this mail: a fresh one, in what is left of the time
                return self._ask(raw, self._ready()[1], deadline)
            except TimeoutError as problem:
                self._end()
                raise Unreadable("timeout", f"more than {self._seconds:g} s") from problem
            except (OSError, EOFError, ValueError, KeyError, TypeError) as problem:
                how = self._end()
                raise Unreadable("crashed", f"the parser ended ({how}): {problem}") from problem

    def close(self) -> None:
        with self._lock:
            self._end()

    def _ask(self, raw: bytes, line: socket.socket, deadline: float) -> ParsedMail:
        line.settimeout(max(0.001, deadline - time.monotonic()))
        line.sendall(_LENGTH.pack(len(raw)))
        line.sendall(raw)
        answer = json.loads(_frame(line, deadline, _MAX_ANSWER))
        if "error" in answer:
            if answer["last"]:
                self._end()
            raise Unreadable(answer["error"], answer["detail"])
        left = _MAX_ANSWER
        contents = []
        for described in answer["mail"]["attachments"]:
            contents.append(_frame(line, deadline, left))
            left -= len(contents[-1])
            if len(contents[-1]) != described[4]:
                raise ValueError("an attachment of another size than announced")
        if answer["last"]:
            self._end()
        return from_wire(answer["mail"], contents)

    def _ready(self) -> tuple[bool, socket.socket]:
        """Whether the child has been used before, and the line to it. It is a living child of this very process."""
        if self._owner != os.getpid():
            self._child = self._line = None  # a forked process must not talk on its parent's line
        if self._child and self._child.poll() is None and self._line and not _hung_up(self._line):
            return True, self._line
        self._end()
        ours, theirs = socket.socketpair()
        with theirs:
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-X", "utf8", "-c", _START],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            )
        self._line, self._owner = ours, os.getpid()
        return False, ours

    def _end(self) -> str:
        """Stop the child, if it is ours. How it ended, for the report."""
        child, line = self._child, self._line
        self._child = self._line = None
        if line:
            line.close()
        if child is None or self._owner != os.getpid():
            return "no child"
        child.kill()
        return f"status {child.wait()}"


def _hung_up(line: socket.socket) -> bool:
    """Whether the child has closed its end."""
    line.settimeout(0)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _frame(line: socket.socket, deadline: float, limit: int) -> bytes:
    (size,) = _LENGTH.unpack(_read(line, _LENGTH.size, deadline))
    if size > limit:
        raise ValueError("an answer larger than any mail")
    return _read(line, size, deadline)


def _read(line: socket.socket, size: int, deadline: float) -> bytes:
    data = bytearray(size)
    view, filled = memoryview(data), 0
    while filled < size:
        line.settimeout(max(0.001, deadline - time.monotonic()))
        count = line.recv_into(view[filled:])
        if count == 0:
            raise EOFError("no answer")
        filled += count
    return bytes(data)


_shared = Sandbox()
atexit.register(_shared.close)


def parse_safely(raw: bytes) -> ParsedMail:
    """`Sandbox.parse` in the child that this process shares."""
    return _shared.parse(raw)
