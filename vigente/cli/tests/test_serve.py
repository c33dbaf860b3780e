"""`vigente serve` as people and process managers meet it: starts, answers, stops, leaves nothing behind."""

import os
import socket
import time
from collections.abc import Callable
from urllib.request import urlopen

import pytest

from tests.support.live import LiveVigente

New = Callable[[], str]
Start = Callable[..., LiveVigente]


def test_serve_answers_and_stops_cleanly(new_database: New, live_vigente: Start) -> None:
    live = live_vigente(new_database(), "web")
    with urlopen(f"{live.url}/healthz") as response:
        assert (response.status, response.read()) == (200, b"ok")
    pids = live.pids()
    started = time.monotonic()
    assert live.stop() == 0
    assert time.monotonic() - started < 5
    assert not any(_alive(pid) for pid in pids)


def test_serve_says_when_the_port_is_taken(new_database: New, start_vigente: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        live = start_vigente(new_database(), f"--port={port}", "--role=web")
        assert live.process.wait(timeout=20) == 2
        assert f"Port {port} is taken" in live.output()
        assert f"--port {port + 1}" in live.output()


def test_two_servers_never_share_a_port(new_database: New, live_vigente: Start, start_vigente: Start) -> None:
    database = new_database()
    live = live_vigente(database, "web")
    second = start_vigente(database, f"--port={live.url.rpartition(':')[2]}", "--role=web")
    assert second.process.wait(timeout=20) == 2


@pytest.mark.once
def test_nothing_outlives_a_killed_supervisor(new_database: New, live_vigente: Start) -> None:
    live = live_vigente(new_database(), "web")
    pids = live.pids()
    assert len(pids) >= 3  # supervisor, granian, and the process that answers
    live.kill_all()
    _wait_for(lambda: not any(_alive(pid) for pid in pids))


@pytest.mark.once
def test_a_killed_web_process_is_started_again(new_database: New, live_vigente: Start) -> None:
    live = live_vigente(new_database(), "web")
    killed = live.kill("web-process")
    _wait_for(lambda: set(live.pids("web-process")) - set(killed) and _answers(live.url))
    assert "starting it again" in live.output()
    assert live.stop() == 0


@pytest.mark.once
def test_a_second_start_keeps_the_data_and_two_may_start_at_once(
    new_database: New, start_vigente: Start
) -> None:
    database = new_database()
    both = [start_vigente(database, "--port=0", "--role=web") for _ in range(2)]
    for live in both:
        live.wait_until_ready()
    assert [live.stop() for live in both] == [0, 0]


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/healthz", timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


def _wait_for(condition: Callable[[], object], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
