"""Triggers by which the database itself keeps its promises: entries are append-only; a plan version's terms, prices,
and what was issued never change.
"""

from vigente.installation.guards import Guard, drop_guards, install_guards

FROZEN_TERMS = (
    "plan_id", "number", "cases", "price_minor", "currency", "pack_price_minor", "pack_cases",
    "rank", "allowance_minutes", "work", "sla_policy_id", "sold_from",
)  # fmt: skip
FROZEN_INVOICE = (
    "key", "series_id", "number", "code", "organization_id", "subscription_id", "term", "purpose", "corrects_id",
    "reason", "note", "currency", "net_minor", "tax_minor", "total_minor", "buyer", "seller", "language", "issued_at",
    "due_at", "issued_by_id",
)  # fmt: skip
_ENTRY = "ledger entries are append-only"
_VERSION = "the terms of a plan version never change; make a new version"
_MONEY = "entries of money are append-only"
_ISSUED = "an issued invoice never changes; a credit note corrects it"
_PRICE = "a price never changes; make a new version of the plan"

CASES: tuple[Guard, ...] = (
    ("entry_no_update", "billing_ledgerentry", "UPDATE", _ENTRY, None),
    ("entry_no_delete", "billing_ledgerentry", "DELETE", _ENTRY, None),
    ("version_terms_frozen", "billing_planversion", "UPDATE", _VERSION, FROZEN_TERMS),
)
MONEY: tuple[Guard, ...] = (
    ("money_no_update", "billing_moneyentry", "UPDATE", _MONEY, None),
    ("money_no_delete", "billing_moneyentry", "DELETE", _MONEY, None),
    ("invoice_frozen", "billing_invoice", "UPDATE", _ISSUED, FROZEN_INVOICE),
    ("invoice_no_delete", "billing_invoice", "DELETE", _ISSUED, None),
    ("invoice_line_no_update", "billing_invoiceline", "UPDATE", _ISSUED, None),
    ("invoice_line_no_delete", "billing_invoiceline", "DELETE", _ISSUED, None),
    ("list_price_no_update", "billing_listprice", "UPDATE", _PRICE, None),
)


def guard_sql(vendor: str, guards: tuple[Guard, ...] = CASES + MONEY) -> list[str]:
    """Statements that install the triggers on `sqlite` or `postgresql`."""
    return install_guards(vendor, guards)


def drop_sql(vendor: str, guards: tuple[Guard, ...] = CASES + MONEY) -> list[str]:
    """Statements that remove them (migrations backwards; emptying a test database)."""
    return drop_guards(vendor, guards)
