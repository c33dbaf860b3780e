"""The parser's cage: any mail of up to 25 MB within five seconds and 300 MB, and an error that has a name."""

import base64
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from vigente.mail.limits import MAX_BYTES, MAX_MEMORY
from vigente.mail.parsing import Unreadable
from vigente.mail.sandbox import Sandbox
from vigente.mail.tests.bombs import BOMBS, HEAD
from vigente.mail.tests.corpus import simple

pytestmark = pytest.mark.once


@pytest.fixture
def sandbox():
    box = Sandbox()
    yield box
    box.close()


def child_of(box: Sandbox) -> int:
    assert box._child
    return box._child.pid


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_or_refused_in_time(sandbox: Sandbox, name: str) -> None:
    raw = BOMBS[name]()[:MAX_BYTES]
    start = time.monotonic()
    try:
        sandbox.parse(raw)
    except Unreadable as refusal:
        assert refusal.code in ("timeout", "memory", "crashed", "no_headers")  # noqa: PT017
    assert time.monotonic() - start < 6
    assert sandbox.parse(simple("Hola")).text == "Hola"


def test_a_mail_of_25_mb_fits_in_the_memory(sandbox: Sandbox) -> None:
    content = os.urandom(18_000_000)
    raw = (
        HEAD
        + b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(content)
    )
    sandbox.parse(simple("Hola"))
    peak: list[int] = []
    pid = child_of(sandbox)
    watch = threading.Thread(target=_watch, args=(pid, peak))
    watch.start()
    assert sandbox.parse(raw).attachments[0].content == content
    watch.join()
    assert max(peak) < MAX_MEMORY


def _watch(pid: int, peak: list[int]) -> None:
    try:
        while True:
            status = Path(f"/proc/{pid}/status").read_text()
            peak.append(int(status.split("VmHWM:")[1].split()[0]) * 1024)
            time.sleep(0.005)
    except (OSError, IndexError):
        return


def test_a_mail_that_is_too_large_is_not_even_sent(sandbox: Sandbox) -> None:
    with pytest.raises(Unreadable, match="too_large"):
        sandbox.parse(b"x" * (MAX_BYTES + 1))
    assert sandbox._child is None


def test_the_child_is_used_again_and_replaced_when_it_dies(sandbox: Sandbox) -> None:
    sandbox.parse(simple("Hola"))
    first = child_of(sandbox)
    sandbox.parse(simple("Hola"))
    assert child_of(sandbox) == first
    os.kill(first, signal.SIGKILL)
    assert sandbox.parse(simple("Hola")).text == "Hola"
    assert child_of(sandbox) != first


def test_a_child_that_hangs_is_killed_and_the_next_mail_read(monkeypatch: pytest.MonkeyPatch) -> None:
    box = Sandbox(seconds=0.4)
    box.parse(simple("Hola"))
    hung = child_of(box)
    os.kill(hung, signal.SIGSTOP)
    with pytest.raises(Unreadable, match="timeout"):
        box.parse(simple("Hola"))
    assert not Path(f"/proc/{hung}").exists()
    assert box.parse(simple("Hola")).text == "Hola"
    box.close()


def test_it_may_be_shared_by_threads(sandbox: Sandbox) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(sandbox.parse(simple(f"Hola {n}")).text))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(f"Hola {n}" for n in range(20))


def test_a_forked_process_gets_a_child_of_its_own(sandbox: Sandbox) -> None:
    sandbox.parse(simple("Hola"))
    pid = os.fork()
    if pid == 0:
        os._exit(0 if sandbox.parse(simple("otra")).text == "otra" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert sandbox.parse(simple("Hola")).text == "Hola"


def test_the_child_sees_no_secret_and_goes_when_its_parent_does(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for the parser")
    sandbox.parse(simple("Hola"))
    pid = child_of(sandbox)
    assert b"SECRET" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert sandbox._line
    sandbox._line.close()
    sandbox._child.wait(timeout=2)


def test_it_starts_quickly(sandbox: Sandbox) -> None:
    sandbox.parse(simple("Hola"))
    sandbox.close()
    start = time.monotonic()
    sandbox.parse(simple("Hola"))
    assert time.monotonic() - start < 1
