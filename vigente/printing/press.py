"""Print a paper: its template, or the default one when there is none or it is broken; once per content.

A PDF is kept under the hash of all that went into it, so that the same document is never typeset twice.
"""

import hashlib
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from vigente.billing.models import DocumentTemplate, SellerProfile
from vigente.installation.files import stored
from vigente.printing import sandbox
from vigente.printing.papers import Paper
from vigente.printing.sandbox import Broken, Logo

HERE = Path(__file__).parent
DEFAULTS = {"statement": "statement.typ"}
KEPT = timedelta(days=90)
EDITION = "1"  # change it when fonts or the typesetter change what comes out
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Set:
    """All that goes into one document."""

    source: str
    data: dict[str, Any]
    logo: Logo | None
    at: datetime

    @property
    def name(self) -> str:
        """The hash of it all."""
        parts = (
            EDITION,
            self.source,
            json.dumps(self.data, sort_keys=True, ensure_ascii=False),
            str(int(self.at.timestamp())),
            hashlib.sha256(self.logo.content).hexdigest() if self.logo else "",
        )
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def default_source(kind: str) -> str:
    """The template of the package for a kind of document."""
    return (HERE / DEFAULTS.get(kind, "document.typ")).read_text(encoding="utf-8")


def pdf(paper: Paper, *, now: datetime) -> bytes:
    """The paper as PDF. A broken template is remembered for staff, and the default printed instead."""
    template = DocumentTemplate.in_force(paper.kind)
    if template is not None and template.source.strip():
        try:
            printed = _printed(set_of(paper, template.source))
        except Broken as problem:
            _say(template, problem, now=now)
        else:
            if template.problem:
                DocumentTemplate.objects.filter(pk=template.pk).update(problem="", problem_at=None)
            return printed
    return _printed(set_of(paper, default_source(paper.kind)))


def preview(paper: Paper, source: str, *, as_pdf: bool = True) -> list[bytes]:
    """The paper from a template that is only being tried: a PDF, or a PNG of each page. Raises Broken."""
    made = set_of(paper, source.strip() or default_source(paper.kind))
    if as_pdf:
        return [sandbox.typeset(made.source, made.data, at=made.at, logo=made.logo)]
    return sandbox.pictures(made.source, made.data, at=made.at, logo=made.logo)


def forget_old(*, now: datetime) -> int:
    """Remove printed documents nobody made anew for a long time; they are printed again when asked for."""
    limit, gone = (now - KEPT).timestamp(), 0
    for path in Path(settings.PRINT_DIR).glob("*/*"):
        with suppress(OSError):
            if path.stat().st_mtime < limit:
                path.unlink()
                gone += 1
    return gone


def set_of(paper: Paper, source: str) -> Set:
    """The paper with what is the vendor's own: sheet, logo, footer."""
    seller = SellerProfile.current()
    logo = _logo(seller)
    data = paper.to_json() | {
        "paper": seller.paper,
        "logo": logo.name if logo else None,
        "footer": seller.footer,
    }
    return Set(source.replace("\r\n", "\n"), data, logo, paper.dated)


def _logo(seller: SellerProfile) -> Logo | None:
    if not seller.logo:
        return None
    try:
        content = stored(seller.logo).read_bytes()
    except OSError:
        return None
    return Logo("logo.jpg" if seller.logo_type == "image/jpeg" else "logo.png", content)


def _printed(made: Set) -> bytes:
    kept = Path(settings.PRINT_DIR) / made.name[:2] / f"{made.name}.pdf"
    try:
        return kept.read_bytes()
    except OSError:
        content = sandbox.typeset(made.source, made.data, at=made.at, logo=made.logo)
    part = kept.with_name(f"{made.name}.{secrets.token_hex(6)}.part")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        os.replace(part, kept)
    except OSError as problem:  # no room to keep it: it is printed again the next time
        log.warning("a printed document could not be kept", reason=str(problem))
    return content


def _say(template: DocumentTemplate, problem: Broken, *, now: datetime) -> None:
    where = f" ({problem.line})" if problem.line else ""
    log.error(
        "a document template is broken", kind=template.kind, template=template.pk, reason=problem.message
    )
    DocumentTemplate.objects.filter(pk=template.pk).update(
        problem=f"{problem.message}{where}"[:300], problem_at=now
    )
