"""A throw-away, migrated database for this process. Import it before any model: that is what makes it ready.

SQLite in a temporary directory, or with `--postgresql` a private server. Neither waits for the disk, so what is
compared is the work and not the disk. Both vanish when the process ends.
"""

import atexit
import os
import sys
from contextlib import ExitStack

import django
from django.core.management import call_command

from tests.support import environment, postgresql

DATA = environment.isolate()
POSTGRESQL = "--postgresql" in sys.argv
if POSTGRESQL:
    _server = ExitStack()
    atexit.register(_server.close)
    os.environ["DATABASE_URL"] = _server.enter_context(postgresql.server())
else:
    os.environ.pop("DATABASE_URL", None)
os.environ["DJANGO_SETTINGS_MODULE"] = "vigente.settings"
django.setup()
call_command("migrate", verbosity=0)

NAME = "PostgreSQL" if POSTGRESQL else "SQLite"
