"""Sizes that keep the code readable: files, functions, templates, README."""

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.support.environment import ROOT

FILE, TYPICAL_FILE, FUNCTION, TEMPLATE, README = 400, 80, 60, 120, 60


def sources() -> Iterator[Path]:
    for folder in ("vigente", "tests", "stories", "bench"):
        yield from (path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_file_is_too_long() -> None:
    assert not {str(path.relative_to(ROOT)): lines(path) for path in sources() if lines(path) > FILE}


def test_files_are_typically_short() -> None:
    ours = [path for path in sources() if path.is_relative_to(ROOT / "vigente") and "tests" not in path.parts]
    sizes = [lines(path) for path in ours if path.name != "__init__.py"]
    if median(sizes) > TYPICAL_FILE:
        warnings.warn(f"half of the files are longer than {median(sizes):.0f} lines", stacklevel=1)


def test_no_function_is_too_long() -> None:
    long = {}
    for path in (
        path for path in sources() if not path.is_relative_to(ROOT / "stories")
    ):  # a story is told whole
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > FUNCTION:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = length
    assert not long


def test_no_template_is_too_long() -> None:
    templates = (ROOT / "vigente").rglob("templates/**/*.*")
    assert not {str(path.relative_to(ROOT)): lines(path) for path in templates if lines(path) > TEMPLATE}


def test_the_readme_fits_a_screen_or_two() -> None:
    assert lines(ROOT / "README.md") <= README
