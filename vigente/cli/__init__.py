"""The `vigente` command. One module per command; each has `register(app)`, and imports Django only once it runs.

Exit codes: 0 good, 1 found something, 2 bad usage, 3 Vigente itself failed. With `--json`, standard output holds
JSON and nothing else; progress and messages go to standard error.
"""

import sys
import traceback

import typer

from vigente.cli import (
    clock,
    demo,
    ingest,
    manage,
    money,
    plans,
    processes,
    rulebook,
    serve,
    simulate,
    verify,
)
from vigente.cli.output import FAILED, Refusal, say

COMMANDS = (serve, demo, clock, plans, rulebook, money, ingest, verify, simulate, manage, processes)

app = typer.Typer(
    name="vigente",
    help="Vigente: a help desk that knows who is covered.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in COMMANDS:
    command.register(app)


@app.callback()
def vigente() -> None:
    """Vigente: a help desk that knows who is covered.

    Start with `vigente serve --demo`.
    """


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        app(prog_name="vigente")
    except Refusal as refusal:
        say(str(refusal))
        sys.exit(refusal.code)
    except Exception:
        traceback.print_exc()
        sys.exit(FAILED)
