"""Files that are not what they say: kept as they came, never run, never opened, never outside their folder."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from vigente.accounts.models import Role
from vigente.factories import make_customer, make_user
from vigente.tickets.files import SAFE_IMAGES, path_of
from vigente.tickets.models import Attachment, HeldRequest, Message, Ticket

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
SCRIPT = b"<html><script>alert(document.domain)</script></html>"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,"
pytestmark = pytest.mark.django_db


def zip_bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"../../{number}", b"\0" * 5_000_000)
    return packed.getvalue()


HOSTILE = {
    "svg": (
        "dibujo.svg",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
    ),
    "html": ("pagina.html", SCRIPT),
    "html that says it is a picture": ("foto.png", SCRIPT),
    "xhtml": ("pagina.xhtml", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>'),
    "a picture and a page at once": ("foto.gif", GIF + b"/*" + SCRIPT + b"*/=alert(1);"),
    "a PDF and a page at once": ("doc.pdf", b"%PDF-1.7\n" + SCRIPT),
    "script": ("a.js", b"alert(1)"),
    "zip bomb": ("bomba.zip", zip_bomb()),
    "a bomb that says it is a sheet": ("hoja.xlsx", zip_bomb()),
    "xml bomb": ("b.xml", b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><l>&b;</l>'),
}
NAMES = (
    "../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/cron.d/x",
    "a\r\nSet-Cookie: x=1.txt", 'a";filename="b.exe',
    "\u202efdp.exe", "a" * 900 + ".txt", "<img src=x onerror=alert(1)>.png", "CON", "...", "nombre\u0000.png.exe",
    "ñandú 😀.txt", "%2e%2e%2fx", "a/b/c.txt",
)  # fmt: skip


@pytest.fixture
def shop():
    with time_machine.travel(NOW, tick=False):
        yield make_customer("Ferretería", now=NOW, cases=None)


@pytest.fixture
def alice(shop):
    client = Client()
    client.force_login(shop.manager)
    return client


def send(client, ticket, *files, **more):
    return client.post(f"/es/tickets/{ticket.number}/replies/", {"body": "va", "files": list(files), **more})


def upload(name, content):
    made = SimpleUploadedFile("x", content)
    made._name = name  # as a client that is no browser sends it
    return made


@pytest.mark.parametrize("case", sorted(HOSTILE))
def test_what_could_run_is_downloaded_as_bytes_and_nothing_more(case, shop, alice):
    name, content = HOSTILE[case]
    ticket = shop.ticket(NOW)
    assert send(alice, ticket, SimpleUploadedFile(name, content, content_type="text/html")).status_code == 302
    stored = Attachment.objects.get()
    assert path_of(stored).read_bytes() == content
    staff = Client()
    staff.force_login(make_user("Ana", role=Role.AGENT))
    for client, path in ((alice, "/es/files"), (staff, "/es/files"), (staff, "/es/desk/files")):
        response = client.get(f"{path}/{stored.token}/")
        assert b"".join(response.streaming_content) == content
        kind = response["Content-Type"].partition(";")[0]
        assert kind in {*SAFE_IMAGES, "application/pdf", "application/octet-stream", "text/plain"}
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert "sandbox" in response["Content-Security-Policy"] or kind == "application/pdf"
        if kind not in {*SAFE_IMAGES, "application/pdf"}:
            assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_a_name(name, shop, alice):
    ticket = shop.ticket(NOW)
    outside = Path(settings.MEDIA_ROOT).parent
    before = {path for path in outside.iterdir() if path.name != "test.sqlite3"}
    assert send(alice, ticket, upload(name, b"contenido")).status_code in (302, 422)
    for stored in Attachment.objects.all():
        assert path_of(stored).resolve().is_relative_to(Path(settings.MEDIA_ROOT).resolve())
        assert not set(stored.filename) & set('/\\\r\n\0"<>\u202e')
        assert stored.filename.strip(". ")
        response = alice.get(f"/es/files/{stored.token}/")
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers
        assert "\n" not in response["Content-Disposition"]
    assert {path for path in outside.iterdir() if path.name[:11] != "test.sqlite"} <= before | {
        Path(settings.MEDIA_ROOT)
    }
    page = alice.get(f"/es/tickets/{ticket.number}/").content.decode()
    assert "onerror=alert(1)>" not in page


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([SimpleUploadedFile("vacio.txt", b"")], 422),
        ([SimpleUploadedFile(f"{n}.txt", b"x") for n in range(11)], 422),
        ([SimpleUploadedFile("programa.exe", b"MZ" + b"\0" * 200)], 422),
    ],
)
def test_what_is_not_kept_is_refused_with_the_text_kept(files, status, shop, alice):
    ticket = shop.ticket(NOW)
    before = Message.objects.count(), Attachment.objects.count()
    response = send(alice, ticket, *files, body="lo que escribí con cuidado")
    assert response.status_code == status
    assert "lo que escribí con cuidado" in response.content.decode()
    assert (Message.objects.count(), Attachment.objects.count()) == before


def test_a_file_over_the_limit_is_refused_before_it_is_kept(shop, alice, settings):
    settings.ATTACHMENT_MAX_BYTES = 1024 * 1024
    ticket = shop.ticket(NOW)
    response = send(alice, ticket, SimpleUploadedFile("grande.bin", b"\1" * (1024 * 1024 + 1)))
    assert response.status_code == 422
    assert "1 MB" in response.content.decode()
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("body", [b"--x\r\nContent-Disposition: form-data; name=body\r\n", b"", b"\xff" * 5000,
                                  b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 2000])  # fmt: skip
def test_a_broken_multipart_is_no_error_of_ours(body, shop):
    client = Client(raise_request_exception=False)
    client.force_login(shop.manager)
    ticket = shop.ticket(NOW)
    before = Message.objects.count(), Ticket.objects.count(), HeldRequest.objects.count()
    for kind in (
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "multipart/form-data; boundary=" + "y" * 400,
    ):
        for path in (f"/es/tickets/{ticket.number}/replies/", "/es/ask/"):
            assert client.generic("POST", path, body, content_type=kind).status_code < 500
    assert (Message.objects.count(), Ticket.objects.count(), HeldRequest.objects.count()) == before


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml", "", "x"])
def test_a_form_sent_as_something_else_is_an_empty_form(kind, shop):
    client = Client(raise_request_exception=False)
    client.force_login(shop.manager)
    response = client.generic("POST", "/es/ask/", b'{"subject": "x"}', content_type=kind)
    assert response.status_code == 422


def test_ten_megabytes_of_subject_are_refused_clearly(shop):
    client = Client(raise_request_exception=False)
    client.force_login(shop.manager)
    response = client.post("/es/ask/", {"subject": "x" * 10_000_000, "body": "b"})
    assert response.status_code in (400, 413)
    assert "text/html" in response["Content-Type"]
    assert not Ticket.objects.exists()
