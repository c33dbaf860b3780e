"""Mails shaped like those of the real world, built by code. Each sample says what must come out of it.

`SAMPLES` gathers three files: what people write, what machines send, what is broken or hostile.
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@dataclass(frozen=True)
class Sample:
    """A mail and what it says. `has`: words of the written text; `folded`: words that must be in the quote only."""

    name: str
    raw: bytes
    subject: str = "Error al facturar"
    sender: str = "rosa@ferreteria.test"
    has: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    inline: int = 0
    html: bool = False
    machine: bool = False
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def headers(**changes: str | None) -> bytes:
    """A head of plain headers; a value of None leaves one out. Underscores in names become hyphens."""
    values: dict[str, str | None] = {
        "From": "Rosa Martínez <rosa@ferreteria.test>",
        "To": "Soporte <soporte@vendor.test>",
        "Subject": "Error al facturar",
        "Date": "Tue, 10 Mar 2026 09:00:00 -0600",
        "Message-ID": "<a1@ferreteria.test>",
        "MIME-Version": "1.0",
    }
    values |= {name.replace("_", "-"): value for name, value in changes.items()}
    return "".join(f"{name}: {value}\r\n" for name, value in values.items() if value is not None).encode()


def simple(
    body: str | bytes, *, kind: str = "text/plain; charset=utf-8", cte: str = "8bit", **changes: Any
) -> bytes:
    """A mail of one part."""
    content = body.encode() if isinstance(body, str) else body
    head = headers(**{"Content-Type": kind, "Content-Transfer-Encoding": cte} | changes)
    return head + b"\r\n" + content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def leaf(content: str | bytes, kind: str, *extra: str, cte: str = "8bit") -> bytes:
    """One part of a multipart mail."""
    data = content.encode() if isinstance(content, str) else content
    if cte == "base64":
        data = base64.encodebytes(data)
    lines = [f"Content-Type: {kind}", f"Content-Transfer-Encoding: {cte}", *extra]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def multi(kind: str, *parts: bytes, boundary: str = "=_limite_1", params: str = "") -> bytes:
    """A multipart part: its Content-Type line and the parts between boundaries."""
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{params}\r\n\r\n'.encode()
    return head + body + mark + b"--\r\n"


def mail(part: bytes, **changes: Any) -> bytes:
    """A whole mail around a multipart part."""
    return headers(**changes) + part


def attached(name: str, content: bytes, kind: str = "application/pdf", **more: str) -> bytes:
    extra = [f'Content-Disposition: attachment; filename="{name}"', *(f"{k}: {v}" for k, v in more.items())]
    return leaf(content, f'{kind}; name="{name}"', *extra, cte="base64")


def inline(cid: str, content: bytes = PNG, kind: str = "image/png") -> bytes:
    return leaf(
        content,
        f'{kind}; name="image001.png"',
        f"Content-ID: <{cid}>",
        "Content-Disposition: inline",
        cte="base64",
    )


def alternative(text: str, html: str, boundary: str = "=_alt") -> bytes:
    return multi(
        "alternative",
        leaf(text, "text/plain; charset=utf-8"),
        leaf(html, "text/html; charset=utf-8"),
        boundary=boundary,
    )


def collect(*makers: Callable[[], Iterator[Sample]]) -> list[Sample]:
    return [sample for make in makers for sample in make()]


def all_samples() -> list[Sample]:
    """Every sample, names unique."""
    from vigente.mail.tests import corpus_broken, corpus_machines, corpus_people

    samples = collect(corpus_people.samples, corpus_machines.samples, corpus_broken.samples)
    assert len({sample.name for sample in samples}) == len(samples)
    return samples
