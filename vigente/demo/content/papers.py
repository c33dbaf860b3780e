"""Small real files that come with cases: CSV tables and one-page PDF documents, written with the standard library."""

import csv
import io
from collections.abc import Iterable, Sequence


def csv_file(rows: Iterable[Sequence[str | int]]) -> bytes:
    """A table as exported from the product: UTF-8 with a byte order mark, so that spreadsheets read the accents."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def pdf_file(title: str, rows: Sequence[str]) -> bytes:
    """A one-page letter-size PDF: a title, then one line per row."""
    drawn = [f"BT /F1 15 Tf 60 730 Td ({_escaped(title)}) Tj ET"]
    drawn += [
        f"BT /F1 10 Tf 60 {700 - 16 * place} Td ({_escaped(row)}) Tj ET"
        for place, row in enumerate(rows[:38])
    ]
    stream = "\n".join(drawn).encode("cp1252", "replace")
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start))
    return out.getvalue()


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
