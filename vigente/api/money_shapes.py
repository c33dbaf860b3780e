"""Rows of plans and money to what the API gives. Reads only what was loaded."""

from collections.abc import Iterable

from vigente.api import money_schemas as out
from vigente.api import shapes
from vigente.billing.models import Invoice, InvoiceLine, Order, Payment, PlanVersion, Subscription
from vigente.billing.prices import Priced
from vigente.billing.services.upgrades import Change as PlanChange
from vigente.rules.invoicing import Line
from vigente.ui.invoice_words import label_text


def amounts(priced: Priced) -> out.Amounts:
    return out.Amounts(
        currency=priced.currency,
        list_minor=priced.list_minor,
        discount_minor=priced.discount_minor,
        discount_code=next((line.discount_code for line in priced.lines if line.discount_code), None),
        net_minor=priced.net_minor,
        tax_minor=priced.tax_minor,
        total_minor=priced.total_minor,
        includes_tax=any(line.includes_tax for line in priced.lines),
    )


def plan(version: PlanVersion, price: Priced, pack: Priced | None) -> out.Plan:
    """Needs plan, edition and sla_policy loaded."""
    policy = version.sla_policy
    return out.Plan(
        plan=version.plan.code,
        name=version.plan.name,
        edition=version.plan.edition.code,
        interval=version.plan.interval,
        version=version.number,
        cases=version.cases,
        rank=version.rank,
        work=list(version.work),
        first_reply_minutes=policy.first_reply_minutes if policy else None,
        price=amounts(price),
        pack=out.PlanPack(cases=version.pack_cases, price=amounts(pack)) if pack else None,
    )


def subscription(row: Subscription) -> out.Subscription:
    """Needs version, plan, organization, licence and change_to loaded."""
    return out.Subscription(
        id=row.pk,
        organization=shapes.organization(row.organization),
        licence=row.licence.key if row.licence else None,
        plan=row.version.plan.code,
        name=row.version.plan.name,
        version=row.version.number,
        interval=row.version.plan.interval,
        cases=row.version.cases,
        source=row.source,
        status=row.status,
        anchor=row.anchor,
        time_zone=row.time_zone,
        renews=row.auto_renew and row.last_instant is None,
        next_due_at=row.next_due_at,
        ends_at=row.ended_at or row.last_instant,
        notice_given_at=row.notice_given_at,
        changes_to=row.change_to.plan.code if row.change_to else None,
        billed=row.is_billed,
    )


def change(value: PlanChange) -> out.Change:
    return out.Change(
        immediate=value.immediate,
        effective=value.effective,
        today=amounts(value.today) if value.today else None,
        cases_today=value.cases_today,
        next=amounts(value.next),
        next_at=value.next_at,
        cases_next=value.cases_next,
    )


def order(row: Order, in_hand: int) -> out.Order:
    """Needs organization, licence, version and plan loaded. `in_hand`: the customer's money in its currency."""
    lines = tuple(Line.from_json(line) for line in row.lines)
    return out.Order(
        id=row.pk,
        kind=row.kind,
        status=row.status,
        organization=shapes.organization(row.organization),
        licence=row.licence.key if row.licence else None,
        plan=row.version.plan.code,
        version=row.version.number,
        subscription=row.subscription_id,
        quantity=row.quantity,
        coupon=row.coupon,
        price=amounts(Priced(lines, row.currency)),
        missing_minor=max(row.total_minor - in_hand, 0) if row.status == Order.Status.OPEN else 0,
        invoice=row.invoice_id,
        pack=row.grant_id_given,
        created_at=row.created_at,
        expires_at=row.expires_at,
        closed_at=row.closed_at,
    )


def invoice(row: Invoice) -> out.Invoice:
    """Needs organization loaded."""
    return out.Invoice(
        id=row.pk,
        code=row.code,
        organization=shapes.organization(row.organization),
        subscription=row.subscription_id,
        term=row.term,
        purpose=row.purpose,
        corrects=row.corrects_id,
        reason=row.reason or None,
        currency=row.currency,
        net_minor=row.net_minor,
        tax_minor=row.tax_minor,
        total_minor=row.total_minor,
        open_minor=row.balance_minor,
        issued_at=row.issued_at,
        due_at=row.due_at,
        settled_at=row.settled_at,
        fiscal_status=row.fiscal_status,
        fiscal_number=row.fiscal_number or None,
    )


def invoice_with_lines(row: Invoice, lines: Iterable[InvoiceLine]) -> out.InvoiceWithLines:
    return out.InvoiceWithLines(
        **invoice(row).model_dump(), lines=[_line(line, row.language) for line in lines]
    )


def _line(line: InvoiceLine, language: str) -> out.InvoiceLine:
    return out.InvoiceLine(
        label=line.label,
        text=label_text(line.label, language),
        quantity=line.quantity,
        unit_minor=line.unit_minor,
        discount_minor=line.discount_minor,
        discount_code=line.discount_code or None,
        tax_basis_points=line.tax_basis_points,
        net_minor=line.net_minor,
        tax_minor=line.tax_minor,
        total_minor=line.total_minor,
    )


def payment(row: Payment) -> out.Payment:
    """Needs organization loaded."""
    return out.Payment(
        id=row.pk,
        organization=shapes.organization(row.organization),
        direction=row.direction,
        method=row.method,
        status=row.status,
        amount_minor=row.amount_minor,
        currency=row.currency,
        order=row.order_id,
        invoice=row.invoice_id,
        reference=row.reference,
        created_at=row.created_at,
        decided_at=row.decided_at,
    )
