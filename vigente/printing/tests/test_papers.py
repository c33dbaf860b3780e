"""What stands on an invoice, a credit note and a statement."""

from datetime import UTC, datetime, timedelta

import pytest

from vigente.billing.models import BankAccount, DocumentTemplate, Invoice, SellerProfile
from vigente.billing.prices import Priced, price_amount
from vigente.billing.services import invoices, payments
from vigente.factories import make_customer, make_user
from vigente.printing import press, sandbox
from vigente.printing.papers import invoice_paper
from vigente.printing.samples import sample
from vigente.printing.sandbox import Broken
from vigente.printing.statements import statement_paper
from vigente.rules.invoicing import Label, LabelCode, Line
from vigente.rules.reasons import Credit

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


def plain(pairs):
    return [tuple(str(part).replace("\xa0", " ") for part in pair) for pair in pairs]


@pytest.fixture
def customer(db):
    return make_customer("Ferretería El Clavo", now=NOW)


@pytest.fixture
def invoice(customer):
    label = Label(LabelCode.PLAN, {"plan": "Básico", "edition": "WEB", "licence": customer.licence.pk})
    line = Line(label, 1, 210_000, 84_000, "cloud_web", 4000, tax_basis_points=1500)
    return invoices.issue(
        key="one", organization=customer.organization, priced=Priced((line,), "NIO"),
        purpose=Invoice.Purpose.OTHER, due_at=NOW + timedelta(days=15), now=NOW,
    )  # fmt: skip


def pay(customer, invoice, amount, key="p"):
    return payments.record_payment(
        organization=customer.organization, method="transfer", amount_minor=amount, currency="NIO", key=key,
        invoice=invoice, reference="8841", now=NOW,
    )  # fmt: skip


def sums(paper):
    return plain((row.text, row.amount) for row in paper.sums)


def test_an_invoice_shows_its_discount_tax_and_total(invoice, customer):
    paper = invoice_paper(invoice, now=NOW)
    assert (paper.kind, paper.title, paper.code, paper.status) == (
        "invoice",
        "Factura",
        invoice.code,
        "Por pagar",
    )
    (row,) = paper.lines
    assert row.text == f"Plan Básico · {customer.licence}"
    assert plain(row.less) == [("Descuento WEB en nuestra nube −40 %", "−C$ 840.00")]
    assert sums(paper) == [
        ("Antes de impuestos", "C$ 1,260.00"),
        ("Impuesto 15 %", "C$ 189.00"),
        ("Total", "C$ 1,449.00"),
    ]
    assert ("Vence", "25 de julio de 2026") in paper.facts
    assert paper.buyer.name == "Ferretería El Clavo"


def test_what_was_paid_and_corrected_is_said(invoice, customer):
    pay(customer, invoice, 44_900)
    invoice.refresh_from_db()
    paper = invoice_paper(invoice, now=NOW)
    assert paper.status == "Pagada en parte"
    assert sums(paper)[3:] == [("Pagado", "−C$ 449.00"), ("Pendiente", "C$ 1,000.00")]
    note = invoices.credit(invoice=invoice, reason=Credit.MISTAKE, key="note", now=NOW)
    assert sums(invoice_paper(invoice, now=NOW))[3:] == [
        ("Pagado", "−C$ 449.00"),
        ("Notas de crédito", "−C$ 1,000.00"),
        ("Pendiente", "C$ 0.00"),
    ]
    paper = invoice_paper(note, now=NOW)
    assert (paper.kind, paper.title) == ("credit_note", "Nota de crédito")
    assert ("Corrige", invoice.code) in paper.facts
    assert paper.notes == ["Motivo: Corrección."]


def test_a_fully_paid_one_shows_no_bank_account_and_an_overdue_one_is_overdue(invoice, customer):
    BankAccount.objects.create(
        bank="BAC", number="1", holder="INVEX", currency="NIO", instructions="Ponga el número"
    )
    BankAccount.objects.create(bank="Lafise", number="2", holder="INVEX", currency="USD")
    late = invoice_paper(invoice, now=NOW + timedelta(days=16))
    assert late.status == "Pago vencido"
    assert [account["title"] for account in late.accounts] == ["BAC · 1"]
    pay(customer, invoice, 144_900)
    invoice.refresh_from_db()
    paid = invoice_paper(invoice, now=NOW)
    assert (paid.status, paid.accounts) == ("Pagada", [])


