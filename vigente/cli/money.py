"""`vigente money`: files for an accountant, from the issued invoices and the ledger of money."""

import sys
from datetime import date, timedelta
from typing import Annotated

import typer

from vigente.cli.boot import boot
from vigente.cli.output import Refusal

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
money = typer.Typer(no_args_is_help=True, help="Export invoices, payments and the ledger for an accountant.")


def register(app: typer.Typer) -> None:
    app.add_typer(money, name="money")


@money.callback()
def _group() -> None:
    """Export invoices, payments and the ledger for an accountant."""


@money.command("export")
def export_file(
    what: Annotated[
        str, typer.Argument(help="invoices, credit-notes, payments, accounts, ledger or balances.")
    ],
    first: Annotated[str, typer.Option("--from", help="First day, in the billing zone: 2026-07-01.")],
    last: Annotated[str, typer.Option("--to", help="Last day, included: 2026-07-31.")],
    separator: Annotated[
        str, typer.Option("--separator", help="Between columns: comma, semicolon or tab.")
    ] = "comma",
    decimal_comma: Annotated[
        bool, typer.Option("--decimal-comma", help="Write 1260,50 for 1260.50.")
    ] = False,
    language: Annotated[str, typer.Option("--language", help="Of headings and texts: es or en.")] = "es",
) -> None:
    """Print a file as CSV (UTF-8 with a byte order mark); no cell can be taken for a formula."""
    since, until = _day(first, "--from"), _day(last, "--to") + timedelta(days=1)
    if until <= since:
        raise Refusal("--to is before --from")
    if separator not in SEPARATORS:
        raise Refusal(f"--separator is one of {', '.join(SEPARATORS)}, not {separator!r}")
    if decimal_comma and separator == "comma":
        raise Refusal("with --decimal-comma use --separator semicolon or tab")
    if language not in ("es", "en"):
        raise Refusal(f"--language is es or en, not {language!r}")
    boot()
    from django.utils import timezone, translation

    from vigente.billing.models.rulebooks import rulebook_at
    from vigente.installation.clock import vendor_now
    from vigente.reports.accounting import EXPORTS, Asked
    from vigente.rules.periods import day_start
    from vigente.ui.exports import csv_lines

    if what not in EXPORTS:
        raise Refusal(f"there is no file {what!r}; there are {', '.join(sorted(EXPORTS))}")
    book, export = rulebook_at(vendor_now()), EXPORTS[what]
    asked = Asked(day_start(since, book.billing_zone), day_start(until, book.billing_zone), decimal_comma)
    with translation.override(language), timezone.override(book.zone):
        for line in csv_lines(export.columns(), export.rows(asked), separator=SEPARATORS[separator]):
            sys.stdout.write(line)


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"{option} is a day like 2026-07-01, not {text!r}") from None
