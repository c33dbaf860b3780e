"""The coverage meter as a value: how many cases are used, are being used now, and are left.

The same value speaks in three voices: boxes on a page, words for those who hear it, and plain text in mails.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.ui.formats import number

MOST_BOXES = 12


@dataclass(frozen=True)
class Meter:
    """Counts of whole cases. `left` is what remains beside `this`; None means without limit."""

    used: int
    left: int | None
    this: int = 0

    @property
    def unlimited(self) -> bool:
        return self.left is None

    @property
    def total(self) -> int:
        """All cases of the allotment; for an unlimited one only those used."""
        return self.used + self.this + (self.left or 0)

    @property
    def boxes(self) -> list[str]:
        """One word per box, in reading order: `used`, `this`, `left`."""
        return ["used"] * self.used + ["this"] * self.this + ["left"] * (self.left or 0)

    @property
    def fits_boxes(self) -> bool:
        return self.total <= MOST_BOXES

    def in_words(self) -> str:
        """`4 casos: 1 usado, 1 es este, quedan 2.`"""
        if self.left is None:
            return _("Casos sin límite; %(used)s usados.") % {"used": number(self.used + self.this)}
        if not self.total:
            return _("Sin casos.")
        parts = [ngettext("%(n)s usado", "%(n)s usados", self.used) % {"n": number(self.used)}]
        if self.this:
            parts.append(ngettext("%(n)s es este", "%(n)s son este", self.this) % {"n": number(self.this)})
        parts.append(ngettext("queda %(n)s", "quedan %(n)s", self.left) % {"n": number(self.left)})
        cases = ngettext("%(n)s caso", "%(n)s casos", self.total) % {"n": number(self.total)}
        return f"{cases}: {', '.join(parts)}."

    def label(self) -> str:
        """The short line beside the boxes: `usa 1 · quedan 2`, `quedan 3 de 4`, `sin límite`."""
        if self.left is None:
            return _("sin límite")
        if not self.total:
            return _("sin casos")
        remaining = ngettext("queda %(n)s", "quedan %(n)s", self.left) % {"n": number(self.left)}
        if self.this:
            return _("usa %(this)s · %(remaining)s") % {"this": number(self.this), "remaining": remaining}
        return _("%(remaining)s de %(total)s") % {"remaining": remaining, "total": number(self.total)}

    def as_text(self) -> str:
        """One line for plain mail: `○◐●●  usa 1 · quedan 2`. Full = left, half = this case, hollow = used."""
        if self.left is None or not self.total or not self.fits_boxes:
            return self.label()
        marks = {"used": "○", "this": "◐", "left": "●"}
        return "".join(marks[box] for box in self.boxes) + "  " + self.label()


def meter_text(*, used: int, left: int | None, this: int = 0) -> str:
    """The meter as one line of plain text, for mails and terminals."""
    return Meter(used=used, left=left, this=this).as_text()
