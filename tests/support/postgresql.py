"""A private PostgreSQL server in a temporary folder, for as long as this process lives.

Durability is off: nothing in it outlives the tests. PostgreSQL refuses to run as root; then it runs as `postgres`.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.parts import postgresql_programs

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
}


@contextmanager
def server() -> Iterator[str]:
    """Start a server; gives the DATABASE_URL of an empty database in it; stops it at the end."""
    programs = postgresql_programs()
    assert programs, "PostgreSQL is not installed"
    folder = Path(tempfile.mkdtemp(prefix="vigente-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    try:
        options = ["--username=vigente", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(
            [*_as_postgres(), programs / "initdb", *options, f"--pgdata={folder}/data"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        yield from _running(programs, folder, _free_port())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _running(programs: Path, folder: Path, port: int) -> Iterator[str]:
    flags = [f"-c{name}={value}" for name, value in SETTINGS.items()]
    words = [programs / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder, *flags]
    with open(folder / "server.log", "wb") as log:
        process = subprocess.Popen(
            [*_as_postgres(), *words],
            cwd=folder,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the tests first
        )
    try:
        _wait_until_it_answers(programs, process, port)
        subprocess.run(
            [programs / "createdb", "-h127.0.0.1", f"-p{port}", "-Uvigente", "vigente"], check=True
        )
        yield f"postgres://vigente@127.0.0.1:{port}/vigente"
    finally:
        process.send_signal(signal.SIGINT)  # fast shutdown
        process.wait(timeout=20)


def _as_postgres() -> list[str]:
    """The words before a command that make it end with us and, for root, run as `postgres`."""
    words = ["setpriv", "--pdeathsig=INT"]
    if os.geteuid() == 0:
        words += ["--reuid=postgres", "--regid=postgres", "--init-groups"]
    return words


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def _wait_until_it_answers(programs: Path, process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(f"PostgreSQL stopped with code {process.returncode}")
        if (
            subprocess.run(
                [programs / "pg_isready", "-q", "-h127.0.0.1", f"-p{port}", "-Uvigente"]
            ).returncode
            == 0
        ):
            return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not answer within 10 s")
