"""Signs by which a mail shows that no person sent it, or that it must not be answered (row 49)."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Sign(StrEnum):
    """One sign. Those in BY_MACHINE mean that no person wrote it; the others only that no machine may answer it."""

    AUTO_SUBMITTED = "auto_submitted"
    PRECEDENCE = "precedence"
    AUTO_REPLY_HEADER = "auto_reply_header"
    AUTO_REPLY_SUBJECT = "auto_reply_subject"
    NULL_SENDER = "null_sender"
    DELIVERY_REPORT = "delivery_report"
    DAEMON = "daemon"
    OWN_MARK = "own_mark"
    OWN_ADDRESS = "own_address"
    LIST = "list"
    SUPPRESS = "suppress"


BY_MACHINE = frozenset(Sign) - {Sign.LIST, Sign.SUPPRESS}


@dataclass(frozen=True, slots=True)
class Signs:
    """What the headers say, lower case. `null_sender`: Return-Path is <>; `report`: type of a multipart/report."""

    auto_submitted: str = ""
    precedence: str = ""
    auto_reply: bool = False
    suppress: str = ""
    list_id: str = ""
    list_headers: bool = False
    null_sender: bool = False
    report: str = ""
    mark: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """This desk: every address it sends from or receives at (as compared), and the mark its mails carry."""

    addresses: frozenset[str]
    mark: str


_DAEMONS = frozenset(
    {"mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply", "bounce", "bounces"}
)
_REAL_DAEMONS = frozenset({"mailer-daemon", "postmaster"})
_AUTO_SUBJECT = re.compile(
    r"\s*(?:respuesta autom[aá]tica|automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|"
    r"fuera de (?:la )?oficina|undeliverable|undelivered mail|delivery status notification|mail delivery failed|"
    r"no se puede entregar|no entregado|resposta autom[aá]tica)\s?[:(]",
    re.IGNORECASE,
)


def signs_of(facts: Signs, *, sender: str, own: Own) -> frozenset[Sign]:
    """Every sign the mail shows. A list that is only our own address behind a group is none."""
    local = sender.rpartition("@")[0]
    found = {
        Sign.AUTO_SUBMITTED: facts.auto_submitted not in ("", "no"),
        Sign.PRECEDENCE: facts.precedence in ("bulk", "junk", "auto_reply", "auto-reply"),
        Sign.AUTO_REPLY_HEADER: facts.auto_reply,
        Sign.AUTO_REPLY_SUBJECT: bool(_AUTO_SUBJECT.match(facts.subject[:120])),
        Sign.NULL_SENDER: facts.null_sender,
        Sign.DELIVERY_REPORT: bool(facts.report),
        Sign.DAEMON: local in _REAL_DAEMONS,
        Sign.OWN_MARK: bool(facts.mark) and facts.mark == own.mark,
        Sign.OWN_ADDRESS: is_own(sender, own.addresses),
        Sign.LIST: _through_a_list(facts, own),
        Sign.SUPPRESS: facts.suppress not in ("", "none") or local in _DAEMONS - _REAL_DAEMONS,
    }
    return frozenset(sign for sign, there in found.items() if there)


def is_own(email: str, addresses: frozenset[str]) -> bool:
    """Whether an address is one of ours, a signed reply address included."""
    local, _, domain = email.rpartition("@")
    return email in addresses or f"{local.split('+')[0]}@{domain}" in addresses


def _through_a_list(facts: Signs, own: Own) -> bool:
    if not (facts.list_id or facts.list_headers or facts.precedence == "list"):
        return False
    return facts.list_id not in {address.replace("@", ".") for address in own.addresses}
