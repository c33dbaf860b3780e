"""From where something is done: the network address and the way in, known for the length of a request.

A `ContextVar` beside `clock.instant`: what is written down says where it came from without every service being told.
Outside of a request (worker, commands) both are empty.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address

from django.http import HttpRequest

CHANNELS = ("portal", "workspace", "account", "api", "callback")
_PLACES = {"desk": "workspace", "account": "account", "ui": "workspace"}


@dataclass(slots=True)
class Origin:
    """`address`: as the socket gave it, an IP or empty. `channel`: one of CHANNELS, or empty. `who`: asks for the id of
    the person who sent the request. `traces`: what the audit log has been told since.
    """

    address: str = ""
    channel: str = ""
    who: Callable[[], int | None] = lambda: None
    traces: int = 0


NOWHERE = Origin()
_of_request: ContextVar[Origin] = ContextVar("origin_of_request", default=NOWHERE)


def origin() -> Origin:
    """Where the request under way comes from."""
    return _of_request.get()


@contextmanager
def coming_from(found: Origin) -> Iterator[None]:
    """Within it, `origin` is `found`."""
    token = _of_request.set(found)
    try:
        yield
    finally:
        _of_request.reset(token)


def origin_of(request: HttpRequest, who: Callable[[], int | None]) -> Origin:
    """Read from the request: its peer, and the first words of its path."""
    return Origin(address=address_of(request), channel=_channel(request.path_info), who=who)


def address_of(request: HttpRequest) -> str:
    """The peer's IP address in its shortest form; empty when it has none (a Unix socket)."""
    try:
        found = ip_address(request.META.get("REMOTE_ADDR", "").partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)


def _channel(path: str) -> str:
    words = path.split("/")[1:3]
    if words[:1] == ["api"]:
        return "api"
    if words[:1] == ["webhooks"]:
        return "callback"
    return _PLACES.get(words[1], "portal") if len(words) > 1 else "portal"
