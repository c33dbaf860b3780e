"""Every address there is, straight from the URL map."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver


class Route(NamedTuple):
    """`key`: its name with its namespace and a `/` for each argument (`portal:split//`); the API goes by its paths,
    for two of its operations share a name (`api:tickets/<number>`).
    """

    key: str
    pattern: URLPattern
    arguments: tuple[str, ...]


def routes(
    resolver: URLResolver | None = None, names: tuple[str, ...] = (), arguments: tuple[str, ...] = ()
) -> Iterator[Route]:
    """All of them, the sign-in pages of allauth too."""
    for pattern in (resolver or get_resolver()).url_patterns:
        taken = (*arguments, *_arguments(pattern))
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, (*names, pattern.namespace) if pattern.namespace else names, taken)
        elif pattern.name is None or "api" in names:
            yield Route(":".join((*names, str(pattern.pattern))), pattern, taken)
        else:
            yield Route(":".join((*names, pattern.name)) + "/" * len(taken), pattern, taken)


def _arguments(pattern: URLPattern | URLResolver) -> list[str]:
    shape: Any = pattern.pattern
    return list(shape.converters) or list(getattr(shape, "regex", None).groupindex if shape else [])
