"""Texts as people write them to a help desk: common words often, some seldom, a name now and then."""

from pathlib import Path
from random import Random

COMMON, SELDOM, RARE = (
    line.split() for line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
)


def text(rng: Random, words: int) -> str:
    """So many words: most of them common, one in twelve seldom, one in twenty thousand rare."""
    chosen = rng.choices(COMMON, k=words)
    if rng.random() < words / 12:
        chosen[rng.randrange(words)] = rng.choice(SELDOM)
    if rng.random() < words / 20_000:
        chosen[rng.randrange(words)] = rng.choice(RARE[1:])
    return " ".join(chosen)
