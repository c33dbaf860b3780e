"""The random business for as long as one likes: `python -m tests.long --steps 1000000 --processes 2 --seed 1`.

On SQLite in memory, each life taken back at its end. A line per life; what is wrong is printed with the seed that
repeats it (`--seed N --steps 1`), and the run goes on. Ends with 1 if anything was.
"""

import argparse
import gc
import os
import subprocess
import sys
import time
import traceback

A_LIFE = 500  # steps


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.long", description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000, help="in all")
    parser.add_argument("--seed", type=int, default=1, help="of the first life; each has the next")
    parser.add_argument("--processes", type=int, default=1)
    words = parser.parse_args()
    lives = -(-words.steps // A_LIFE)
    if words.processes == 1:
        return live_through(words.seed, lives)
    part = -(-lives // words.processes)
    command = [sys.executable, "-m", "tests.long", "--steps", str(part * A_LIFE), "--seed"]
    started = [subprocess.Popen([*command, str(words.seed + turn * part)]) for turn in range(words.processes)]
    return max(process.wait() for process in started)


def live_through(seed: int, lives: int) -> int:
    ready()
    from tests.attacks.business import money, passing, plans  # noqa: F401  (their acts)
    from tests.attacks.business.world import live

    steps = wrong = 0
    for number in range(seed, seed + lives):
        began = time.process_time()
        try:
            steps += live(number, A_LIFE).steps
        except Exception:
            wrong += 1
            traceback.print_exc()
        spent = time.process_time() - began
        print(
            f"life {number}: {steps} steps, {wrong} wrong, {1000 * spent / A_LIFE:.1f} ms of CPU a step",
            flush=True,
        )
        gc.collect()
    return int(wrong > 0)


def ready() -> None:
    """Django on an empty database in memory."""
    from tests.support import environment

    environment.isolate()
    os.environ["DJANGO_SETTINGS_MODULE"] = "vigente.settings"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = ":memory:"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    gc.set_threshold(100_000)  # the ORM makes much that dies at once


if __name__ == "__main__":
    sys.exit(main())
