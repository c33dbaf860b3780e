"""Colours that carry words reach 4.5:1, edges that must be seen 3:1, in both themes. Computed from the tokens."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parent.parent / "static" / "ui" / "css" / "tokens.css").read_text(encoding="utf-8")

GROUNDS = ("paper", "surface", "sunken", "hover")
SOFT = ("brand-soft", "attention-soft", "danger-soft", "info-soft", "ok-soft")
MEANINGS = ("ok", "attention", "danger", "info")
TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "ink-faint") for ground in GROUNDS],
    *[(ink, soft) for ink in ("ink", "ink-soft") for soft in SOFT],
    *[("brand", ground) for ground in (*GROUNDS, "brand-soft")],
    *[(name, ground) for name in MEANINGS for ground in ("paper", "surface", f"{name}-soft")],
    ("ink-faint", "brand-soft"),
    ("on-brand", "brand-fill"),
    ("on-brand", "brand-fill-hover"),
    ("on-brand-mid", "brand-mid"),
    ("#ffffff", "danger-fill"),
    ("#ffffff", "danger-fill-hover"),
    ("paper", "ink"),
    ("ink", "line"),
    ("danger", "brand-soft"),
    ("attention", "brand-soft"),
]  # fmt: skip
EDGES = [
    *[("control", ground) for ground in ("paper", "surface")],
    *[("brand", ground) for ground in ("paper", "surface", "sunken", "brand-soft", "attention-soft")],
    ("brand", "meter-used"),
    ("brand-fill", "surface"),
    ("danger", "surface"),
]  # fmt: skip


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block))


def block_of(selector: str) -> dict[str, str]:
    start = TOKENS.index(selector)
    return colours(TOKENS[start : TOKENS.index("}", start)])


LIGHT = block_of(":root {")
DARK = LIGHT | block_of(':root[data-theme="dark"] {')
THEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_the_measure_itself():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_words_can_be_read(theme, ink, ground):
    tokens = THEMES[theme]
    assert contrast(tokens.get(ink, ink), tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_can_be_seen(theme, edge, ground):
    assert contrast(THEMES[theme][edge], THEMES[theme][ground]) >= 3


def test_the_systems_dark_is_the_chosen_dark():
    assert block_of(':root:not([data-theme="light"])') == block_of(':root[data-theme="dark"]')


def test_dark_remaps_every_colour():
    assert set(block_of(':root[data-theme="dark"]')) == set(LIGHT)
