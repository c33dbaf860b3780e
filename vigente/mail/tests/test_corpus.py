"""Every sample of the corpus comes out saying what its author meant."""

import re

import pytest

from vigente.mail.parsing import parse
from vigente.mail.tests.corpus import Sample, all_samples
from vigente.rules.mailsigns import BY_MACHINE, Own, signs_of

SAMPLES = all_samples()
OWN = Own(frozenset({"soporte@vendor.test"}), "mark")
FORBIDDEN = re.compile(
    r"<(script|style|svg|math|iframe|form|input|base|object)\b|\son\w+=|javascript:|style=|\sid=|\sname=",
    re.I,
)


def test_the_corpus_is_large_enough() -> None:
    assert len(SAMPLES) >= 60


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_real_mail_says_what_its_author_meant(sample: Sample) -> None:
    mail = parse(sample.raw)
    assert mail.subject == sample.subject
    assert mail.sender.email == sample.sender
    for words in sample.has:
        assert words in mail.text
    for words in sample.folded:
        assert words not in mail.text
        assert words in mail.quoted_text
    if not sample.folded:
        assert mail.quoted_text == ""
    assert tuple(file.filename for file in mail.attachments) == sample.files
    assert sum(file.inline for file in mail.attachments) == sample.inline
    assert bool(mail.html) == sample.html
    _check_html(sample, mail.html, mail.quoted_html)
    signs = signs_of(mail.signs, sender=mail.sender.email, own=OWN)
    assert bool(signs & BY_MACHINE) == sample.machine
    _check_facts(sample)


def _check_html(sample: Sample, written: str, quoted: str) -> None:
    assert not FORBIDDEN.search(written + quoted)
    if sample.html and sample.folded:
        for words in sample.folded:
            assert words not in written


def _check_facts(sample: Sample) -> None:
    mail = parse(sample.raw)
    found = {
        "name": mail.sender.name,
        "date": mail.date,
        "message_id": mail.message_id,
        "cc": [person.email for person in mail.cc],
        "to": [person.email for person in mail.to],
        "in_reply_to": list(mail.in_reply_to),
        "references": list(mail.references),
        "defects": set(mail.defects),
        "signs": set(signs_of(mail.signs, sender=mail.sender.email, own=OWN)),
        "bounce": mail.bounce
        and (mail.bounce.recipient, mail.bounce.action, mail.bounce.status, mail.bounce.original_id),
    }
    for name, value in sample.facts.items():
        assert found[name] == value, name
