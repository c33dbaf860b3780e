"""Files for an accountant: they add up, no cell is a formula, and the ledger balances (rows 32, 33)."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest

from vigente.accounts.models import Role
from vigente.billing.models import BillingProfile, Invoice, TaxCategory, TaxRate
from vigente.billing.services import invoices, orders, payments
from vigente.factories import make_customer, make_user, make_version, publish
from vigente.reports.accounting import EXPORTS, Asked
from vigente.rules.reasons import Credit
from vigente.ui.exports import csv_lines

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
JULY = Asked(datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC), comma=True)


@pytest.fixture
def books():
    """A plan with tax paid by transfer, part of it credited, part of that sent back; another that owes."""
    publish(activate="on_order")
    TaxRate.objects.create(
        category=TaxCategory.objects.create(code="iva", name_es="IVA", name_en="VAT", is_default=True),
        basis_points=1500,
    )
    boss = make_user("Sofía", role=Role.SUPERVISOR)
    version = make_version(name="=cmd|calc", cases=4)
    for name in ("=Peligro, S.A.", "Otra"):
        shop = make_customer(name, now=NOW, plan=False)
        BillingProfile.objects.create(organization=shop.organization, legal_name=name, tax_id="+505")
        orders.place(organization=shop.organization, licence=shop.licence, kind="plan", version=version,
                     key=name, actor=shop.manager, now=NOW)  # fmt: skip
        if name.startswith("="):
            payments.record_payment(organization=shop.organization, method="transfer", amount_minor=241_500,
                                    currency="NIO", key="p", reference="@ref", actor=boss, now=NOW)  # fmt: skip
            invoice = Invoice.objects.get(organization=shop.organization)
            invoices.credit(invoice=invoice, net_minor=10_000, tax_minor=1_500, reason=Credit.MISTAKE, key="c",
                            note="-nota", actor=boss, now=NOW)  # fmt: skip
            payments.pay_out(organization=shop.organization, amount_minor=1_500, currency="NIO", key="out",
                             method="transfer", actor=boss, now=NOW)  # fmt: skip


def read(name: str, asked: Asked = JULY) -> list[dict[str, str]]:
    export = EXPORTS[name]
    text = "".join(csv_lines(export.columns(), export.rows(asked), separator=";"))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text[1:]), delimiter=";"))


def value(text: str) -> float:
    return float(text.replace(",", ".") or 0)


def test_invoices_have_their_lines_with_tax(books):
    rows = read("invoices")
    assert [row["Total"] for row in rows] == ["2415,00", "2415,00"]
    assert rows[0]["Impuesto %"] == "15,00"
    assert rows[0]["Impuesto"] == "315,00"


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_no_cell_is_a_formula(books, name):
    for row in read(name):
        for cell in row.values():
            if cell and not cell.replace(",", "").lstrip("-").isdigit():
                assert not cell.startswith(("=", "+", "-", "@")), (name, cell)


def test_the_ledger_balances_and_agrees_with_the_accounts(books):
    rows = read("ledger")
    assert sum(value(row["Debe"]) for row in rows) == pytest.approx(sum(value(row["Haber"]) for row in rows))
    accounts = read("accounts")
    assert sum(value(row["Al terminar"]) for row in accounts) == pytest.approx(0)
    by_name = {row["Cuenta"]: row["Al terminar"] for row in accounts}
    assert by_name["Por cobrar"] == "2415,00"
    assert by_name["Banco"] == "2400,00"
    assert by_name["Saldo de clientes"] == "-100,00"


def test_balances_are_of_a_date(books):
    rows = {row["Cliente"]: row for row in read("balances")}
    assert rows["Otra"]["Neto"] == "2415,00"
    assert rows["'=Peligro, S.A."]["Saldo a favor"] == "100,00"
    before = Asked(NOW - timedelta(days=60), NOW - timedelta(days=30))
    assert read("balances", before) == read("ledger", before) == read("payments", before) == []


def test_payments_that_went_back_are_negative_and_notes_name_what_they_correct(books):
    assert [row["Monto"] for row in read("payments")] == ["2415,00", "-15,00"]
    (note,) = read("credit-notes")
    assert note["Total"] == "115,00"
    assert note["Corrige"].startswith("A-")
