"""Screenshots drawn by code: a window of the vendor's product with a table and a message, a real PNG of a few KB."""

import struct
import unicodedata
import zlib
from collections.abc import Sequence

WIDTH, HEIGHT = 760, 420
PALETTE = (
    (251, 250, 247), (255, 255, 255), (28, 29, 33), (15, 92, 77),
    (230, 239, 235), (217, 215, 206), (160, 40, 40), (250, 236, 236),
)  # fmt: skip
PAPER, WHITE, INK, GREEN, MINT, GREY, RED, BLUSH = range(8)

# Five columns per sign, one bit per row, for the signs from space to Z.
_SIGNS = (
    "0000000000 00005F0000 0007000700 147F147F14 242A7F2A12 2313086462 3649562050 0008070300 001C224100 0041221C00 "
    "2A1C7F1C2A 08083E0808 0080703000 0808080808 0000606000 2010080402 3E5149453E 00427F4000 7249494946 2141494D33 "
    "1814127F10 2745454539 3C4A494931 4121110907 3649494936 464949291E 0000140000 0040340000 0008142241 1414141414 "
    "0041221408 0201590906 3E415D594E 7C1211127C 7F49494936 3E41414122 7F4141413E 7F49494941 7F09090901 3E41415173 "
    "7F0808087F 00417F4100 2040413F01 7F08142241 7F40404040 7F021C027F 7F0408107F 3E4141413E 7F09090906 3E4151215E "
    "7F09192946 2649494932 03017F0103 3F4040403F 1F2040201F 3F4038403F 6314081463 0304780403 6159494D43"
)
GLYPHS = [bytes.fromhex(sign) for sign in _SIGNS.split()]


class Canvas:
    """Pixels of a palette, drawn with boxes and capital letters."""

    def __init__(self, width: int, height: int, colour: int) -> None:
        self.width, self.height = width, height
        self.pixels = bytearray([colour]) * (width * height)

    def box(self, left: int, top: int, width: int, height: int, colour: int) -> None:
        """Fill a rectangle, cut at the right and lower edge."""
        width = min(width, self.width - left)
        for row in range(top, min(top + height, self.height)):
            start = row * self.width + left
            self.pixels[start : start + width] = bytes([colour]) * width

    def text(self, left: int, top: int, words: str, colour: int, size: int = 2) -> None:
        """Write in capitals without accents; `size` pixels to a dot."""
        for sign in _capitals(words):
            if left + 6 * size > self.width:
                return
            for column, bits in enumerate(GLYPHS[ord(sign) - 32]):
                for row in range(8):
                    if bits >> row & 1:
                        self.box(left + column * size, top + row * size, size, size, colour)
            left += 6 * size

    def png(self) -> bytes:
        """The picture as PNG bytes, the same for the same pixels."""
        rows = (b"\0" + self.pixels[at : at + self.width] for at in range(0, len(self.pixels), self.width))
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 3, 0, 0, 0)
        chunks = (
            (b"IHDR", head),
            (b"PLTE", bytes(part for colour in PALETTE for part in colour)),
            (b"IDAT", zlib.compress(b"".join(rows), 6)),
            (b"IEND", b""),
        )
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def screenshot(title: str, message: str, rows: Sequence[Sequence[str]]) -> bytes:
    """A window with a table of `rows` (the first is the heading) and, below it, an alert with `message`."""
    canvas = Canvas(WIDTH, HEIGHT, PAPER)
    canvas.box(0, 0, WIDTH, 44, GREEN)
    canvas.text(16, 14, title, WHITE)
    canvas.box(0, 44, 120, HEIGHT, MINT)
    for place, entry in enumerate(("Ventas", "Compras", "Caja", "Inventario", "Reportes")):
        canvas.text(14, 64 + 34 * place, entry, INK, 1)
    for place, row in enumerate(rows[:9]):
        top = 62 + 28 * place
        canvas.box(136, top, WIDTH - 152, 26, GREY if place == 0 else WHITE)
        for column, cell in enumerate(row):
            canvas.text(144 + 200 * column, top + 9, cell[:30], INK, 1)
    canvas.box(136, HEIGHT - 92, WIDTH - 152, 70, BLUSH)
    canvas.box(136, HEIGHT - 92, 5, 70, RED)
    canvas.text(154, HEIGHT - 66, message[:46], RED)
    return canvas.png()


def _capitals(words: str) -> str:
    spread = unicodedata.normalize("NFD", words.upper())
    return "".join(sign if " " <= sign <= "Z" else "?" for sign in spread if not unicodedata.combining(sign))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
