"""Two sides of a comparison, run in turn so that a busy machine slows both alike; and how the result is told."""

import gc
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from bench.database import NAME


@dataclass(frozen=True, slots=True)
class Comparison:
    """Seconds per call of both sides, block by block."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """How many times longer ours takes: the median over blocks of what was measured side by side."""
        return median(a / b for a, b in zip(self.ours, self.theirs, strict=True))

    @property
    def milliseconds(self) -> tuple[float, float]:
        return 1000 * median(self.ours), 1000 * median(self.theirs)


def compare(
    ours: Callable[[], object], theirs: Callable[[], object], *, blocks: int = 15, calls: int = 100
) -> Comparison:
    """Time blocks of `calls` calls of each side in turn, after one block of each to warm up."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for block in range(-1, blocks):
        sides = [(ours, seconds[0]), (theirs, seconds[1])]
        for side, found in sides if block % 2 else sides[::-1]:
            taken = _time(side, calls)
            if block >= 0:
                found.append(taken)
    return Comparison(tuple(seconds[0]), tuple(seconds[1]))


def _time(call: Callable[[], object], calls: int) -> float:
    gc.collect()
    began = perf_counter()
    for _ in range(calls):
        call()
    return (perf_counter() - began) / calls


def tell(name: str, rows: Mapping[str, Mapping[str, float]], *, passed: bool) -> None:
    """Print a table, then one line of JSON; end the process with 0 or, when the limit was missed, 1."""
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    wide = max(len(row) for row in rows)
    print(f"{name} on {NAME}")
    print(" " * wide, *(f"{column:>12}" for column in columns))
    for row, values in rows.items():
        print(f"{row:<{wide}}", *(f"{values[c]:>12.3f}" if c in values else " " * 12 for c in columns))
    print(json.dumps({"benchmark": name, "database": NAME, "rows": rows, "passed": passed}))
    sys.exit(0 if passed else 1)
