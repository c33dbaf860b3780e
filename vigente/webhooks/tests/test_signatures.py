"""Signatures are those of the Standard Webhooks specification."""

import base64

from vigente.webhooks.signing import BYTES, headers, new_message_id, new_secret, signature


def test_the_example_of_the_specification():
    assert (
        signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp=1614265330,
            body=b'{"test": 2432232314}',
        )
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_a_secret_is_random_and_of_the_length_the_specification_asks_for():
    first, second = new_secret(), new_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first[6:])) == BYTES
    assert 24 <= BYTES <= 64


def test_a_message_id_has_no_full_stop_which_would_blur_what_is_signed():
    assert "." not in new_message_id()


def test_several_secrets_sign_side_by_side(now):
    found = headers(["whsec_AAAA", "whsec_BBBB"], message_id="msg_1", body=b"{}", now=now)
    assert found["webhook-timestamp"] == str(int(now.timestamp()))
    assert len(found["webhook-signature"].split(" ")) == 2
