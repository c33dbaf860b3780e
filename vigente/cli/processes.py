"""The two processes under `vigente serve`. Not for typing: the supervisor starts them."""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Annotated, Any

import typer

from vigente.cli.boot import boot
from vigente.cli.lifeline import PARENT, die_with


def register(app: typer.Typer) -> None:
    app.command("web-process", hidden=True)(web_process)
    app.command("worker-process", hidden=True)(worker_process)


def web_process(
    host: Annotated[str, typer.Option()],
    port: Annotated[int, typer.Option()],
    processes: Annotated[int, typer.Option()] = 1,
    threads: Annotated[int, typer.Option()] = 8,
) -> None:
    """Serve HTTP until told to stop."""
    _die_with_supervisor()
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "vigente.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        respawn_failed_workers=processes > 1,  # a lone one is the supervisor's to start again
        workers_kill_timeout=3,
        log_level=LogLevels.error,
    ).serve(target_loader=load_application)


def load_application(target: str) -> Callable[..., Any]:
    """Called by granian in each process that answers requests."""
    die_with(os.getppid())
    boot()
    from vigente.wsgi import application

    return application


def worker_process() -> None:
    """Do what follows from events, mail and time, until told to stop."""
    _die_with_supervisor()
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        threading.Thread(target=stop.set).start()  # set() takes a lock that the interrupted code may hold

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    boot()
    from vigente.worker import loop

    loop.run(stop)


def _die_with_supervisor() -> None:
    parent = os.environ.get(PARENT)
    if parent:
        die_with(int(parent))
