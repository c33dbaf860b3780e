"""What happens once: the key a caller gives a request, or one of its own."""

import hashlib
from typing import Annotated
from uuid import uuid4

from django.http import HttpRequest
from ninja import Header

from vigente.api.auth import Caller

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        description="Names this request: sent again with the same body, it gives the first answer.",
    ),
]


def key_of(caller: Caller, given: str | None, request: HttpRequest) -> str:
    """The key under which this happens once: per token and address; without one given, of this request alone."""
    if not given:
        return f"api:{caller.token.pk}:{uuid4().hex}"
    digest = hashlib.sha256(f"{request.method} {request.path}\n{given}".encode("utf-8", "surrogateescape"))
    return f"api:{caller.token.pk}:{digest.hexdigest()}"
