"""Every letter can be read at the desk before anybody gets one, and its sample says what the letter is sent with."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from vigente.mail import letters as mail
from vigente.mail.models import OutboundMessage
from vigente.mail.samples import SAMPLES, sample_letter
from vigente.workspace.tests.conftest import words

pytestmark = pytest.mark.django_db
TEMPLATES = Path(mail.__file__).parent / "templates/mail"
SHARED = {"letter", "plan", "invoice", "order"}  # what others extend


def test_every_template_has_its_sample():
    assert {path.stem for path in TEMPLATES.glob("*.html")} - SHARED == set(SAMPLES)


@pytest.mark.parametrize("name", sorted(SAMPLES))
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_sample_is_a_whole_letter(name, language, now):
    letter = sample_letter(name, language=language, now=now)
    for form in (letter.subject, letter.html, letter.text):
        assert form.strip()
        assert "{{" not in form
        assert "None" not in form.replace("None of", "")
    assert bool(re.search(r"https?://", letter.text)) is (
        name != "reply_copy"
    )  # whose reader has no case to open
    assert "style=" in letter.html


def test_reading_them_writes_nothing(oscar, now, django_assert_max_num_queries):
    assert "Bienvenida" in words(oscar.get("letters"))
    for name in ("welcome", "invoice_reminder", "reply"):
        for query in ("", "?language=en", "?width=phone"):
            assert oscar.get("letter", name, query=query).status_code == 200
    assert not OutboundMessage.objects.exists()


def test_the_frame_runs_nothing_and_only_we_may_frame_it(oscar):
    page = oscar.get("letter_page", "welcome", "en")
    policy = page["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src 'none'" in policy
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in oscar.get("letter", "welcome")["Content-Security-Policy"]
    assert oscar.get("letter_page", "welcome", "fr").status_code == 404
    assert oscar.get("letter", "nothing").status_code == 404


def test_a_test_goes_to_the_reader_alone(oscar, owner, clock, now):
    oscar.post("letter", "welcome", language="en")
    clock.move_to(now + timedelta(seconds=1))
    oscar.post("letter", "welcome", language="en")
    mails = OutboundMessage.objects.all()
    assert [mail.to for mail in mails] == [owner.email] * 2
    assert not mails[0].automatic
