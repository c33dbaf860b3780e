"""What is sold, to whom, and the books of cases and of money. The ledgers' tables are imported by billing alone."""

from vigente.billing.models.announcements import (
    Announcement,
    AnnouncementCopy,
    CustomerImport,
    RulebookDraft,
)
from vigente.billing.models.cards import CardCharge, CardRefund, CardSession, StripeEvent
from vigente.billing.models.catalog import Edition, Plan, PlanVersion, Product, WorkType
from vigente.billing.models.documents import BankAccount, DocumentTemplate, SellerProfile
from vigente.billing.models.invoices import Invoice, InvoiceLine, InvoiceSeries, Order
from vigente.billing.models.ledger import Grant, LedgerEntry
from vigente.billing.models.money import CustomerAccount, MoneyEntry, Payment
from vigente.billing.models.prices import BillingProfile, ListPrice, PriceList, TaxCategory, TaxRate
from vigente.billing.models.rulebooks import RulebookVersion
from vigente.billing.models.subscriptions import Licence, MissedTerm, Subscription
from vigente.billing.models.wishes import OrderDraft, SoldKey, Wish

__all__ = [
    "Announcement",
    "AnnouncementCopy",
    "BankAccount",
    "BillingProfile",
    "CardCharge",
    "CardRefund",
    "CardSession",
    "CustomerAccount",
    "CustomerImport",
    "DocumentTemplate",
    "Edition",
    "Grant",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "LedgerEntry",
    "Licence",
    "ListPrice",
    "MissedTerm",
    "MoneyEntry",
    "Order",
    "OrderDraft",
    "Payment",
    "Plan",
    "PlanVersion",
    "PriceList",
    "Product",
    "RulebookDraft",
    "RulebookVersion",
    "SellerProfile",
    "SoldKey",
    "StripeEvent",
    "Subscription",
    "TaxCategory",
    "TaxRate",
    "Wish",
    "WorkType",
]
