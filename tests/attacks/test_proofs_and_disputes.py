"""Proofs of transfers that are none, and word from the card processor in the wrong order."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from stories.rows.buying import PRICE, buyer, order
from vigente.billing.models import Payment
from vigente.billing.services.card_events import receive
from vigente.billing.services.card_money import record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_add_up")]
PNG = b"\x89PNG\r\n\x1a\n"


def zipped():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomba", b"\0" * 20_000_000)
    return held.getvalue()


NO_PROOFS = {
    "a drawing with a script": (
        "foto.png",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    ),
    "a page": ("foto.pdf", b"<!doctype html><script>alert(1)</script>"),
    "a page behind spaces": ("foto.jpg", b"\n" * 600 + b"<html><script>alert(1)</script>"),
    "a bomb": ("foto.png", zipped()),
    "a program": ("foto.png", b"MZ" + b"\0" * 200),
    "too much": ("foto.png", PNG + b"0" * (11 * 1024 * 1024)),
    "nothing": ("foto.png", b""),
    "a text": ("foto.pdf", b"Hola"),
}


def sent(who, bought, name, content):
    client = Client(raise_request_exception=False)
    client.force_login(who.manager)
    fields = {
        "amount": "2100.00",
        "reference": "1",
        "key": "abcdefgh1",
        "proof": SimpleUploadedFile(name, content),
    }
    return client, client.post(f"/es/pay/order/{bought.pk}/", fields)


@pytest.mark.parametrize("what", NO_PROOFS)
def test_what_is_no_proof_is_refused_and_not_kept(what, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    who = buyer(now)
    answer = sent(who, order(who, now), *NO_PROOFS[what])[1]
    assert 400 <= answer.status_code < 500 or answer.status_code == 200, answer.status_code
    assert not Payment.objects.exists()


def test_a_picture_that_is_a_page_too_is_served_as_a_picture_to_its_own_managers_only(
    now, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    who, stranger = buyer(now), buyer(now)
    content = PNG + b"<html><script>alert(1)</script>"
    client, answer = sent(who, order(who, now), "../../etc/x\u202egpj.html", content)
    assert answer.status_code == 302, answer.content[:300]
    payment = Payment.objects.get()
    path = f"/es/plan/payments/{payment.pk}/proof/"
    served = client.get(path)
    assert served["Content-Type"] == "image/png"
    assert served["X-Content-Type-Options"] == "nosniff"
    policy = served["Content-Security-Policy"]
    assert "sandbox" in policy or "default-src 'none'" in policy
    assert "\u202e" not in payment.proof_name
    assert "/" not in payment.proof_name
    for other in (stranger.manager, who.colleague):
        alien = Client(raise_request_exception=False)
        alien.force_login(other)
        assert alien.get(path).status_code in (403, 404)


@pytest.fixture
def tell(now):
    def say(number, kind, status, *, began, at):
        found = {"id": f"dp_{began}", "object": "dispute", "payment_intent": "pi_1", "status": status,
                 "created": int((now + timedelta(minutes=began)).timestamp())}  # fmt: skip
        event = {"id": f"evt_{number}", "type": f"charge.dispute.{kind}", "data": {"object": found},
                 "created": int((now + timedelta(minutes=at)).timestamp())}  # fmt: skip
        return receive(event, now=now + timedelta(hours=1))

    return say


@pytest.fixture
def paid(now):
    who = buyer(now)
    return record(organization=who.organization, intent="pi_1", amount_minor=PRICE, currency="NIO",
                  order=order(who, now), now=now)  # fmt: skip


def status(payment):
    payment.refresh_from_db()
    return payment.status


def test_a_dispute_that_was_won_before_we_heard_it_began_does_not_stay_open(paid, tell):
    assert tell(1, "closed", "won", began=1, at=9) == "won"
    assert tell(2, "created", "needs_response", began=1, at=1) == "late"
    assert status(paid) == "confirmed"
    assert tell(3, "created", "needs_response", began=20, at=20) == "disputed"  # another one, later
    assert tell(4, "closed", "lost", began=20, at=30) == "reversed"
    assert tell(4, "closed", "lost", began=20, at=30) == "repeated"
    assert status(paid) == "reversed"


def test_a_dispute_that_was_lost_before_we_heard_it_began_stays_lost(paid, tell):
    assert tell(1, "closed", "lost", began=1, at=9) == "reversed"
    tell(2, "created", "needs_response", began=1, at=1)
    assert status(paid) == "reversed"
