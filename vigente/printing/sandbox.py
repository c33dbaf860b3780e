"""Typeset a template where it can do no harm: a child process in an empty folder, with limits (see `child`)."""

import json
import os
import re
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

MAX_SECONDS = 12.0
MAX_SOURCE = 200_000
MAX_ANSWER = 24 * 1024 * 1024
PNG_PPI = 96
FONTS = Path(__file__).parent / "fonts"
_LENGTH = struct.Struct(">Q")
_ROOT = str(Path(__file__).resolve().parents[2])
_START = f"import sys; sys.path.insert(0, {_ROOT!r}); from vigente.printing.child import main; main()"
_PLACE = re.compile(r"main\.typ:(\d+):(\d+)")
_WHERE = re.compile(r" ?\(searched at [^)]*\)")  # a folder that is gone by then
_NOWHERE = "http://127.0.0.1:9"  # a proxy that is not there


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture beside the template: `name` in its folder, such as `logo.png`."""

    name: str
    content: bytes


class Broken(Exception):
    """A template that cannot be typeset. `line` counts from 1; None when no line is at fault."""

    def __init__(self, message: str, *, line: int | None = None, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message, self.line, self.hints = message, line, hints


def typeset(source: str, data: Mapping[str, Any], *, at: datetime, logo: Logo | None = None) -> bytes:
    """A PDF. The same template, data and instant give the same bytes. Raises Broken."""
    return _run(source, data, at=at, logo=logo, form="pdf")[0]


def pictures(source: str, data: Mapping[str, Any], *, at: datetime, logo: Logo | None = None) -> list[bytes]:
    """A PNG of each page, for a look at it in the browser. Raises Broken."""
    return _run(source, data, at=at, logo=logo, form="png")


def _run(source: str, data: Mapping[str, Any], *, at: datetime, logo: Logo | None, form: str) -> list[bytes]:
    if len(source) > MAX_SOURCE:
        raise Broken("too long")
    order = {"format": form, "timestamp": int(at.timestamp()), "ppi": PNG_PPI, "fonts": str(FONTS)}
    with tempfile.TemporaryDirectory(prefix="vigente-print-") as folder:
        here = Path(folder)
        (here / "packages").mkdir()
        (here / "main.typ").write_text(source, encoding="utf-8")
        (here / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        if logo is not None:
            (here / logo.name).write_bytes(logo.content)
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-X", "utf8", "-c", _START],
                input=json.dumps(order).encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env=_environment(folder),
                timeout=MAX_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Broken("time") from None
    return _answer(done.stdout, done.returncode)


def _environment(folder: str) -> dict[str, str]:
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), _NOWHERE)
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": folder, "RAYON_NUM_THREADS": "1", **proxies}


def _answer(said: bytes, status: int) -> list[bytes]:
    if len(said) > MAX_ANSWER:
        raise Broken("too large")
    try:
        head, *parts = _frames(said)
        answer = json.loads(head)
    except ValueError:
        raise Broken("memory" if status else "crashed") from None
    if "error" in answer:
        place = _PLACE.search(answer["diagnostic"])
        said_of_it = _WHERE.sub("", answer["error"])
        raise Broken(said_of_it, line=int(place[1]) if place else None, hints=tuple(answer["hints"]))
    if not parts or len(parts) != answer["parts"]:
        raise Broken("crashed")
    return parts


def _frames(said: bytes) -> list[bytes]:
    frames, at = [], 0
    while at < len(said):
        (size,) = _LENGTH.unpack_from(said, at)
        at += _LENGTH.size
        if at + size > len(said):
            raise ValueError("cut off")
        frames.append(said[at : at + size])
        at += size
    return frames
