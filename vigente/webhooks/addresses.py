"""Where a webhook may go: to public addresses of other machines, never into our own network.

An owner types the URL, the server opens the connection: whatever the server can reach that the world cannot must be out
of reach by every spelling. The name is judged here when it is typed, its addresses each time it is resolved.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

LONGEST = 500
PORTS = frozenset({443, 8443})  # and all above 1024
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMERIC = re.compile(r"\d+|0x[0-9a-f]*")
_LOCAL_NAMES = (
    "localhost",
    "local",
    "internal",
    "localdomain",
    "home.arpa",
    "lan",
    "intranet",
    "corp",
    "home",
)
# IANA's registries of special addresses, and those under which clouds keep the keys of their machines.
_CLOSED_V4 = [
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",
    )
]  # fmt: skip
_OPEN_V6 = ipaddress.IPv6Network(
    "2000::/3"
)  # all that is given out; mapped IPv4, NAT64, ULA, link-local lie outside
_CLOSED_V6 = [
    ipaddress.IPv6Network(net)
    for net in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]


class Refusal(ValueError):
    """This URL or address is not for webhooks. `code`: url, scheme, credentials, host, port or private."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart. `host`: an ASCII name, or an address without brackets; `path` with its query."""

    tls: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


def parse(url: str) -> Target:
    """Judge a URL by its looks alone; raises Refusal."""
    if (
        len(url) > LONGEST
        or not re.fullmatch(r"[\x21-\x7e]+", _ascii_host(url))
        or set(url) & set("\\#<>\"'`^{}|")
    ):
        raise Refusal("url")
    if _misplaces_brackets(url):
        raise Refusal("host")
    try:
        parts = urlsplit(_ascii_host(url))
        port, host = parts.port, (parts.hostname or "").lower()
    except ValueError:
        raise Refusal("url") from None
    private = settings.WEBHOOKS_ALLOW_PRIVATE
    if parts.scheme.lower() not in (("https", "http") if private else ("https",)):
        raise Refusal("scheme")
    if "@" in parts.netloc:
        raise Refusal("credentials")
    tls = parts.scheme.lower() == "https"
    port = (443 if tls else 80) if port is None else port
    if not (port in PORTS or 1024 < port < 65536 or (private and port == 80)):
        raise Refusal("port")
    _judge_host(host)
    return Target(tls, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _misplaces_brackets(url: str) -> bool:
    """Whether the host has brackets that do not hold a whole address; Python versions differ on these."""
    authority = re.sub(r"^[^/]*//([^/?#]*).*$", r"\1", url, flags=re.DOTALL)
    host = authority.rpartition("@")[2]
    return bool(set("[]") & set(host)) and not re.fullmatch(r"\[[0-9A-Fa-f:.]+\](:\d*)?", host)


def _ascii_host(url: str) -> str:
    """The URL with the name of its host in ASCII; as it is when that cannot be done."""
    found = re.fullmatch(r"(https?://)([^/?#@:\[\]]+)(.*)", url, re.IGNORECASE | re.DOTALL)
    if found is None or found[2].isascii():
        return url
    try:
        return found[1] + found[2].encode("idna").decode() + found[3]
    except UnicodeError:
        return url


def _judge_host(host: str) -> None:
    try:
        check(host)
    except ValueError as error:
        if isinstance(error, Refusal):
            raise
    else:
        return
    labels = host.rstrip(".").split(".")
    if len(host) > 253 or ":" in host or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refusal("host")
    if _NUMERIC.fullmatch(labels[-1]):
        raise Refusal("host")  # an address in decimal, octal or hexadecimal, or a shortened one
    name = host.rstrip(".")
    local = len(labels) == 1 or any(name == one or name.endswith(f".{one}") for one in _LOCAL_NAMES)
    if local and not settings.WEBHOOKS_ALLOW_PRIVATE:
        raise Refusal("private")


def check(address: str) -> str:
    """The address if a webhook may go there; raises Refusal("private"), or ValueError if it is none."""
    found = ipaddress.ip_address(address)
    if not settings.WEBHOOKS_ALLOW_PRIVATE and not is_public(found):
        raise Refusal("private")
    return str(found)


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether the whole world reaches the same machine under it."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in net for net in _CLOSED_V4)
    if address.scope_id is not None or address not in _OPEN_V6:
        return False
    return not any(address in net for net in _CLOSED_V6)
