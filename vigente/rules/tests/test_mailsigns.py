"""Signs of automatic mail (row 49), and whose word counts about a sender."""

import pytest

from vigente.rules.mailauth import Authentication, authentication
from vigente.rules.mailsigns import Own, Sign, Signs, is_own, signs_of

OWN = Own(frozenset({"soporte@vendor.test"}), "ours")


def found(sender: str = "rosa@x.test", **facts: object) -> set[Sign]:
    return set(signs_of(Signs(**facts), sender=sender, own=OWN))


@pytest.mark.parametrize(
    ("facts", "sign"),
    [
        ({"auto_submitted": "auto-replied"}, Sign.AUTO_SUBMITTED),
        ({"precedence": "bulk"}, Sign.PRECEDENCE),
        ({"auto_reply": True}, Sign.AUTO_REPLY_HEADER),
        ({"subject": "Respuesta automática: Error"}, Sign.AUTO_REPLY_SUBJECT),
        ({"null_sender": True}, Sign.NULL_SENDER),
        ({"report": "delivery-status"}, Sign.DELIVERY_REPORT),
        ({"mark": "ours"}, Sign.OWN_MARK),
        ({"list_headers": True}, Sign.LIST),
        ({"precedence": "list"}, Sign.LIST),
        ({"suppress": "all"}, Sign.SUPPRESS),
    ],
)
def test_each_header_is_a_sign(facts: dict[str, object], sign: Sign) -> None:
    assert found(**facts) == {sign}


@pytest.mark.parametrize(
    "facts",
    [{}, {"auto_submitted": "no"}, {"suppress": "none"}, {"mark": "theirs"}, {"subject": "Re: Respuesta automática: x"},
     {"precedence": "normal"}, {"list_id": "soporte.vendor.test", "precedence": "list"}],
)  # fmt: skip
def test_a_persons_mail_shows_none(facts: dict[str, object]) -> None:
    assert found(**facts) == set()


def test_our_own_addresses_are_known_with_their_signature() -> None:
    assert is_own("soporte+t1-2.abc@vendor.test", OWN.addresses)
    assert not is_own("ana@vendor.test", OWN.addresses)
    assert found("soporte@vendor.test") == {Sign.OWN_ADDRESS}
    assert found("mailer-daemon@x.test") == {Sign.DAEMON}
    assert found("no-reply@x.test") == {Sign.SUPPRESS}


def verdict(*headers: str, host: str = "mx.vendor.test", sender: str = "rosa@x.test") -> Authentication:
    return authentication(headers, own_host=host, sender=sender)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("dmarc=pass (p=none) header.from=x.test", Authentication.PASS),
        ("dkim=pass header.d=x.test; spf=fail smtp.mailfrom=y.test", Authentication.PASS),
        ("spf=pass smtp.mailfrom=rosa@x.test", Authentication.PASS),
        ("dkim=pass header.d=mala.test; spf=pass smtp.mailfrom=mala.test", Authentication.NONE),
        ("dkim=pass header.d=test", Authentication.NONE),
        ("dkim=pass header.d=ax.test", Authentication.NONE),
        ("dmarc=fail header.from=x.test; dkim=pass header.d=x.test", Authentication.FAIL),
        ("spf=fail smtp.mailfrom=x.test", Authentication.FAIL),
        ("spf=softfail smtp.mailfrom=x.test", Authentication.NONE),
        ("none", Authentication.NONE),
        ("spf=pass smtp.helo=x.test", Authentication.NONE),
    ],
)
def test_our_servers_verdict(results: str, expected: Authentication) -> None:
    assert verdict(f"mx.vendor.test; {results}") is expected


def test_a_subdomain_is_vouched_for_by_its_domain_not_the_reverse() -> None:
    assert verdict("mx.vendor.test; dkim=pass header.d=x.test", sender="r@mail.x.test") is Authentication.PASS
    assert verdict("mx.vendor.test; dkim=pass header.d=mail.x.test") is Authentication.NONE


def test_only_our_own_host_is_believed_and_its_topmost_word() -> None:
    forged = "mx.mala.test; dmarc=pass"
    assert verdict(forged) is Authentication.NONE
    assert verdict("mx.vendor.test; dmarc=fail", "mx.vendor.test; dmarc=pass") is Authentication.FAIL
    assert verdict("mx.vendor.test.mala.test; dmarc=pass") is Authentication.NONE
    assert verdict("mx.vendor.test 1 (x;y); dmarc=pass") is Authentication.PASS


def test_without_a_host_of_ours_nothing_is_checked() -> None:
    assert verdict("mx.vendor.test; dmarc=pass", host="") is Authentication.UNCHECKED
