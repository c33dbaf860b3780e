"""Signatures of the Standard Webhooks specification (version 1, symmetric).

`webhook-signature: v1,<base64 of HMAC-SHA256(secret, "<id>.<timestamp>.<body>")>`, several apart by a space.
"""

import base64
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

PREFIX = "whsec_"
BYTES = 32  # of a secret; the specification asks for 24 to 64


def new_secret() -> str:
    """A random secret as it is shown to the owner."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def new_message_id() -> str:
    return "msg_" + secrets.token_hex(16)


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature, `v1,…`. `timestamp`: seconds since 1970 UTC, of the try."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def headers(known: Iterable[str], *, message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The three headers, signed with each secret, the newest first."""
    timestamp = int(now.timestamp())
    signed = (signature(one, message_id=message_id, timestamp=timestamp, body=body) for one in known)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signed),
    }
