"""What is sold, to whom, and the books of cases. The ledger's tables are imported from `ledger` by billing alone."""

from vigente.billing.models.catalog import Edition, Plan, PlanVersion, Product, WorkType
from vigente.billing.models.ledger import Grant, LedgerEntry
from vigente.billing.models.rulebooks import RulebookVersion
from vigente.billing.models.subscriptions import Licence, MissedTerm, Subscription

__all__ = [
    "Edition",
    "Grant",
    "LedgerEntry",
    "Licence",
    "MissedTerm",
    "Plan",
    "PlanVersion",
    "Product",
    "RulebookVersion",
    "Subscription",
    "WorkType",
]
