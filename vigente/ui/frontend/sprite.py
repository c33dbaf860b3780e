"""Joins the icons named in icons.txt into one SVG sprite: `sprite.py FOLDER > icons.svg`."""

import re
import sys
from pathlib import Path


def sprite(folder: Path, names: list[str]) -> str:
    """One `<symbol>` per icon, without colours or sizes: the page gives those."""
    symbols = []
    for name in names:
        source = (folder / f"{name}.svg").read_text(encoding="utf-8")
        body = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
        if body is None:
            raise SystemExit(f"{name}.svg holds no drawing")
        inner = re.sub(r"\s+", " ", body.group(1)).replace("> <", "><").strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


if __name__ == "__main__":
    wanted = (Path(__file__).parent / "icons.txt").read_text(encoding="utf-8").split()
    sys.stdout.write(sprite(Path(sys.argv[1]), wanted))
