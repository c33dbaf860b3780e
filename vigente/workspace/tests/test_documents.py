"""The owner's documents: who sells, and templates that are looked at before they are used."""

import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from vigente.billing.models import BankAccount, DocumentTemplate, SellerProfile
from vigente.billing.services.documents import save_template
from vigente.rules.refusal import Refused

KINDS = DocumentTemplate.Kind.values


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = b"".join(
    [
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress(b"\0\x0f\x5c\x4c")),
        _chunk(b"IEND", b""),
    ]
)


@pytest.fixture
def owner_browser(owner):
    browser = Client()
    browser.force_login(owner)
    return browser


def at(kind, more=""):
    return f"/es/desk/settings/documents/{kind}/{more}"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_shows_its_default_and_a_picture_of_it(owner_browser, kind):
    page = owner_browser.get(at(kind)).content.decode()
    assert "data.json" in page
    assert 'src="data:image/png;base64,' in page
    preview = owner_browser.get(at(kind, "preview/"))
    assert preview.content.startswith(b"%PDF")
    assert preview["Content-Security-Policy"] == "default-src 'none'"


def test_a_broken_one_is_not_saved_and_its_line_is_named(owner_browser):
    response = owner_browser.post(at("invoice"), {"source": "Hola\n#nada", "save": "1"})
    assert response.status_code == 422
    assert "Línea 2: unknown variable: nada" in response.content.decode()
    assert not DocumentTemplate.objects.exists()
    shown = owner_browser.post(at("invoice", "preview/"), {"source": "Hola\n#nada"})
    assert (shown.status_code, shown["Content-Type"]) == (422, "text/plain; charset=utf-8")


def test_looking_saves_nothing_saving_does_and_what_was_stays(owner_browser):
    assert owner_browser.post(at("invoice"), {"source": "Hola", "preview": "1"}).status_code == 200
    assert not DocumentTemplate.objects.exists()
    for source in ("Uno", "Dos", "Dos"):
        assert owner_browser.post(at("invoice"), {"source": source, "save": "1"}).status_code == 302
    assert list(DocumentTemplate.objects.values_list("source", flat=True)) == ["Dos", "Uno"]
    first = DocumentTemplate.objects.get(source="Uno")
    assert "Uno</textarea>" in owner_browser.get(at("invoice", f"?version={first.pk}")).content.decode()
    owner_browser.post(at("invoice"), {"restore": "1"})
    assert DocumentTemplate.in_force("invoice").source == ""
    assert "la de siempre" in owner_browser.get("/es/desk/settings/documents/").content.decode()


def test_a_problem_is_said(owner_browser, now):
    DocumentTemplate.objects.create(
        kind="invoice", source="x", created_at=now, problem="unknown (2)", problem_at=now
    )
    assert "unknown (2)" in owner_browser.get("/es/desk/settings/documents/").content.decode()
    assert (
        "Se está imprimiendo con la plantilla de siempre" in owner_browser.get(at("invoice")).content.decode()
    )


def test_unknown_kinds_and_versions(owner_browser):
    assert owner_browser.get(at("nothing")).status_code == 404
    assert owner_browser.get(at("invoice", "?version=99999")).status_code == 200
    assert owner_browser.get(at("invoice", "?version=x%00")).status_code == 200


def test_only_the_owner_changes_templates(supervisor, now):
    with pytest.raises(Refused):
        save_template(kind="invoice", source="Hola", actor=supervisor, now=now)


SELLER = {"legal_name": "INVEX, S.A.", "tax_id": "J031", "address": "Uno\r\nDos", "paper": "a4", "email": ""}


def test_the_seller_with_a_logo(owner_browser):
    logo = SimpleUploadedFile("logo.png", PNG)
    assert owner_browser.post("/es/desk/settings/seller/", {**SELLER, "new_logo": logo}).status_code == 302
    seller = SellerProfile.current()
    assert (seller.legal_name, seller.paper, seller.logo_type) == ("INVEX, S.A.", "a4", "image/png")
    assert owner_browser.get(at("invoice", "preview/")).content.startswith(b"%PDF")
    owner_browser.post("/es/desk/settings/seller/", SELLER)
    assert SellerProfile.current().logo
    owner_browser.post("/es/desk/settings/seller/", {**SELLER, "remove_logo": "on"})
    assert not SellerProfile.current().logo


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ" + b"\0" * 90, b"GIF89a" + b"\0" * 90]
)
def test_what_is_no_logo(owner_browser, content):
    response = owner_browser.post(
        "/es/desk/settings/seller/", {**SELLER, "new_logo": SimpleUploadedFile("logo.png", content)}
    )
    assert response.status_code == 422
    assert not SellerProfile.objects.exists()


def test_bank_accounts_are_a_list(owner_browser):
    fields = {
        "bank": "BAC",
        "number": "1-2",
        "holder": "INVEX",
        "currency": "nio",
        "position": "0",
        "is_active": "on",
    }
    assert owner_browser.post("/es/desk/settings/banks/new/", fields).status_code == 302
    assert BankAccount.objects.get().currency == "NIO"
    assert (
        owner_browser.post("/es/desk/settings/banks/new/", {**fields, "currency": "XQX"}).status_code == 422
    )
    assert "BAC 1-2 (NIO)" in owner_browser.get("/es/desk/settings/banks/").content.decode()
