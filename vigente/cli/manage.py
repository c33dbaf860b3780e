"""`vigente manage …`: Django's own commands, for people who know them."""

import typer

from vigente.cli.boot import boot


def register(app: typer.Typer) -> None:
    app.command(
        add_help_option=False, context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
    )(manage)


def manage(context: typer.Context) -> None:
    """Run a Django management command, for example: vigente manage migrate."""
    boot()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["vigente manage", *context.args])
