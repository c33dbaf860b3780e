"""`vigente simulate`: an invented vendor and its customers, through months of the real services; do the books agree?"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Annotated, Any

import typer

from vigente.cli.boot import boot
from vigente.cli.output import FOUND, AsJson, emit, progress, say


def register(app: typer.Typer) -> None:
    app.command()(simulate)


def simulate(
    organizations: Annotated[int, typer.Option(min=1, max=20_000, help="How many customers.")] = 100,
    months: Annotated[int, typer.Option(min=1, max=240, help="How many months they live through.")] = 12,
    seed: Annotated[int, typer.Option(help="The same seed gives the same life.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Live through months of invented customers in memory, and verify every balance, stamp and place at the end.

    They order and pay (at once, late, by transfer, or never), ask, run out, buy packs, cancel, come back and change
    plans; agents answer, classify, merge and split; the vendor refunds and sends money back. Nothing
    of your installation is read or written. Ends with 0 if the books agree, and with 1 if something differs.
    """
    started = monotonic()
    with _throw_away_database():
        from vigente.worker.simulation.run import simulate as live

        with progress() as bar:
            task = bar.add_task(f"{organizations} customers, {months} months (days)", total=None)
            report = live(
                organizations=organizations,
                months=months,
                seed=seed,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
    data = report.to_json() | {"seconds": round(monotonic() - started, 1)}
    if as_json:
        emit(data)
    else:
        _print(data)
    if report.differences:
        raise typer.Exit(FOUND)


@contextmanager
def _throw_away_database() -> Iterator[None]:
    """A database in memory, gone at the end; Python looks for garbage less often, for there is little."""
    gc.set_threshold(100_000, 50, 100)
    with TemporaryDirectory(prefix="vigente-simulation-") as folder:
        boot(DATABASE_URL="sqlite:///:memory:", VIGENTE_DATA=folder, SQLITE_SYNCHRONOUS="OFF")
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        yield


def _print(data: dict[str, Any]) -> None:
    for name, count in data["counts"].items():
        typer.echo(f"{count:>9} {name.replace('_', ' ')}")
    for currency, accounts in data["balance_sheet"].items():
        for account, amount in accounts.items():
            typer.echo(f"{amount / 100:>14,.2f} {currency} {account}")
    refused = sum(data["refusals"].values())
    typer.echo(f"{refused:>9} acts refused, as they should be")
    typer.echo(f"{data['differences']:>9} differences")
    for found in data["named"]:
        typer.echo(f"{found['subject']}: {found['what']} is {found['stored']}, should be {found['expected']}")
    say(f"{data['seconds']} seconds.")
