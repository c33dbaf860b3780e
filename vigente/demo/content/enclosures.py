"""The file that comes with a message ("captura", "foto", "csv", "pdf" in a story), made from the case's own facts."""

from dataclasses import dataclass
from random import Random

from vigente.demo.content.filling import Script
from vigente.demo.content.papers import csv_file, pdf_file
from vigente.demo.content.people import plain
from vigente.demo.content.pictures import screenshot
from vigente.demo.content.tables import table


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file as it would be uploaded."""

    filename: str
    content: bytes


def enclosure(kind: str, script: Script, *, trade: str, rng: Random) -> Enclosure:
    """A small real file of that kind about this case."""
    stem = plain(script.story.key)
    if kind == "csv":
        return Enclosure(f"{stem}.csv", csv_file(_rows(trade, rng)))
    if kind == "pdf":
        lines = [f"{row[0]:<44} {row[1]:>8} {row[2]:>12}" for row in _rows(trade, rng)]
        heading = [script.facts["empresa"], f"Documento {script.facts['factura']}", ""]
        return Enclosure(f"{stem}-{script.facts['documento']}.pdf", pdf_file(script.subject, heading + lines))
    name = f"foto-{rng.randint(1000, 9999)}.png" if kind == "foto" else f"captura-{rng.randint(10, 99)}.png"
    return Enclosure(
        name,
        screenshot(
            f"{script.facts['producto']} - {script.facts['empresa']}", script.subject, _rows(trade, rng)
        ),
    )


def _rows(trade: str, rng: Random) -> list[tuple[str, str, str]]:
    items = list(table("trades.toml")[trade]["items"])
    rng.shuffle(items)
    rows = [(item, str(rng.randint(-6, 120)), f"{rng.randrange(20, 900, 5):.2f}") for item in items[:7]]
    return [("Artículo", "Existencia", "Costo"), *rows]
