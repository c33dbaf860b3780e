"""Headers to values: never an error, never a second line, and in linear time."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from vigente.mail.addresses import address_key, addresses
from vigente.mail.charsets import clean, decode
from vigente.mail.filenames import safe_filename
from vigente.mail.headers import date_of, line, message_ids, parameters, words

HEADER = st.text(st.sampled_from("=?utf-8bqQ _AñB\n<>@,;:()\"\\.*'% \u202e\ud800"), max_size=80).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)


@given(HEADER)
@settings(max_examples=300, deadline=None)
def test_any_header_is_one_clean_line(value: bytes) -> None:
    text = line(value, 255)
    assert "\n" not in text
    assert "\r" not in text
    text.encode()
    for person in addresses([value]):
        assert person.email.count("@") == 1
        assert not set(person.email + person.name) & set("\r\n\0")
    message_ids(value)
    date_of(value)
    for name, parameter in parameters(b"x; " + value).items():
        assert isinstance(name + parameter, str)


@given(st.text(max_size=200), st.sampled_from(["application/pdf", "", "x/y"]))
@settings(max_examples=300, deadline=None)
def test_any_filename_is_a_plain_name(name: str, kind: str) -> None:
    safe = safe_filename(name, content_type=kind)
    assert 0 < len(safe) <= 121
    assert not set(safe) & set('/\\:*?"<>|%\0\n\u202e')
    assert safe.strip(". ") == safe
    safe.encode()


@given(st.binary(max_size=100), st.text(max_size=20))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_text_in_any_charset(data: bytes, label: str) -> None:
    text = decode(data, label)
    assert clean(text) == text
    text.encode()


def test_a_charset_must_be_one() -> None:
    for label in (
        "zip",
        "hex",
        "rot13",
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
    ):
        assert decode(b"abc", label) == "abc"


def test_an_address_that_looks_like_another_stays_another() -> None:
    assert address_key("Ana@X.Test") == "ana@x.test"
    assert address_key("\u212aana@x.test") != "kana@x.test"
    assert address_key("ana@\u24d4xample.test") != "ana@example.test"
    assert address_key("an\u0430@x.test") != "ana@x.test"


def test_a_name_cannot_become_an_address() -> None:
    forged = b"=?utf-8?q?rosa=40x=2Etest=3E=2C_mala?= <mala@y.test>"
    assert [person.email for person in addresses([forged])] == ["mala@y.test"]


def test_encoded_words_take_linear_time() -> None:
    start = time.perf_counter()
    words("=?utf-8?b?w7E=?= " * 20_000)
    words("=?" * 100_000)
    addresses([b"(" * 16_000, b'"' * 16_000, b"a@b.test," * 2_000, b"<" * 16_000])
    assert time.perf_counter() - start < 2
