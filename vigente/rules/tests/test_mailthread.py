"""Which case a mail belongs to: nothing for those who forge, guess or copy themselves in."""

import pytest

from vigente.rules.mailauth import Authentication
from vigente.rules.mailsigns import BY_MACHINE, Sign
from vigente.rules.mailthread import (
    Caps,
    Claim,
    Outcome,
    Road,
    Sender,
    Threading,
    Traffic,
    Why,
    bare_subject,
    is_forward,
    numbers_in,
    thread,
)

ROSA = Sender("rosa@x.test")


def threaded(
    *claims: Claim, sender: Sender = ROSA, signs: frozenset[Sign] = frozenset(), **traffic: int
) -> Threading:
    return thread(sender=sender, signs=signs, claims=claims, traffic=Traffic(**traffic))


def forged(address: str = "rosa@x.test") -> Sender:
    return Sender(address, authentication=Authentication.FAIL)


THEIRS = {"takes_part": True, "may_see": True}


@pytest.mark.parametrize("road", Road)
def test_a_participant_joins_by_any_road(road: Road) -> None:
    found = threaded(Claim(road, 7, **THEIRS))
    assert (found.outcome, found.ticket, found.answer) == (Outcome.REPLY, 7, True)


@pytest.mark.parametrize("road", Road)
def test_who_may_see_the_case_joins_by_any_road(road: Road) -> None:
    assert threaded(Claim(road, 7, may_see=True)).outcome is Outcome.REPLY


def test_the_most_trusted_road_wins_whatever_the_order() -> None:
    claims = [
        Claim(Road.NUMBER, 1, **THEIRS),
        Claim(Road.REFERENCES, 2, **THEIRS),
        Claim(Road.TOKEN, 3, **THEIRS),
    ]
    assert threaded(*claims).ticket == 3
    assert threaded(*claims[:2]).ticket == 2


def test_of_two_signed_addresses_the_senders_own_case_comes_first() -> None:
    assert threaded(Claim(Road.TOKEN, 1), Claim(Road.TOKEN, 2, **THEIRS)).ticket == 2


def test_a_signed_address_in_other_hands_is_a_note_for_staff() -> None:
    found = threaded(Claim(Road.TOKEN, 7))
    assert (found.outcome, found.ticket, found.answer) == (Outcome.STAFF_NOTE, 7, False)
    assert found.why == (Why.SIGNED_ADDRESS, Why.STRANGER)


@pytest.mark.parametrize("road", [Road.REFERENCES, Road.NUMBER])
def test_a_stranger_with_references_or_a_guessed_number_joins_nothing(road: Road) -> None:
    found = threaded(Claim(road, 7))
    assert (found.outcome, found.ticket) == (Outcome.NEW_REQUEST, None)
    assert Why.STRANGER in found.why


@pytest.mark.parametrize("road", [Road.TOKEN, Road.REFERENCES])
def test_a_forged_sender_gains_nothing(road: Road) -> None:
    found = threaded(Claim(road, 7, **THEIRS), sender=forged())
    assert found.outcome is Outcome.STAFF_NOTE
    assert Why.SENDER_FORGED in found.why
    assert not found.answer


def test_a_forged_sender_with_a_number_is_a_new_request_that_nobody_answers() -> None:
    found = threaded(Claim(Road.NUMBER, 7), sender=forged())
    assert (found.outcome, found.answer) == (Outcome.NEW_REQUEST, False)


def test_several_senders_are_none() -> None:
    found = threaded(Claim(Road.TOKEN, 7, **THEIRS), sender=Sender("rosa@x.test", ambiguous=True))
    assert (found.outcome, found.answer) == (Outcome.STAFF_NOTE, False)


