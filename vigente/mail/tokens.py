"""Signed reply addresses: `soporte+t<number>-<participant>.<signature>@domain`.

The signature binds the case to one person's account, so that an address in other hands is noticed; nobody's address is
inside. Lower-case letters and digits only, because mail servers change the case. Keys follow the installation's secret:
an address of another installation, or one that was changed, is refused, in constant time.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

NOBODY = 0  # the address of who gets copies: it names the case and no person
_TAG = re.compile(r"t([0-9]{1,12})-([0-9]{1,12})\.([a-z2-7]{16})")


@dataclass(frozen=True, slots=True)
class ReplyToken:
    """What a signed address says: the case, and whose it is."""

    ticket: int
    user: int


def reply_address(mailbox: str, token: ReplyToken) -> str:
    """The address at which `token.user` replies to the case numbered `token.ticket`."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}+{_tag(token, _keys()[0])}@{domain}"


def token_in(address: str, *, mailboxes: Iterable[str]) -> ReplyToken | None:
    """What a signed address of one of our mailboxes says; None for any other address and for a wrong signature."""
    local, _, domain = address.lower().rpartition("@")
    base, plus, tag = local.partition("+")
    if not plus or f"{base}@{domain}" not in {mailbox.lower() for mailbox in mailboxes}:
        return None
    match = _TAG.fullmatch(tag)
    if not match or not tag.isascii():
        return None
    token = ReplyToken(int(match[1]), int(match[2]))
    expected = [_tag(token, key) for key in _keys()]
    return token if any(hmac.compare_digest(tag, candidate) for candidate in expected) else None


def own_mark() -> str:
    """The value of our `X-Vigente` header: tells this installation's mails from those of another one."""
    return _digest(_keys()[0], "mark")[:16]


def message_id(kind: str, key: str, *, domain: str) -> str:
    """A Message-ID that nobody can guess, the same each time for the same mail."""
    return f"{_digest(_keys()[0], f'id:{kind}:{key}')}.vigente@{domain}"


def _tag(token: ReplyToken, key: bytes) -> str:
    said = f"t{token.ticket}-{token.user}"
    return f"{said}.{_digest(key, said)[:16]}"


def _digest(key: bytes, said: str) -> str:
    """160 bits in lower-case base 32."""
    return base64.b32encode(hmac.new(key, said.encode(), hashlib.sha256).digest()[:20]).decode().lower()


def _keys() -> list[bytes]:
    """The key in use first, then those of secrets that were retired but are still honoured."""
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return [hmac.new(secret.encode(), b"vigente.mail.reply", hashlib.sha256).digest() for secret in secrets]
