"""`bin/test`: every check as a named step, then the tests on SQLite and on PostgreSQL, then a summary.

With arguments it is pytest with these arguments, on SQLite; after a first `--postgresql` on PostgreSQL.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Timer

from tests.support import environment, postgresql
from tests.support.parts import is_there

PYTHON = (sys.executable, "-m")
CHECKS = {
    "style": (*PYTHON, "ruff", "check", "--no-cache"),
    "format": (*PYTHON, "ruff", "format", "--check", "--quiet", "--no-cache"),
    "import contracts": (
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ),
    "types": (*PYTHON, "mypy", "--no-error-summary"),
    "migrations": (*PYTHON, "vigente", "manage", "makemigrations", "--check", "--dry-run"),
    "translations": ("bin/translations", "--check"),
}
PYTEST = (*PYTHON, "pytest", "--numprocesses=2", "--dist=worksteal", "--quiet")
PATIENCE_SECONDS = 25 * 60  # for one run over the tests, many times what it needs


@dataclass
class Step:
    """One line of the summary. `counts` is what pytest said, for the steps that ran tests."""

    name: str
    result: str
    seconds: float = 0.0
    counts: Mapping[str, int] = field(default_factory=dict)


def main(words: list[str]) -> int:
    os.chdir(environment.ROOT)
    if words[:1] == ["--postgresql"]:
        with postgresql.server() as url:
            return subprocess.call([*PYTHON, "pytest", *words[1:]], env=os.environ | {"DATABASE_URL": url})
    os.environ.pop("DATABASE_URL", None)
    if words:
        return subprocess.call([*PYTHON, "pytest", *words])
    environment.isolate()
    steps = [*checks(), tests_on_sqlite(), tests_on_postgresql()]
    return summarise(steps)


def checks() -> list[Step]:
    """Everything that needs no test run, two at a time; only failures print."""
    there = {name: command for name, command in CHECKS.items() if os.path.exists(command[0])}
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(check, there, there.values()))


def check(name: str, command: tuple[str, ...]) -> Step:
    started = time.monotonic()
    run = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL
    )
    seconds = time.monotonic() - started
    if run.returncode == 0:
        say(f"--- {name}: ok ({seconds:.1f} s)")
        return Step(name, "ok", seconds)
    say(f"--- {name}: FAILED: {' '.join(command)}\n{run.stdout.rstrip()}")
    return Step(name, "FAILED", seconds)


def tests_on_sqlite() -> Step:
    return run_tests("tests on SQLite", [], {})


def tests_on_postgresql() -> Step:
    """The tests that touch a database, again. Without PostgreSQL: left out here, a failure under CI."""
    name = "tests on PostgreSQL"
    if not is_there("postgresql"):
        say(f"--- {name}: PostgreSQL is not installed: .ci/install-packages installs it")
        return Step(name, "FAILED" if environment.CI else "left out")
    with ExitStack() as stack:
        url = stack.enter_context(postgresql.server())
        return run_tests(name, ["--repeat"], {"DATABASE_URL": url})


def run_tests(name: str, options: list[str], variables: Mapping[str, str]) -> Step:
    say(f"--- {name}")
    started = time.monotonic()
    color = f"--color={'yes' if sys.stdout.isatty() else 'no'}"
    process = subprocess.Popen(
        [*PYTEST, color, *options],
        env=os.environ | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    timer = Timer(PATIENCE_SECONDS, process.kill)
    timer.start()
    last = pass_on(process)
    code = process.wait()
    timer.cancel()
    return Step(name, "ok" if code == 0 else "FAILED", time.monotonic() - started, counts_in(last))


def pass_on(process: "subprocess.Popen[bytes]") -> str:
    """Print what the process prints, as it prints it; gives the end of it."""
    assert process.stdout
    last = b""
    while chunk := os.read(process.stdout.fileno(), 65536):
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        last = (last + chunk)[-2000:]
    return last.decode(errors="replace")


def counts_in(output: str) -> dict[str, int]:
    """What pytest's closing line counts: {"passed": 312, "failed": 1}. Empty if it never got that far."""
    lines = re.findall(r"^.*\b\d+ \w+.* in [\d.]+s.*$", output, re.MULTILINE)
    found = re.findall(r"(\d+) (passed|failed|errors?|skipped)", lines[-1]) if lines else []
    return {
        word.removesuffix("s") if word.startswith("error") else word: int(number) for number, word in found
    }


def summarise(steps: list[Step]) -> int:
    say("\nSummary")
    for step in steps:
        counts = ", ".join(f"{number} {word}" for word, number in step.counts.items())
        say(f"  {step.result:<9} {step.name:<22} {step.seconds:6.1f} s  {counts}".rstrip())
    total: Callable[[str], int] = lambda word: sum(step.counts.get(word, 0) for step in steps)  # noqa: E731
    failed = total("failed") + total("error")
    say(f"tests: {total('passed')} passed, {failed} failed, {total('skipped')} skipped")
    return int(any(step.result == "FAILED" for step in steps))


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
