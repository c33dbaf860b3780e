"""Invoices and payments in the portal: read, printed, paid by transfer."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from vigente.billing.models import BankAccount, Invoice, Payment
from vigente.billing.prices import Priced
from vigente.billing.services import invoices, orders, payments
from vigente.portal.tests.conftest import words
from vigente.rules.invoicing import Label, LabelCode, Line
from vigente.tickets.services import classification, quotations

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def invoice(shop, now):
    label = Label(LabelCode.PLAN, {"plan": "Básico", "edition": "WEB", "licence": shop.licence.pk})
    line = Line(label, 1, 210_000, 84_000, "cloud_web", 4000, tax_basis_points=1500)
    return invoices.issue(
        key="one", organization=shop.organization, priced=Priced((line,), "NIO"),
        purpose=Invoice.Purpose.OTHER, due_at=now + timedelta(days=5), now=now,
    )  # fmt: skip


@pytest.fixture
def bank(db):
    return BankAccount.objects.create(bank="BAC", number="123-4", holder="INVEX, S.A.", currency="NIO")


def proof(content=PNG, name="foto.png"):
    return SimpleUploadedFile(name, content)


def send(client, url, **given):
    fields = {"amount": "1449.00", "reference": "8841", "key": "abcdefgh1", "proof": proof()}
    return client.post(url, {**fields, **given})


def test_a_manager_reads_the_list_and_the_invoice(alice, invoice):
    assert "C$ 1,449.00" in words(alice.get("/es/plan/invoices/"))
    said = words(alice.get(f"/es/plan/invoices/{invoice.pk}/"))
    for part in (
        "Descuento WEB en nuestra nube −40 %",
        "Impuesto 15 %",
        "C$ 1,449.00",
        "Por pagar",
        "Pagar ahora",
    ):
        assert part in said, part


def test_what_is_paid_already_is_taken_off_in_sight(alice, shop, invoice, now):
    payments.record_payment(
        organization=shop.organization, method="manual", amount_minor=44_900, currency="NIO", key="half",
        invoice=invoice, now=now,
    )  # fmt: skip
    said = words(alice.get(f"/es/pay/invoice/{invoice.pk}/"))
    assert "Total C$ 1,449.00 Ya pagado o a su favor −C$ 449.00 Por pagar C$ 1,000.00" in said


def test_nobody_else_does(bob, charlie, invoice):
    for client in (bob, charlie):
        for path in ("", f"{invoice.pk}/", f"{invoice.pk}.pdf"):
            assert client.get(f"/es/plan/invoices/{path}").status_code == 404
        assert client.get("/es/plan/account.pdf").status_code == 404
        assert client.get(f"/es/pay/invoice/{invoice.pk}/").status_code == 404
        assert send(client, f"/es/pay/invoice/{invoice.pk}/").status_code == 404


def test_the_pdf_is_never_a_page(alice, invoice):
    for url, name in (
        (f"/es/plan/invoices/{invoice.pk}.pdf", "A-000001.pdf"),
        ("/en/plan/account.pdf?months=12", ".pdf"),
    ):
        response = alice.get(url)
        assert response.content.startswith(b"%PDF")
        assert response["Content-Type"] == "application/pdf"
        assert name in response["Content-Disposition"]
        assert response["Cache-Control"] == "private, no-cache"
        assert response["Content-Security-Policy"] == "default-src 'none'"


def test_the_list_goes_on_below(alice, shop, now, django_assert_max_num_queries):
    priced = Priced((Line(Label(LabelCode.OTHER, {"text": "Visita"}), 1, 100),), "NIO")
    for n in range(30):
        invoices.issue(
            key=f"k{n}",
            organization=shop.organization,
            priced=priced,
            purpose="other",
            now=now - timedelta(days=n),
        )
    with django_assert_max_num_queries(16):
        first = alice.get("/es/plan/invoices/")
    more = first.context["more"]
    assert len(first.context["rows"]) == 25
    second = alice.get(f"/es/plan/invoices/{more}")
    assert len(second.context["rows"]) == 5
    shown = {row.invoice.code for page in (first, second) for row in page.context["rows"]}
    assert len(shown) == 30
    assert alice.get("/es/plan/invoices/?after=x%00").status_code == 200


def test_a_transfer_with_its_proof_waits_for_review(alice, bob, charlie, supervisor, invoice, bank, now):
    url = f"/es/pay/invoice/{invoice.pk}/"
    said = words(alice.get(url))
    assert "BAC · 123-4" in said
    assert "A-000001" in said
    response = send(alice, url)
    assert response.status_code == 302
    payment = Payment.objects.get()
    assert (payment.status, payment.amount_minor, payment.invoice) == ("review", 144_900, invoice)
    assert send(alice, url).status_code == 302  # the same key: a double click
    assert Payment.objects.count() == 1
    assert "En revisión" in words(alice.get(url))
    shown = alice.get(f"/es/plan/payments/{payment.pk}/proof/")
    assert b"".join(shown.streaming_content) == PNG
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert bob.get(f"/es/plan/payments/{payment.pk}/proof/").status_code == 404
    assert charlie.get(f"/es/plan/payments/{payment.pk}/proof/").status_code == 404
    payments.reject(payment=payment, note="No se lee el monto", actor=supervisor, now=now)
    assert "No se lee el monto" in words(alice.get(url))
    assert send(alice, url, key="abcdefgh2").status_code == 302
    payments.confirm(payment=Payment.objects.get(status="review"), actor=supervisor, now=now)
    assert "Está pagado" in words(alice.get(url))
    assert "Pagada" in words(alice.get(f"/es/plan/invoices/{invoice.pk}/"))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"amount": "0"}, "mayor o igual"),
        ({"amount": "-5"}, "mayor o igual"),
        ({"amount": "1.005"}, "decimal"),
        ({"amount": "9" * 20}, ""),
        ({"amount": "nada"}, ""),
        ({"reference": ""}, ""),
        ({"proof": ""}, ""),
        (
            {"proof": SimpleUploadedFile("x.png", b"<html><script>alert(1)</script>")},
            "no es una foto ni un PDF",
        ),
        ({"proof": SimpleUploadedFile("x.pdf", b"MZ" + b"\0" * 200)}, "programa"),
        ({"proof": SimpleUploadedFile("x.png", PNG + b"0" * (10 * 1024 * 1024))}, "10 MB"),
    ],
)
def test_what_is_not_taken_says_why_and_writes_nothing(alice, invoice, given, says):
    response = send(alice, f"/es/pay/invoice/{invoice.pk}/", **given)
    assert response.status_code in (409, 422)
    assert says in words(response)
    assert not Payment.objects.exists()


def test_an_order_is_paid_and_done(alice, shop, supervisor, now):
    order = orders.place(
        organization=shop.organization, kind="pack", version=shop.version, licence=shop.licence,
        subscription=shop.subscription, key="o1", actor=shop.manager, now=now,
    )  # fmt: skip
    url = f"/es/pay/order/{order.pk}/"
    assert "C$ 380.00" in words(alice.get(url))
    assert send(alice, url, amount="380").status_code == 302
    payments.confirm(payment=Payment.objects.get(), actor=supervisor, now=now)
    assert "Está pagado" in words(alice.get(url))
    assert send(alice, url, key="abcdefgh9").status_code == 409


def test_a_credit_note_is_read_and_never_paid(alice, invoice, now):
    from vigente.rules.reasons import Credit

    note = invoices.credit(invoice=invoice, reason=Credit.MISTAKE, key="n", now=now)
    said = words(alice.get(f"/es/plan/invoices/{note.pk}/"))
    assert "Nota de crédito NC-000001" in said
    assert "Motivo: Corrección." in said
    assert "Pagar ahora" not in said
    assert alice.get(f"/es/pay/invoice/{note.pk}/").status_code == 404
    assert alice.get(f"/es/plan/invoices/{note.pk}.pdf").content.startswith(b"%PDF")


def test_a_quotation_is_read_on_paper_by_who_sees_the_case(alice, charlie, shop, supervisor, agent, now):
    ticket = shop.ticket(now)
    classification.classify(ticket=ticket, work_type=shop.work["development"], actor=agent, now=now)
    url = f"/es/tickets/{ticket.number}/quotation.pdf"
    assert alice.get(url).status_code == 404  # nothing was quoted yet
    quotations.quote(
        ticket=ticket, amount_minor=50_000, currency="NIO", scope="Uno\nDos", actor=supervisor, now=now
    )
    assert alice.get(url).content.startswith(b"%PDF")
    assert charlie.get(url).status_code == 404
    assert url in alice.get(f"/es/tickets/{ticket.number}/").content.decode()
