"""TOML that people upload: read as the standard library reads it, without what would keep it busy for minutes."""

import re
import tomllib
from collections.abc import Callable
from typing import Any

MOST_CHARACTERS = 1_000_000
# Tables in tables in tables: each name is looked up in all before it, so a long chain takes time by its square
_CHAIN = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){40}""")


def loads(text: str, *, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """Its tables. ValueError (of which TOMLDecodeError is one) or ArithmeticError for anything else."""
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"longer than {MOST_CHARACTERS} characters")
    if _CHAIN.search(text):
        raise ValueError("a name of more than 40 parts")
    try:
        return tomllib.loads(text, parse_float=parse_float)
    except RecursionError:
        raise ValueError("nested too deep") from None
