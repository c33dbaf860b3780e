"""Where a test process keeps its things, decided before Django reads its settings."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

CI = os.environ.get("CI", "").lower() in {"1", "true"}
ROOT = Path(__file__).resolve().parents[2]


def isolate() -> Path:
    """Point this process at a data directory of its own, removed when it ends. Returns the directory."""
    # A whole path that other users may enter: Dovecot and PostgreSQL run as users of their own.
    data = Path(tempfile.mkdtemp(prefix="vigente-test-"))
    data.chmod(0o755)
    (data / "static").mkdir()
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    os.environ["VIGENTE_DATA"] = str(data)
    os.environ.setdefault("SQLITE_SYNCHRONOUS", "OFF")
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright's loop runs in the test's own thread
    return data