def test_it_is_printed_once_and_the_same_each_time(invoice, monkeypatch, settings, tmp_path):
    settings.PRINT_DIR = tmp_path
    paper = invoice_paper(invoice, now=NOW)
    first = press.pdf(paper, now=NOW)
    monkeypatch.setattr(sandbox, "typeset", lambda *args, **more: pytest.fail("printed twice"))
    assert press.pdf(paper, now=NOW) == first
    assert len(list(tmp_path.rglob("*.pdf"))) == 1


def test_what_was_printed_long_ago_is_forgotten_and_printed_again(invoice, settings, tmp_path):
    settings.PRINT_DIR = tmp_path
    first = press.pdf(invoice_paper(invoice, now=NOW), now=NOW)
    now = datetime.now(UTC)
    assert press.forget_old(now=now) == 0
    assert press.forget_old(now=now + timedelta(days=91)) == 1
    assert press.pdf(invoice_paper(invoice, now=NOW), now=NOW) == first


def test_a_broken_template_gives_way_to_the_default_and_staff_are_told(invoice, settings, tmp_path):
    settings.PRINT_DIR = tmp_path
    default = press.pdf(invoice_paper(invoice, now=NOW), now=NOW)
    owner = make_user("Olga", role="owner")
    broken = DocumentTemplate.objects.create(kind="invoice", source="#nada", created_by=owner, created_at=NOW)
    assert press.pdf(invoice_paper(invoice, now=NOW), now=NOW) == default
    broken.refresh_from_db()
    assert (broken.problem, broken.problem_at) == ("unknown variable: nada (1)", NOW)
    fine = DocumentTemplate.objects.create(kind="invoice", source="Hola", created_by=owner, created_at=NOW)
    assert press.pdf(invoice_paper(invoice, now=NOW), now=NOW) not in (default, b"")
    fine.refresh_from_db()
    assert not fine.problem
    DocumentTemplate.objects.create(kind="invoice", source="", created_by=owner, created_at=NOW)
    assert press.pdf(invoice_paper(invoice, now=NOW), now=NOW) == default


@pytest.mark.parametrize("kind", DocumentTemplate.Kind.values)
@pytest.mark.parametrize("paper", SellerProfile.Paper.values)
def test_the_default_templates_print_every_kind_on_both_sheets(db, kind, paper):
    SellerProfile.objects.create(
        id=1, legal_name="INVEX, S.A.", address="Uno\nDos", paper=paper, footer="Gracias"
    )
    (page,) = press.preview(sample(kind, now=NOW), "")
    assert page.startswith(b"%PDF")
    assert press.preview(sample(kind, now=NOW), "", as_pdf=False)[0].startswith(b"\x89PNG")


def test_a_preview_says_what_is_wrong(db):
    with pytest.raises(Broken) as found:
        press.preview(sample("invoice", now=NOW), "Hola\n#nada")
    assert found.value.line == 2


def test_a_statement_adds_up(invoice, customer):
    pay(customer, invoice, 44_900)
    other = price_amount(
        label=Label(LabelCode.OTHER, {"text": "Visita"}), amount_minor=100_00, currency="NIO",
        organization=customer.organization, now=NOW,
    )  # fmt: skip
    invoices.issue(
        key="two", organization=customer.organization, priced=other, purpose=Invoice.Purpose.OTHER,
        now=NOW + timedelta(days=1),
    )  # fmt: skip
    paper = statement_paper(customer.organization, now=NOW + timedelta(days=2), language="es")
    (section,) = paper.sections
    said = [[cell.replace("\xa0", " ") for cell in row] for row in section.rows]
    assert [row[1] for row in said] == ["Factura A-000001", "Pago · Transferencia 8841", "Factura A-000002"]
    assert [row[4] for row in said] == ["C$ 1,449.00", "C$ 1,000.00", "C$ 1,100.00"]
    assert plain(section.sums) == [("Pendiente", "C$ 1,100.00")]
    later = statement_paper(
        customer.organization, now=NOW + timedelta(days=2), since=NOW + timedelta(hours=1), language="en"
    )
    assert [row[4].replace("\xa0", " ") for row in later.sections[0].rows] == ["C$1,000.00", "C$1,100.00"]
    assert press.pdf(paper, now=NOW).startswith(b"%PDF")
