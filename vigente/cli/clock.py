"""`vigente clock`: the vendor's time; on a demonstration database it may be moved forward."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from vigente.cli.boot import boot
from vigente.cli.output import AsJson, Refusal, emit, progress, say

UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
SPAN = re.compile(r"(?:\d{1,6}[wdhm])+")
FARTHEST = timedelta(days=3660)

clock = typer.Typer(
    help="Show the vendor's time. On a demonstration database, move it and do everything that falls due.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def register(app: typer.Typer) -> None:
    app.add_typer(clock, name="clock")


@clock.callback(invoke_without_command=True)
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the vendor's time. On a demonstration database, move it and do everything that falls due."""
    if context.invoked_subcommand is not None:
        return
    boot()
    shown = _reading()
    if as_json:
        emit(shown)
        return
    moved = f", moved {timedelta(seconds=shown['offset_seconds'])} ahead" if shown["offset_seconds"] else ""
    typer.echo(f"{shown['local']} ({shown['zone']}){moved}")


@clock.command()
def advance(
    span: Annotated[str, typer.Argument(help="How far: 31d, 2w, 12h, 1d12h.")], as_json: AsJson = False
) -> None:
    """Move a demonstration's clock forward by SPAN and do everything that falls due on the way, in order."""
    by = parse_span(span)
    boot()
    from vigente.installation.clock import vendor_now

    now = vendor_now()
    _move(now, now + by, as_json)


@clock.command()
def to(
    moment: Annotated[
        str,
        typer.Argument(help="Until when: 2027-02-28T23:59:59 in the vendor's zone, or with its own offset."),
    ],
    as_json: AsJson = False,
) -> None:
    """Move a demonstration's clock forward to MOMENT and do everything that falls due on the way, in order."""
    try:
        target = datetime.fromisoformat(moment)
    except ValueError:
        raise Refusal(f"Write the moment as 2027-02-28T23:59:59, not {moment!r}.") from None
    boot()
    from vigente.installation.clock import vendor_now

    now = vendor_now()
    if target.tzinfo is None:
        target = target.replace(tzinfo=_zone(now))
    _move(now, target.astimezone(UTC), as_json)


def parse_span(text: str) -> timedelta:
    """A positive length of time written as 31d, 2w, 12h, 30m or several of them together. Refusal for anything else."""
    if not SPAN.fullmatch(text):
        raise Refusal(f"Write how far as 31d, 2w, 12h or 1d12h, not {text!r}.")
    parts = re.findall(r"(\d+)([wdhm])", text)
    return sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in parts), timedelta())


def _move(now: datetime, target: datetime, as_json: bool) -> None:
    """Live through the time between, with a bar on standard error, and say what was done."""
    from vigente.demo.paying import Customers
    from vigente.installation.models import Installation
    from vigente.worker.advancing import advance_to

    if not Installation.current().is_demo:
        raise Refusal(
            "Only the clock of a demonstration database can be moved; this database belongs to a real vendor."
        )
    if target <= now:
        raise Refusal(f"The clock goes forward only, and it is already {_local(now)}.")
    if target - now > FARTHEST:
        raise Refusal("That is more than ten years on; move the clock in smaller steps.")
    with progress() as bar:
        task = bar.add_task("Living through", total=(target - now).total_seconds() // 86400 or 1)

        def reached(instant: datetime) -> None:
            bar.update(task, completed=(instant - now).total_seconds() // 86400)

        done = advance_to(target, now=now, progress=reached, people=Customers())
    counts = {name: count for name, count in sorted(done.items()) if count}
    if as_json:
        emit({**_reading(), "done": counts})
        return
    for name, count in counts.items():
        say(f"  {name.replace('_', ' ')}: {count}")
    typer.echo(f"{_local(target)} ({_zone(target)})")


def _reading() -> dict[str, Any]:
    from vigente.installation.clock import vendor_now
    from vigente.installation.models import Installation

    now, installation = vendor_now(), Installation.current()
    return {
        "now": now.isoformat(timespec="seconds"),
        "local": _local(now),
        "zone": str(_zone(now)),
        "offset_seconds": installation.clock_offset_seconds if installation.is_demo else 0,
        "is_demo": installation.is_demo,
    }


def _zone(now: datetime) -> ZoneInfo:
    from vigente.billing.models.rulebooks import rulebook_at

    return rulebook_at(now).zone


def _local(at: datetime) -> str:
    return at.astimezone(_zone(at)).isoformat(sep=" ", timespec="seconds")
