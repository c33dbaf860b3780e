"""`vigente demo`: who can log in to the demonstration, and with which tokens programs may call it."""

from typing import Any

import typer

from vigente.cli.boot import boot
from vigente.cli.output import AsJson, Refusal, emit

TOKENS = ("customer", "manager", "agent", "supervisor", "owner", "product")
LICENCES = ("covered", "uncovered", "exhausted", "legacy", "cloud_web")


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(as_json: AsJson = False) -> None:
    """Print the address, logins, API tokens and licence keys of the demonstration."""
    boot()
    shown = demonstration()
    if as_json:
        emit(shown)
    else:
        _print(shown)


def demonstration() -> dict[str, Any]:
    """What `vigente demo --json` prints. Refusal on any other database."""
    from django.conf import settings
    from django.db import connection

    from vigente.cli.boot import last_base_url
    from vigente.installation.models import Installation

    has_tables = Installation._meta.db_table in connection.introspection.table_names()
    installation = Installation.current() if has_tables else None
    if installation is None or not installation.is_demo:
        raise Refusal(
            "This is not a demonstration database. `vigente serve --demo` makes one from an empty database."
        )
    stored = installation.demo_secrets
    return {
        "base_url": last_base_url() or settings.BASE_URL,
        "logins": stored["logins"],
        "tokens": {name: stored["tokens"][name] for name in TOKENS},
        "licences": {name: stored["licences"][name] for name in LICENCES},
    }


def _print(shown: dict[str, Any]) -> None:
    typer.echo(shown["base_url"])
    typer.echo("\nLogins")
    for login in shown["logins"]:
        typer.echo(f"  {login['role']:<12} {login['email']:<28} {login['password']}")
    for title, name in (("API tokens", "tokens"), ("Licences", "licences")):
        typer.echo(f"\n{title}")
        for key, value in shown[name].items():
            typer.echo(f"  {key:<12} {value}")
