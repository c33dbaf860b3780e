"""Which case a mail belongs to, and whether anything may answer it. A forged sender gains nothing.

A mail joins a case by a signed reply address or a chain of references, *and* a sender who takes part in it or may see
it; by a number in its subject only with a sender who may see the case. A signed address in other hands becomes a
private note for staff; everything else is a new request (rows 17, 18). What a machine sent stays in the log (row 49).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from vigente.rules.mailauth import Authentication
from vigente.rules.mailsigns import BY_MACHINE, Sign


class Road(StrEnum):
    """How a mail points to a case, most trusted first."""

    TOKEN = "token"
    REFERENCES = "references"
    NUMBER = "number"


_TRUST = {road: place for place, road in enumerate(Road)}


class Outcome(StrEnum):
    """What becomes of a mail."""

    REPLY = "reply"  # a message of the sender in the case
    STAFF_NOTE = "staff_note"  # kept in the case where only staff see it
    NEW_REQUEST = "new_request"  # decided by `intake.email` (row 17)
    LOG_ONLY = "log_only"  # stays in the mail log (row 49)


class Why(StrEnum):
    """Why, as codes for the mail log."""

    SIGNED_ADDRESS = "signed_address"
    KNOWN_REFERENCES = "known_references"
    NUMBER_IN_SUBJECT = "number_in_subject"
    SENDER_UNCHECKED = (
        "sender_unchecked"  # by number, and no server of ours says whether the sender is genuine
    )
    SENDER_FORGED = "sender_forged"  # our own server says it is not
    SENDER_AMBIGUOUS = "sender_ambiguous"  # several senders in one mail
    SENDER_MISSING = "sender_missing"
    STRANGER = "stranger"  # points to a case the sender has no part in
    STAFF_BY_MAIL = "staff_by_mail"  # a mail never speaks for staff towards a customer
    AUTOMATIC = "automatic"
    THROUGH_A_LIST = "through_a_list"
    NOT_TO_BE_ANSWERED = "not_to_be_answered"
    LOOP = "loop"  # the cap on automatic answers is reached
    NO_CASE = "no_case"


@dataclass(frozen=True, slots=True)
class Claim:
    """A case this mail points to. `takes_part`: the sender is in it; `may_see`: their membership shows it to them."""

    road: Road
    ticket: int
    takes_part: bool = False
    may_see: bool = False

    @property
    def is_theirs(self) -> bool:
        return self.takes_part or self.may_see


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail says it is from, and what speaks for that."""

    email: str
    staff: bool = False
    ambiguous: bool = False
    authentication: Authentication = Authentication.UNCHECKED

    @property
    def refuted(self) -> bool:
        return self.ambiguous or not self.email or self.authentication is Authentication.FAIL


@dataclass(frozen=True, slots=True)
class Traffic:
    """Automatic mails sent within the last hour: to this address, and for this case."""

    to_sender: int = 0
    for_case: int = 0


@dataclass(frozen=True, slots=True)
class Caps:
    """How many automatic mails an hour at most, whatever the headers say: two desks facing each other fall silent."""

    per_sender: int = 5
    per_case: int = 10


@dataclass(frozen=True, slots=True)
class Threading:
    """`ticket`: the case it joins, or (LOG_ONLY) is about. `answer`: an automatic answer may be sent."""

    outcome: Outcome
    why: tuple[Why, ...]
    ticket: int | None = None
    answer: bool = False


_WHY_ROAD = {
    Road.TOKEN: Why.SIGNED_ADDRESS,
    Road.REFERENCES: Why.KNOWN_REFERENCES,
    Road.NUMBER: Why.NUMBER_IN_SUBJECT,
}


