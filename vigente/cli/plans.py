"""`vigente plans`: the catalogue as a file, and what is on sale."""

from pathlib import Path
from typing import Annotated, Any

import typer

from vigente.cli.boot import boot
from vigente.cli.output import FOUND, AsJson, Refusal, emit, say

MAX_BYTES = 2_000_000
plans = typer.Typer(no_args_is_help=True, help="Show, import and export the plans you sell.")


def register(app: typer.Typer) -> None:
    app.add_typer(plans, name="plans")


@plans.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A TOML catalogue; `vigente plans export` writes one.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would change and write nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the catalogue to what FILE says, all or nothing. Sold terms never change: an edit makes a new version."""
    text = _read(file)
    boot()
    from vigente.billing.services.catalog import PlansFileError, import_plans
    from vigente.billing.services.catalog_import import lines
    from vigente.installation.clock import vendor_now

    try:
        changes = import_plans(text=text, now=vendor_now(), dry_run=dry_run)
    except PlansFileError as error:
        if as_json:
            emit({"problems": error.problems})
        said = "\n".join(f"- {problem}" for problem in error.problems)
        raise Refusal(f"{file} was not imported:\n{said}", FOUND) from None
    if as_json:
        emit(changes.to_json())
        return
    for line in lines(changes):
        typer.echo(line)
    count = len(changes.items)
    end = "nothing was written (dry run)" if dry_run else "done"
    say(f"{count} change{'s' * (count != 1)}; {end}." if count else "Nothing to change.")


@plans.command("keys")
def sold_keys(
    file: Annotated[Path, typer.Argument(help="Keys of licences you sold, one a line.")],
    edition: Annotated[str, typer.Option(help="The edition they are of, by its code.")],
    hosting: Annotated[str, typer.Option(help="customer, or vendor_cloud.")] = "customer",
    included: Annotated[str, typer.Option(help="The plan that comes with them, by its code.")] = "",
    as_json: AsJson = False,
) -> None:
    """Note keys that were sold: whoever holds one registers it in the portal alone, with the plan it includes."""
    text = _read(file)
    boot()
    from vigente.billing.models import Edition, Plan
    from vigente.billing.services.claims import add_sold_keys
    from vigente.installation.clock import vendor_now
    from vigente.rules.refusal import Refused

    of = Edition.objects.filter(code=edition).first()
    plan = Plan.objects.filter(code=included).first() if included else None
    if of is None or (included and plan is None):
        raise Refusal(
            f"there is no {'plan' if of else 'edition'} of the code {included if of else edition}", FOUND
        )
    try:
        count = add_sold_keys(
            keys=text.splitlines(), edition=of, hosting=hosting, included_plan=plan, now=vendor_now()
        )
    except Refused as refused:
        raise Refusal(f"nothing was noted: {refused.code.value} ({refused.field})", FOUND) from None
    if as_json:
        emit({"new": count})
        return
    say(f"{count} new key{'s' * (count != 1)}.")


@plans.command("export")
def export_file() -> None:
    """Print the catalogue as a TOML file that `vigente plans import` reads."""
    boot()
    from vigente.billing.services.catalog import export_plans

    typer.echo(export_plans(), nl=False)


@plans.command("list")
def list_plans(as_json: AsJson = False) -> None:
    """List the plans that customers can contract now, cheapest first."""
    boot()
    from vigente.billing.queries import sold_versions
    from vigente.installation.clock import vendor_now

    rows = [_row(version) for version in sold_versions(now=vendor_now())]
    if as_json:
        emit(rows)
    elif not rows:
        say("No plan is on sale. Import some: vigente plans import FILE")
    else:
        _table(rows)


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise Refusal(f"{file} is larger than {MAX_BYTES} bytes; that is no plan catalogue.")
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refusal(f"{file} is not text in UTF-8. Save it as UTF-8 and try again.") from None
    except OSError as error:
        raise Refusal(f"{file} cannot be read: {error.strerror}") from None


def _row(version: Any) -> dict[str, Any]:
    plan = version.plan
    return {
        "code": plan.code,
        "name": plan.name,
        "version": version.number,
        "edition": f"{plan.edition.product.code} {plan.edition.code}",
        "interval": plan.interval,
        "cases": version.cases,
        "price_minor": version.price_minor,
        "currency": version.currency,
        "rank": version.rank,
        "sold_from": version.sold_from,
        "sold_until": version.sold_until,
    }


def _table(rows: list[dict[str, Any]]) -> None:
    """Never cut: a price without its end is no price. The product is named where there are several."""
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table

    from vigente.billing.plans_toml import major

    table = Table(box=None, pad_edge=False)
    for heading in ("Code", "Name", "Edition", "Cases", "Price", "Rank"):
        right = heading in ("Cases", "Price", "Rank")
        table.add_column(heading, no_wrap=True, justify="right" if right else "left")
    one_product = len({row["edition"].split()[0] for row in rows}) == 1
    for row in rows:
        edition = row["edition"].split()[-1] if one_product else row["edition"]
        price = f"{major(row['price_minor'], row['currency'])} {row['currency']}/{row['interval']}"
        cases = "unlimited" if row["cases"] is None else str(row["cases"])
        code = f"{row['code']} v{row['version']}"
        table.add_row(code, row["name"], edition, cases, price, str(row["rank"]))
    console = Console(highlight=False)
    wanted = Measurement.get(console, console.options.update(max_width=1000), table).maximum
    console.width = max(console.width, wanted)
    console.print(table)
