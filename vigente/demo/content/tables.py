"""Reads the content's TOML files, which lie beside this module."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The parsed file `name`, for example "vendor.toml"."""
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))


def story_files() -> list[str]:
    """The names of the files that hold conversations, in order."""
    names = [entry.name for entry in (files(__package__) / "stories").iterdir()]
    return sorted(f"stories/{name}" for name in names if name.endswith(".toml"))
