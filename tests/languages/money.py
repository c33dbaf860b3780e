"""Money in the world of lorem ipsum: an order and invoices to pay, one corrected, a transfer in review."""

from datetime import datetime
from typing import Any

from vigente.billing.models import BankAccount, BillingProfile, DocumentTemplate, SellerProfile
from vigente.billing.prices import Priced
from vigente.billing.services import invoices, orders, payments
from vigente.billing.services.transfers import send_proof
from vigente.factories import Customer
from vigente.rules.invoicing import Label, LabelCode, Line
from vigente.rules.reasons import Credit
from vigente.tickets.files import File

PROOF = File("lorem.png", b"\x89PNG\r\n\x1a\n0")


def make_money(shop: Customer, supervisor: Any, now: datetime) -> dict[str, Any]:
    """Rows by the name of the argument they stand for."""
    organization = shop.organization
    SellerProfile.objects.create(
        id=1, legal_name="Lorem Soft", tax_id="123", address="Dolor", email="a@b.example"
    )
    BankAccount.objects.create(
        bank="Lorem", number="12", holder="Lorem Soft", currency="NIO", instructions="Ipsum"
    )
    BillingProfile.objects.update_or_create(
        organization=organization,
        defaults={"card_customer": "cus_1", "card_method": "pm_1", "card_label": "Lorem 42"},
    )
    order = orders.place(
        organization=organization, kind="pack", version=shop.version, licence=shop.licence,
        subscription=shop.subscription, key="lorem", actor=shop.manager, now=now,
    )  # fmt: skip
    priced = Priced(
        (Line(Label(LabelCode.OTHER, {"text": "Lorem"}), 1, 5_000, 100, "cloud_web", 200, 1500),), "NIO"
    )
    made = [
        invoices.issue(key=f"lorem{n}", organization=organization, priced=priced, purpose="pack", now=now)
        for n in range(3)
    ]
    invoices.credit(invoice=made[1], reason=Credit.MISTAKE, key="nota", now=now)
    sent = {
        "target": made[0],
        "amount_minor": 5_000,
        "reference": "12",
        "file": PROOF,
        "user": shop.manager,
        "now": now,
    }
    payments.reject(payment=send_proof(**sent, key="a"), note="Lorem", actor=supervisor, now=now)
    transfer = send_proof(**sent, key="b")
    payments.record_payment(
        organization=organization,
        method="manual",
        amount_minor=1_000,
        currency="NIO",
        key="c",
        invoice=made[2],
        now=now,
    )
    DocumentTemplate.objects.create(
        kind="statement",
        source="Lorem",
        created_by=supervisor,
        created_at=now,
        problem="lorem",
        problem_at=now,
    )
    return {"order": order, "invoice": made[0], "transfer": transfer}
