"""Parts of the machine that some tests need and a plain machine lacks."""

import shutil
from pathlib import Path

import pytest

from tests.support.environment import CI

CHROMIUM = Path("/usr/bin/chromium")
DOVECOT = Path("/usr/sbin/dovecot")


def postgresql_programs() -> Path | None:
    """The folder of the newest PostgreSQL's own programs, `initdb` among them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def is_there(part: str) -> bool:
    """Whether this machine has `postgresql`, `chromium` or `dovecot`."""
    return {
        "postgresql": lambda: postgresql_programs() is not None,
        "chromium": CHROMIUM.exists,
        "dovecot": DOVECOT.exists,
    }[part]()


def require(part: str) -> None:
    """Skip the test if the part is missing here; fail it under CI, where every part must be there."""
    if is_there(part):
        return
    reason = f"{part} is not installed: .ci/install-packages installs it"
    if CI:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