@pytest.mark.parametrize(
    ("authentication", "outcome"),
    [
        (Authentication.PASS, Outcome.REPLY),
        (Authentication.UNCHECKED, Outcome.REPLY),
        (Authentication.NONE, Outcome.STAFF_NOTE),
        (Authentication.FAIL, Outcome.NEW_REQUEST),
    ],
)
def test_a_number_is_worth_what_our_server_says_of_the_sender(
    authentication: Authentication, outcome: Outcome
) -> None:
    sender = Sender("rosa@x.test", authentication=authentication)
    assert threaded(Claim(Road.NUMBER, 7, **THEIRS), sender=sender).outcome is outcome


@pytest.mark.parametrize("road", Road)
def test_a_mail_never_speaks_for_staff(road: Road) -> None:
    found = threaded(Claim(road, 7, **THEIRS), sender=Sender("ana@vendor.test", staff=True))
    assert (found.outcome, found.answer) == (Outcome.STAFF_NOTE, False)
    assert Why.STAFF_BY_MAIL in found.why


@pytest.mark.parametrize("sign", sorted(BY_MACHINE))
def test_what_a_machine_sent_stays_in_the_log_row_49(sign: Sign) -> None:
    found = threaded(signs=frozenset({sign}))
    assert (found.outcome, found.ticket, found.answer) == (Outcome.LOG_ONLY, None, False)
    about = threaded(Claim(Road.TOKEN, 7, **THEIRS), signs=frozenset({sign}))
    assert (about.outcome, about.ticket) == (Outcome.LOG_ONLY, 7)
    assert threaded(Claim(Road.NUMBER, 7, **THEIRS), signs=frozenset({sign})).ticket is None


def test_a_person_may_answer_through_a_list_and_is_not_answered() -> None:
    lists = frozenset({Sign.LIST})
    joined = threaded(Claim(Road.TOKEN, 7, **THEIRS), signs=lists)
    assert (joined.outcome, joined.answer) == (Outcome.REPLY, False)
    assert threaded(signs=lists).outcome is Outcome.LOG_ONLY


def test_who_asks_not_to_be_answered_is_held_in_silence() -> None:
    found = threaded(signs=frozenset({Sign.SUPPRESS}))
    assert (found.outcome, found.answer) == (Outcome.NEW_REQUEST, False)


def test_a_mail_of_nobody_stays_in_the_log() -> None:
    assert threaded(sender=Sender("")).outcome is Outcome.LOG_ONLY
    assert threaded(Claim(Road.TOKEN, 7), sender=Sender("")).outcome is Outcome.STAFF_NOTE


def test_two_desks_facing_each_other_fall_silent() -> None:
    caps = Caps()
    assert threaded(to_sender=caps.per_sender - 1).answer
    assert not threaded(to_sender=caps.per_sender).answer
    assert not threaded(Claim(Road.TOKEN, 7, **THEIRS), for_case=caps.per_case).answer
    silent = threaded(to_sender=caps.per_sender)
    assert silent.outcome is Outcome.NEW_REQUEST
    assert Why.LOOP in silent.why


def test_a_new_request_of_a_person_may_be_answered() -> None:
    assert threaded() == Threading(Outcome.NEW_REQUEST, (Why.NO_CASE,), None, True)


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("Re: [#1042] Error", (1042,)),
        ("Caso 1042", (1042,)),
        ("sobre el caso n.º 1042 y el caso #7", (1042, 7)),
        ("Ticket #1042", (1042,)),
        ("Factura #1042 no imprime", ()),
        ("[#0]", ()),
        ("[#1] [#2] [#3] [#4]", (1, 2, 3)),
        ("Caso \u0661\u0660", ()),
        ("x" * 300 + "[#1042]", ()),
    ],
)
def test_numbers_are_those_our_own_subjects_carry(subject: str, numbers: tuple[int, ...]) -> None:
    assert numbers_in(subject) == numbers


def test_a_subject_without_its_prefixes() -> None:
    assert bare_subject("RE: RV: [#1042] Re[2]: Error") == "Error"
    assert bare_subject("Reporte: x") == "Reporte: x"
    assert is_forward("RV: x")
    assert not is_forward("Re: x")
