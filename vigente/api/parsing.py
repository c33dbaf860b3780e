"""Bodies: JSON only, of a size this server takes, said to be JSON."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser


class JsonParser(Parser):
    """Strict JSON: no NaN, no duplicate keys, no depth that is only meant to hurt."""

    def parse_body(self, request: HttpRequest) -> Any:
        text = request.body.decode("utf-8")
        return json.loads(text, parse_constant=_refuse, object_pairs_hook=_unique)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("the same key is there twice")
    return found


def wrong_type(request: HttpRequest) -> bool:
    """Whether a body came that does not say it is JSON."""
    length = request.headers.get("Content-Length", "")
    has_body = bool(length) and length != "0"
    return (
        has_body and request.method in {"POST", "PUT", "PATCH"} and request.content_type != "application/json"
    )
