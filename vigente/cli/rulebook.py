"""`vigente rulebook`: the rules as a file; a new version is published from one, its differences printed."""

from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vigente.cli.boot import boot
from vigente.cli.output import FOUND, AsJson, Refusal, emit, say

if TYPE_CHECKING:
    from vigente.rules.rulebook import Rulebook

MAX_BYTES = 500_000
rulebook = typer.Typer(no_args_is_help=True, help="Export and import the rules you support by.")


def register(app: typer.Typer) -> None:
    app.add_typer(rulebook, name="rulebook")


@rulebook.command("export")
def export_file() -> None:
    """Print the rules in force as a TOML file that `vigente rulebook import` reads."""
    boot()
    from vigente.billing.models.rulebooks import rulebook_at
    from vigente.billing.rulebook_toml import dump
    from vigente.installation.clock import vendor_now

    typer.echo(dump(rulebook_at(vendor_now())), nl=False)


@rulebook.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A TOML file; `vigente rulebook export` writes one.")],
    since: Annotated[
        str,
        typer.Option(
            "--from", help="From when it binds: 2026-07-01, or an instant with its offset. Default: now."
        ),
    ] = "",
    note: Annotated[str, typer.Option("--note", help="Why the rules change.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would change and write nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Publish the rules that FILE says. What it does not mention stays as it is in force."""
    text = _read(file)
    boot()
    from django.utils import translation

    from vigente.billing.models.rulebooks import rulebook_at
    from vigente.billing.rulebook_toml import RulebookFileError, parse
    from vigente.installation.clock import vendor_now
    from vigente.ui.rulebook_sentences import differences

    now = vendor_now()
    try:
        book = parse(text, base=rulebook_at(now))
    except RulebookFileError as error:
        problems = [str(problem) for problem in error.problems]
        if as_json:
            emit({"problems": problems})
        said = "\n".join(f"- {problem}" for problem in problems)
        raise Refusal(f"{file} was not imported:\n{said}", FOUND) from None
    begins = _instant(since, book) if since else now
    if begins < now:
        raise Refusal("--from is in the past; what was decided stands. Leave it out to begin now.")
    with translation.override("en"):
        changes = differences(rulebook_at(begins), book)
        if changes and not dry_run:
            _publish(book, begins=begins, now=now, note=note)
    if as_json:
        shown = [{"setting": one.name, "before": one.before, "after": one.after} for one in changes]
        emit({"changes": shown, "effective_from": begins, "written": bool(changes) and not dry_run})
        return
    for one in changes:
        typer.echo(f"{one.name}\n  - {one.before}\n  + {one.after}")
    if not changes:
        say("Nothing to change.")
        return
    end = "nothing was written (dry run)" if dry_run else f"in force from {begins.astimezone(book.zone)}"
    say(f"{len(changes)} change{'s' * (len(changes) != 1)}; {end}.")


def _publish(book: "Rulebook", **given: Any) -> None:
    from vigente.billing.services.rulebooks import publish
    from vigente.rules.refusal import Refused

    try:
        publish(rulebook=book, effective_from=given.pop("begins"), actor=None, **given)
    except Refused:
        raise Refusal("Another version begins at that very instant. Choose another with --from.") from None


def _instant(text: str, book: "Rulebook") -> datetime:
    """A day begins at midnight in the zone of the rules; an instant without an offset is in that zone."""
    try:
        if len(text) <= 10:
            return datetime.combine(date.fromisoformat(text), time.min, tzinfo=book.zone)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(
            f"--from is a day such as 2026-07-01, or an instant with its offset, not {text!r}."
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=book.zone)


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise Refusal(f"{file} is larger than {MAX_BYTES} bytes; that is no rulebook.")
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(f"{file} is not text in UTF-8. Save it as UTF-8 and try again.") from None
    except OSError as error:
        raise Refusal(f"{file} cannot be read: {error.strerror}") from None
