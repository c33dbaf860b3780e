"""What the owner says about documents: who sells, and the templates. What was saved before stays."""

from datetime import datetime

from vigente.accounts.models import User
from vigente.billing.models import DocumentTemplate, SellerProfile
from vigente.installation.files import File, check_file, sniff, store
from vigente.rules.refusal import RefusalCode, Refused

LOGOS = frozenset({"image/png", "image/jpeg"})
LOGO_BYTES = 1024 * 1024
SOURCE_CHARS = 200_000


def save_template(*, kind: str, source: str, actor: User, now: datetime) -> DocumentTemplate:
    """A new version of a template, in force from now; empty: the default again. Nothing is written if nothing changed.

    Whether it can be printed is asked before, where it can be shown what is wrong.
    """
    if not actor.is_owner:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if kind not in DocumentTemplate.Kind.values:
        raise Refused(RefusalCode.INVALID_VALUE, field="kind")
    text = source.replace("\r\n", "\n").strip()
    if len(text) > SOURCE_CHARS:
        raise Refused(RefusalCode.TOO_LONG, field="source", limit=SOURCE_CHARS)
    if "\0" in text:
        raise Refused(RefusalCode.BAD_CHARACTERS, field="source")
    before = DocumentTemplate.in_force(kind)
    if before is not None and before.source == text:
        return before
    return DocumentTemplate.objects.create(kind=kind, source=text, created_by=actor, created_at=now)


def set_logo(*, seller: SellerProfile, file: File | None) -> None:
    """Keep a picture to print above documents, or none. The row is saved by who asked."""
    if file is None:
        seller.logo = seller.logo_type = ""
        return
    check_file(file, max_bytes=LOGO_BYTES, field="new_logo", types=LOGOS)
    seller.logo, seller.logo_type = store(file.content), sniff(file)
