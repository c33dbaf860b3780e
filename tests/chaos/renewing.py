"""A worker's clock at one instant, as a process to kill: `python -m tests.chaos.renewing 2026-03-10T06:00:00+00:00`.

Runs the timed jobs over and over until none has anything left to do. A failure of a job ends it with 1.
"""

import os
import sys
from datetime import datetime


def main(now: datetime) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vigente.settings")
    import django

    django.setup()
    from vigente.worker import clock

    jobs = [job for job in clock.JOBS if not job.long and not job.every]
    print("ready", flush=True)
    while sum(job.run(now=now) for job in jobs):
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main(datetime.fromisoformat(sys.argv[1])))
