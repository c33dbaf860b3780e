"""Whether our own mail server vouches for the sender (RFC 8601). The words of other servers count nothing."""

import re
from collections.abc import Sequence
from enum import StrEnum


class Authentication(StrEnum):
    """What our own server found. UNCHECKED: no server of ours is named; NONE: it is, and said nothing that decides."""

    PASS = "pass"
    FAIL = "fail"
    NONE = "none"
    UNCHECKED = "unchecked"


_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*([a-z0-9-]{1,20})\s*=\s*([a-z]{1,20})\b(.*)", re.DOTALL)
_PROPERTY = re.compile(
    r"(header\.d|header\.from|header\.i|smtp\.mailfrom|smtp\.helo)\s*=\s*\"?([^\s;\"]{1,200})"
)


def authentication(headers: Sequence[str], *, own_host: str, sender: str) -> Authentication:
    """The verdict on `sender`, from the topmost header that bears our host's name.

    A genuine one stands above anything the sender wrote; RFC 8601 has our server remove forgeries of its own name.
    """
    if not own_host:
        return Authentication.UNCHECKED
    host = own_host.lower()
    for header in headers:
        name, _, rest = _COMMENT.sub(" ", header[:4000].lower()).partition(";")
        if (name.split() or [""])[0] == host:
            return _verdict(rest, sender.rpartition("@")[2])
    return Authentication.NONE


def _verdict(results: str, domain: str) -> Authentication:
    found: dict[str, str] = {}
    aligned = False
    for clause in results.split(";")[:40]:
        match = _RESULT.fullmatch(clause)
        if not match:
            continue
        method, result, properties = match[1], match[2], match[3]
        found.setdefault(method, result)
        if method in ("dkim", "spf") and result == "pass":
            aligned |= any(
                _aligned(value, domain) for key, value in _PROPERTY.findall(properties) if key != "smtp.helo"
            )
    if found.get("dmarc") == "pass" or (aligned and found.get("dmarc") != "fail"):
        return Authentication.PASS
    if found.get("dmarc") == "fail" or (found.get("spf") == "fail" and not aligned):
        return Authentication.FAIL
    return Authentication.NONE


def _aligned(value: str, domain: str) -> bool:
    """The domain that was checked is the sender's, or the sender's is below it (relaxed alignment, one direction)."""
    checked = value.rpartition("@")[2].strip(".")
    return bool(domain) and "." in checked and (domain == checked or domain.endswith("." + checked))
