"""Attachments: for those who may see the message, and never as something a browser would run."""

import pytest

from vigente.portal.tests.conftest import signed_in
from vigente.tickets.files import File, path_of
from vigente.tickets.models import Attachment
from vigente.tickets.services.conversation import add_note

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


def attached(shop, now, name, content):
    shop.ticket(now, files=(File(name, content),))
    return f"/es/files/{Attachment.objects.latest('id').token}/"


@pytest.mark.parametrize(
    ("name", "content", "kind", "shown"),
    [
        ("foto.png", PNG, "image/png", True),
        ("factura.pdf", PDF, "application/pdf", True),
        ("notas.txt", b"hola", "text/plain", False),
        ("pagina.html", HTML, "text/plain", False),
        ("dibujo.svg", SVG, "text/plain", False),
        ("foto.png", HTML, "text/plain", False),
        ("datos.bin", b"\x00\x01\x02", "application/octet-stream", False),
    ],
)
def test_only_safe_pictures_and_pdf_are_shown(alice, shop, now, name, content, kind, shown):
    response = alice.get(attached(shop, now, name, content))
    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"].partition(";")[0] == kind
    assert response["Content-Disposition"].startswith("inline" if shown else "attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Security-Policy"] == "default-src 'none'" + (
        "" if name.endswith("pdf") else "; sandbox"
    )


def test_nobody_else_gets_it(charlie, bob, as_user, shop, now):
    url = attached(shop, now, "nota.txt", b"secreto")
    assert charlie.get(url).status_code == 404
    assert bob.get(url).status_code == 404  # of a colleague's case
    assert "/account/login/" in as_user(None).get(url).url


def test_a_known_version_is_not_sent_again_but_the_permission_is_asked(alice, charlie, shop, now):
    url = attached(shop, now, "nota.txt", b"hola")
    tag = alice.get(url)["ETag"]
    assert alice.get(url, headers={"If-None-Match": tag}).status_code == 304
    assert charlie.get(url, headers={"If-None-Match": tag}).status_code == 404


def test_a_file_of_an_internal_note_is_not_there_for_customers(alice, shop, agent, now):
    ticket = shop.ticket(now)
    add_note(ticket=ticket, author=agent, text="mire", files=(File("interno.txt", b"x"),), now=now)
    assert alice.get(f"/es/files/{Attachment.objects.get().token}/").status_code == 404


def test_a_file_of_a_held_request(now):
    from vigente.factories import make_customer

    poor = make_customer("Pulpería", now=now, plan=False)
    poor.held(now, files=(File("nota.txt", b"hola"),))
    url = f"/es/files/{Attachment.objects.get().token}/"
    assert signed_in(poor.manager).get(url).status_code == 200
    assert signed_in(poor.colleague).get(url).status_code == 404


def test_bytes_that_are_gone_are_a_404(alice, shop, now):
    url = attached(shop, now, "unica.txt", b"solo una vez aqui")
    path_of(Attachment.objects.get()).unlink()
    assert alice.get(url).status_code == 404


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", 'a"; filename="b.exe', "línea\r\nX: y.txt", "ñandú 漢.txt"]
)
def test_odd_names_stay_names(alice, shop, now, name):
    header = alice.get(attached(shop, now, name, b"x"))["Content-Disposition"]
    assert "\n" not in header
    assert "/" not in header


pytestmark = pytest.mark.django_db
