"""`vigente serve`: web, worker and clock from one command."""

import os
import signal
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from types import FrameType
from typing import Annotated

import typer

from vigente.cli.address import answers, base_url, reserve
from vigente.cli.boot import boot
from vigente.cli.output import FAILED, Refusal, say
from vigente.cli.supervisor import CannotStart, Child, Supervisor
from vigente.cli.welcome import demo_logins, remember_base_url, welcome


class Role(StrEnum):
    """Which processes to run."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


def register(app: typer.Typer) -> None:
    app.command()(serve)


def serve(
    demo: Annotated[
        bool, typer.Option("--demo", help="Fill a new database with an invented vendor to try it on.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where to listen. 0 takes any free port.")
    ] = 8000,
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 lets other machines in.")
    ] = "127.0.0.1",
    role: Annotated[Role, typer.Option(help="Run everything, or only one part of it.")] = Role.ALL,
    processes: Annotated[int, typer.Option(min=1, help="How many processes answer requests.")] = 1,
    threads: Annotated[int, typer.Option(min=1, help="How many requests each of them answers at once.")] = 8,
) -> None:
    """Serve Vigente: pages, mail, clock. Ctrl-C stops it; the next start finds everything as it was."""
    signal.signal(signal.SIGTERM, _stop_early)
    held, port = (None, port) if role is Role.WORKER else reserve(host, port)
    boot(BASE_URL=os.environ.get("BASE_URL") or base_url(host, port))
    is_ready: Callable[[], bool] = partial(answers, host, port) if held else lambda: True
    supervisor = Supervisor(_children(role, host, port, processes, threads), say)
    try:
        _prepare(supervisor, demo=demo, web=bool(held))
        supervisor.run(is_ready, partial(_announce, role))
    except KeyboardInterrupt:
        pass
    except CannotStart as reason:
        raise Refusal(f"{reason} What it printed above says why.", FAILED) from None
    finally:
        supervisor.stop()
        if held:
            held.close()
    say("Stopped.")


def _stop_early(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _children(role: Role, host: str, port: int, processes: int, threads: int) -> list[Child]:
    children = []
    if role is not Role.WORKER:
        options = {"--host": host, "--port": port, "--processes": processes, "--threads": threads}
        words = [str(word) for pair in options.items() for word in pair]
        children.append(Child("web", ["web-process", *words]))
    if role is not Role.WEB:
        children.append(Child("worker", ["worker-process"]))
    return children


def _prepare(supervisor: Supervisor, *, demo: bool, web: bool) -> None:
    from vigente.cli.prepare import bring_up_to_date, fill_demonstration

    bring_up_to_date(static=web)
    if web:
        supervisor.children[0].start()  # it gets ready while the demonstration is made
    if demo:
        fill_demonstration()


def _announce(role: Role) -> None:
    from django.conf import settings
    from django.db import connection

    if role is Role.WORKER:
        say("The worker is running.")
    else:
        remember_base_url(settings.BASE_URL)
        welcome(settings.BASE_URL, demo_logins())
    connection.close()  # the supervisor itself needs no database from here on
