"""Signed reply addresses: for one case and one person, of this installation only."""

import re

import pytest

from vigente.mail.tokens import ReplyToken, message_id, own_mark, reply_address, token_in

BOX = "soporte@vendor.test"
TOKEN = ReplyToken(ticket=1042, user=77)


def test_an_address_comes_back_as_the_case_and_person_it_was_made_for() -> None:
    address = reply_address(BOX, TOKEN)
    assert re.fullmatch(r"soporte\+t1042-77\.[a-z2-7]{16}@vendor\.test", address)
    assert len(address.split("@")[0]) <= 64
    assert token_in(address, mailboxes=[BOX]) == TOKEN


def test_a_server_that_changes_the_case_breaks_nothing() -> None:
    assert token_in(reply_address(BOX, TOKEN).upper(), mailboxes=["Soporte@Vendor.test"]) == TOKEN


@pytest.mark.parametrize(
    "change", [("t1042", "t1043"), ("-77", "-78"), ("t1042-77", "t10427-7"), ("vendor", "other")]
)
def test_a_tampered_address_is_refused(change: tuple[str, str]) -> None:
    assert token_in(reply_address(BOX, TOKEN).replace(*change), mailboxes=[BOX]) is None


def test_each_letter_of_the_signature_counts() -> None:
    address = reply_address(BOX, TOKEN)
    start = address.index(".") + 1
    for at in range(start, start + 16):
        other = "a" if address[at] != "a" else "b"
        assert token_in(address[:at] + other + address[at + 1 :], mailboxes=[BOX]) is None


def test_a_foreign_installations_address_is_refused(settings) -> None:
    address = reply_address(BOX, TOKEN)
    mark = own_mark()
    settings.SECRET_KEY = "another installation"
    assert token_in(address, mailboxes=[BOX]) is None
    assert own_mark() != mark


def test_a_retired_secret_is_still_honoured(settings) -> None:
    address = reply_address(BOX, TOKEN)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the new one"
    assert token_in(address, mailboxes=[BOX]) == TOKEN
    assert token_in(reply_address(BOX, TOKEN), mailboxes=[BOX]) == TOKEN


NO_TOKENS = ["", "@", "soporte@vendor.test", "soporte+@vendor.test", "soporte+t1-1.x@vendor.test",
             "soporte+t1042-77.aaaaaaaaaaaaaaaa\n@vendor.test", "a" * 10_000]  # fmt: skip


@pytest.mark.parametrize("address", NO_TOKENS)
def test_what_is_no_signed_address_is_none(address: str) -> None:
    assert token_in(address, mailboxes=[BOX]) is None


def test_a_message_id_is_fixed_and_cannot_be_guessed(settings) -> None:
    first = message_id("ticket.replied", "12", domain="vendor.test")
    assert first == message_id("ticket.replied", "12", domain="vendor.test")
    assert first != message_id("ticket.replied", "13", domain="vendor.test")
    assert first.endswith("@vendor.test")
    settings.SECRET_KEY = "another"
    assert first != message_id("ticket.replied", "12", domain="vendor.test")
