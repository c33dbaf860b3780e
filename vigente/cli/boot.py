"""Starts Django for a command, at the moment the command needs it."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def data_directory() -> Path:
    """Where this installation keeps its data: VIGENTE_DATA, else `data` in the checkout, else `vigente-data` here."""
    given = os.environ.get("VIGENTE_DATA")
    if given:
        return Path(given).resolve()
    if (CHECKOUT / "pyproject.toml").exists():
        return CHECKOUT / "data"
    return Path.cwd() / "vigente-data"


def last_base_url() -> str | None:
    """The address of the last `vigente serve` on this data directory."""
    path = data_directory() / "base-url"
    return path.read_text().strip() or None if path.exists() else None


def boot(**environment: str) -> None:
    """Make Django ready to use. `environment` holds settings that the command itself decides."""
    os.environ.update(environment)
    os.environ["VIGENTE_DATA"] = str(data_directory())
    if last := last_base_url():
        os.environ.setdefault("BASE_URL", last)  # what a command writes leads to the server that runs
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vigente.settings")
    import django

    from vigente.cli.logs import configure_logs

    configure_logs()
    django.setup()
