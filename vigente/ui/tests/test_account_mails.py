"""Mails about somebody's account: the vendor's, plain, and to *usted*."""

import re
from pathlib import Path

import pytest
from allauth.account.adapter import get_adapter
from django.template.loader import render_to_string
from django.utils import translation

from vigente.installation.models import Installation

FOLDER = Path(__file__).parent.parent / "templates"
PREFIXES = sorted(
    str(path.relative_to(FOLDER)).removesuffix("_subject.txt")
    for path in FOLDER.glob("*/email/*_subject.txt")
)
CONTEXT = {
    "code": "123456",
    "email": "rosa@elclavo.example",
    "password_reset_url": "https://soporte.example/r",
    "signup_url": "https://soporte.example/s",
    "activate_url": "https://soporte.example/a",
    "from_email": "a@b.example",
    "to_email": "c@d.example",
    "deleted_email": "e@f.example",
    "ip": "127.0.0.1",
    "user_agent": "Navegador",
}


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", PREFIXES)
def test_each_mail_is_the_vendors(prefix):
    Installation.objects.create(
        id=1, vendor_name="Sisnorte & Hijos", support_email="soporte@sisnorte.example"
    )
    with translation.override("es"):
        mail = get_adapter().render_mail(prefix, "rosa@elclavo.example", CONTEXT)
    assert mail.subject
    assert mail.body.rstrip().endswith("Sisnorte & Hijos\nsoporte@sisnorte.example")
    assert not re.search(
        r"\b(tu|tus|te|haz|introduce|puedes)\b", f"{mail.subject} {mail.body}", re.IGNORECASE
    )
    assert "\n\n\n" not in mail.body


def test_a_code_stands_alone_on_its_line():
    body = render_to_string("account/email/login_code_message.txt", CONTEXT)
    assert "\n\n123456\n\n" in body
