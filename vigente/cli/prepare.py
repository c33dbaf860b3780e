"""Before serving: bring the database up to date, gather the static files, fill a new demonstration database."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from vigente.cli.boot import data_directory
from vigente.cli.output import Refusal, console, progress

# Not ours to serve: htmx in other versions than Vigente's own, and API browsers that the content policy refuses.
NOT_SERVED = ("django_htmx", "ninja")
_ADVISORY_LOCK = 0x7669_6765  # any number, the same in every process


def bring_up_to_date(*, static: bool) -> None:
    """Make tables and static files ready. Two processes may call this at once: one waits for the other."""
    with console().status("Preparing the database"), _alone():
        _migrate()
        if static:
            _collect_static()


def fill_demonstration() -> None:
    """Tell a new database the story of the invented vendor; leave one that has it as it is."""
    with _alone():
        _fill()


@contextmanager
def _alone() -> Iterator[None]:
    """Held by one process at a time: per database server on PostgreSQL, per data directory on SQLite."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])
        return
    with open(data_directory() / "prepare.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def _collect_static() -> None:
    """Hash and compress the static files, unless that was done and none of them changed."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = settings.STATIC_ROOT / ".collected"
    wanted = _static_files()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=[*NOT_SERVED])
    stamp.write_text(wanted)


def _static_files() -> str:
    """A digest that changes when a static file is added, removed or edited."""
    from django.contrib.staticfiles.finders import get_finders

    digest = sha256()
    for finder in get_finders():
        for path, storage in finder.list([*NOT_SERVED]):
            state = os.stat(storage.path(path))
            digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _fill() -> None:
    from vigente.accounts.models import User
    from vigente.demo.seeding import seed_demo
    from vigente.installation.clock import vendor_now
    from vigente.installation.models import Installation

    if Installation.current().is_demo:
        return
    if User.objects.exists():
        raise Refusal(
            "This database belongs to a real vendor, so it gets no demonstration data. "
            "Serve it without --demo, or set VIGENTE_DATA to a new folder for the demonstration."
        )
    with progress() as bar:
        seed_demo(now=vendor_now(), progress=bar)  # type: ignore[arg-type]