def thread(
    *, sender: Sender, signs: frozenset[Sign], claims: Sequence[Claim], traffic: Traffic, caps: Caps = Caps()
) -> Threading:
    """Where the mail goes. `claims` may come in any order; of one road, cases the sender has part in come first."""
    ordered = sorted(claims, key=lambda claim: (_TRUST[claim.road], not claim.is_theirs))
    if signs & BY_MACHINE:
        about = next((claim.ticket for claim in ordered if claim.road is not Road.NUMBER), None)
        return Threading(Outcome.LOG_ONLY, (Why.AUTOMATIC,), about)
    answer, silence = _may_answer(sender, signs, traffic, caps)
    for claim in ordered:
        joined = _join(claim, sender)
        if joined:
            outcome, why = joined
            if outcome is Outcome.STAFF_NOTE:
                answer = False
            return Threading(outcome, (_WHY_ROAD[claim.road], *why, *silence), claim.ticket, answer)
    if Sign.LIST in signs:
        return Threading(Outcome.LOG_ONLY, (Why.AUTOMATIC, Why.THROUGH_A_LIST))
    if not sender.email:
        return Threading(Outcome.LOG_ONLY, (Why.SENDER_MISSING,))
    strange = (Why.STRANGER,) if claims else (Why.NO_CASE,)
    return Threading(Outcome.NEW_REQUEST, (*strange, *_doubts(sender), *silence), None, answer)


def _join(claim: Claim, sender: Sender) -> tuple[Outcome, tuple[Why, ...]] | None:
    """What a claim is worth in this sender's hands; None: nothing, look at the next."""
    if sender.staff:
        return Outcome.STAFF_NOTE, (Why.STAFF_BY_MAIL, *_doubts(sender))
    if claim.is_theirs and not sender.refuted:
        if claim.road is not Road.NUMBER or sender.authentication is Authentication.PASS:
            return Outcome.REPLY, ()
        if sender.authentication is Authentication.UNCHECKED:
            return Outcome.REPLY, (Why.SENDER_UNCHECKED,)
        return Outcome.STAFF_NOTE, (Why.SENDER_UNCHECKED,)
    if claim.road is Road.TOKEN:
        return Outcome.STAFF_NOTE, (_doubts(sender) or (Why.STRANGER,))
    if claim.is_theirs and claim.road is Road.REFERENCES:
        return Outcome.STAFF_NOTE, _doubts(sender)
    return None


def _doubts(sender: Sender) -> tuple[Why, ...]:
    doubts = (
        (Why.SENDER_MISSING, not sender.email),
        (Why.SENDER_AMBIGUOUS, sender.ambiguous),
        (Why.SENDER_FORGED, sender.authentication is Authentication.FAIL),
    )
    return tuple(why for why, found in doubts if found)


def _may_answer(
    sender: Sender, signs: frozenset[Sign], traffic: Traffic, caps: Caps
) -> tuple[bool, tuple[Why, ...]]:
    """Not what a list sent or asks not to be, whose sender is in doubt, or what is beyond the caps."""
    if signs:
        return False, (Why.THROUGH_A_LIST if Sign.LIST in signs else Why.NOT_TO_BE_ANSWERED,)
    if traffic.to_sender >= caps.per_sender or traffic.for_case >= caps.per_case:
        return False, (Why.LOOP,)
    return not sender.refuted, ()


_NUMBER = re.compile(
    r"\[#\s?(?P<tag>[0-9]{1,9})\]|\b(?:caso|case|solicitud|ticket)\s{0,3}(?:n[.º°ro]{0,3}\s{0,2}|#\s?)?(?P<word>[0-9]{1,9})\b",
    re.IGNORECASE | re.ASCII,
)
_PREFIXES = re.compile(
    r"^\s*(?:(?:re|rv|fw|fwd|aw|wg|tr|enc|res|rif|ref)\s?(?:\[\d{1,2}\])?\s?:\s*|\[#[0-9]{1,9}\]\s*)+",
    re.IGNORECASE,
)
_FORWARD = re.compile(r"^\s*(?:rv|fw|fwd|wg|tr|enc)\s?:", re.IGNORECASE)


def numbers_in(subject: str) -> tuple[int, ...]:
    """Case numbers a subject names: the tag of our own mails ("[#1042]"), or a word for case before a number."""
    found = (int(match["tag"] or match["word"]) for match in _NUMBER.finditer(subject[:255]))
    return tuple(dict.fromkeys(number for number in found if number > 0))[:3]


def bare_subject(subject: str) -> str:
    """A subject without the prefixes of replies and forwards, and without our own tag."""
    return _PREFIXES.sub("", subject[:255]).strip()


def is_forward(subject: str) -> bool:
    return bool(_FORWARD.match(subject[:40]))
