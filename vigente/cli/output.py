"""What commands say and how they end: exit codes, JSON on standard output, everything else on standard error."""

import json
import sys
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

GOOD = 0
FOUND = 1
BAD_USAGE = 2
FAILED = 3

AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON for a machine, and nothing else, on standard output.")
]


class Refusal(Exception):
    """Ends the command with a sentence that says what is wrong and what to do now."""

    def __init__(self, message: str, code: int = BAD_USAGE) -> None:
        super().__init__(message)
        self.code = code


@cache
def console() -> "Console":
    """The rich console for people: standard error, so that standard output stays clean."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def say(message: str) -> None:
    """One line for the person who typed the command."""
    console().print(message, markup=False, soft_wrap=True)


def emit(data: Any) -> None:
    """Print `data` as JSON on standard output. Instants and other values are written as text."""
    json.dump(data, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")
    sys.stdout.flush()


def progress() -> "Progress":
    """A progress bar on standard error; in a pipe it prints nothing."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console(), transient=True, disable=not console().is_terminal)
