"""What `vigente serve` prints once it is ready: the address and, for a demonstration, who can log in."""

import sys

from vigente.cli.boot import data_directory

Login = dict[str, str]  # role, email, password


def remember_base_url(url: str) -> None:
    """Leave the address where other commands find it (`vigente demo --json`)."""
    (data_directory() / "base-url").write_text(url + "\n")


def demo_logins() -> list[Login]:
    """The logins of a demonstration database; none on a real one."""
    from vigente.installation.models import Installation

    logins: list[Login] = Installation.current().demo_secrets.get("logins", [])
    return logins


def welcome(url: str, logins: list[Login]) -> None:
    """Print the address and the logins: a panel on a terminal, plain lines in a pipe or a log."""
    if sys.stdout.isatty():
        _panel(url, logins)
    else:
        _lines(url, logins)
    sys.stdout.flush()


def _lines(url: str, logins: list[Login]) -> None:
    print(f"Vigente is ready at {url}")
    for login in logins:
        print(f"  {login['role']:<17} {login['email']:<40} {login['password']}")


def _panel(url: str, logins: list[Login]) -> None:
    from rich.console import Console, Group, RenderableType
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    parts: list[RenderableType] = [Text(url, style="bold")]
    if logins:
        table = Table("Role", "E-mail", "Password", box=None, padding=(0, 3, 0, 0), header_style="dim")
        for login in logins:
            table.add_row(login["role"], login["email"], login["password"])
        parts += [Text(), table]
    parts += [Text(), Text("Ctrl-C stops it; the next start finds everything as it was.", style="dim")]
    Console(highlight=False).print(
        Panel(Group(*parts), title="Vigente is ready", expand=False, padding=(1, 2))
    )
