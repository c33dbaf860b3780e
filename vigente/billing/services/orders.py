"""What a customer is about to buy: priced, waiting, and done once it is paid (R4, R6; rows 23, 25, 26).

One door for plans, packs and changes in the middle of a term, whoever starts it: the customer, sales staff who prepare
it for them, or a program. Safe to repeat: an order is unique by its key.
"""

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from vigente.accounts.models import Organization, User
from vigente.billing.models import Invoice, Licence, Order, Payment, PlanVersion, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.prices import Priced, check_coupon, first_term, price_pack, price_plan, terms_of
from vigente.billing.services import upgrades
from vigente.billing.services.invoices import issue
from vigente.billing.services.keys import kept
from vigente.billing.services.money import credit_of, hold_credit
from vigente.billing.services.packs import add_pack
from vigente.billing.services.subscriptions import activate, cancel_waiting, subscribe
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.rules.invoicing import Line
from vigente.rules.periods import Months, month_of
from vigente.rules.reasons import Credit
from vigente.rules.refusal import RefusalCode, Refused
from vigente.rules.rulebook import Activation
from vigente.rules.subscriptions import current_term

KIND = Order.Kind
STATUS = Order.Status
WAITING = (STATUS.PREPARED, STATUS.OPEN)


@transaction.atomic
def place(
    *,
    organization: Organization,
    kind: str,
    version: PlanVersion,
    now: datetime,
    key: str,
    actor: User | None = None,
    licence: Licence | None = None,
    subscription: Subscription | None = None,
    quantity: int = 1,
    coupon: str = "",
    prepared: bool = False,
    note: str = "",
) -> Order:
    """Price what is wanted and wait for the money; paid at once where the customer has it in hand or nothing is due.

    `prepared`: by sales staff, to be accepted by link first. A plan already ordered waits as a contract of its own
    (`subscription`); a pack or a change needs the contract it hangs on. Raises Refused, having written nothing.
    """
    key = kept(key, most=80)
    if (before := Order.objects.filter(key=key).first()) is not None:
        return before
    if organization.is_blocked:
        raise Refused(RefusalCode.BLOCKED)
    if prepared and not (actor and actor.is_supervisor):
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    priced = _price(
        organization, kind, version, licence, subscription, quantity=quantity, coupon=coupon, now=now
    )
    order = Order(
        key=key,
        token=secrets.token_urlsafe(32),
        kind=kind,
        status=STATUS.PREPARED,
        organization=organization,
        licence=licence,
        version=version,
        subscription=subscription,
        quantity=quantity,
        coupon=coupon.strip()[:40],
        note=note.strip()[:300],
        created_by=actor,
        created_at=now,
        expires_at=_expiry(kind, subscription, now=now),
        lines=[line.to_json() for line in priced.lines],
        currency=priced.currency,
        net_minor=priced.net_minor,
        tax_minor=priced.tax_minor,
        total_minor=priced.total_minor,
    )
    try:
        with transaction.atomic():
            order.save()
    except IntegrityError:
        return Order.objects.get(key=key)
    if prepared:
        _tell(Kind.ORDER_PREPARED, order, now=now, actor=actor)
        return order
    return _open(order, actor=actor, now=now)


@transaction.atomic
def accept(*, order: Order, user: User, now: datetime) -> Order:
    """The customer wants what was prepared for them: it waits for the money from now. A manager of theirs."""
    fresh = _locked(order)
    if not Organization.objects.managed_by(user).filter(pk=fresh.organization_id).exists():
        raise Refused(RefusalCode.MANAGER_ONLY)
    if fresh.status != STATUS.PREPARED:
        raise Refused(RefusalCode.WRONG_STATE, state=fresh.status)
    if fresh.expires_at <= now:
        raise Refused(RefusalCode.TOO_LATE, until=fresh.expires_at.isoformat())
    return _open(fresh, actor=user, now=now)


@transaction.atomic
def cancel(*, order: Order, now: datetime, actor: User | None = None, note: str = "") -> None:
    """Withdraw an order that is not paid. Money that came in for it stays the customer's."""
    fresh = _locked(order)
    if fresh.status not in WAITING:
        raise Refused(RefusalCode.WRONG_STATE, state=fresh.status)
    if fresh.payments.filter(status=Payment.Status.REVIEW).exists():
        raise Refused(RefusalCode.WRONG_STATE, state=Payment.Status.REVIEW.value)
    _close(fresh, STATUS.CANCELLED, Kind.ORDER_CANCELLED, actor=actor, now=now, note=note.strip()[:300])
    order.refresh_from_db()


def expire_due(*, now: datetime) -> int:
    """Close orders nobody paid; one with a transfer under review waits for that (row 25)."""
    return sum(_expire(order, now=now) for order in overdue(now=now)[:500])


def overdue(*, now: datetime) -> QuerySet[Order]:
    """Orders whose time is over."""
    review = Payment.objects.filter(order=OuterRef("pk"), status=Payment.Status.REVIEW)
    return Order.objects.filter(~Exists(review), status__in=WAITING, expires_at__lte=now).order_by(
        "expires_at", "id"
    )


@transaction.atomic
def try_fulfil(*, order: Order, now: datetime) -> bool:
    """Do what an open order is for, if its customer has the money in hand; False, with nothing changed, if not.

    Also False when it cannot be done any more (the customer was blocked, the plan of a pack ended): the money stays
    theirs, and a person decides.
    """
    fresh = _locked(order)
    if fresh.status != STATUS.OPEN:
        return fresh.status == STATUS.DONE
    if credit_of(fresh.organization, fresh.currency) < fresh.total_minor:
        return False
    try:
        with transaction.atomic():
            _fulfil(fresh, now=now)
    except Refused:
        return False
    order.refresh_from_db()
    return True


def may_pay_later(organization: Organization | None, *, now: datetime) -> bool:
    """Whether a plan covers from its order on (setting `activate`): for who owes nothing and never left a first term
    unpaid, else each new order would bring the cases of a grace for nothing.
    """
    if rulebook_at(now).activate is not Activation.ON_ORDER:
        return False
    if organization is None:  # to be founded: it has left nothing unpaid
        return True
    never_paid = Q(term=0, purpose=Invoice.Purpose.TERM, credit_notes__reason=Credit.UNPAID.value)
    return not Invoice.objects.filter(Q(balance_minor__gt=0) | never_paid, organization=organization).exists()


def _open(order: Order, *, actor: User | None, now: datetime) -> Order:
    order.status, order.accepted_by, order.accepted_at = STATUS.OPEN, actor, now
    if order.kind == KIND.PLAN:
        order.subscription = subscribe(
            organization=order.organization,
            licence=order.licence,
            version=order.version,
            billed=True,
            coupon=order.coupon,
            activate=False,
            actor=actor,
            now=now,
        )
    order.save(update_fields=["status", "accepted_by", "accepted_at", "subscription"])
    _tell(Kind.ORDER_PLACED, order, now=now, actor=actor)
    if order.kind == KIND.PLAN and may_pay_later(order.organization, now=now):
        _fulfil(order, now=now)
    else:
        try_fulfil(order=order, now=now)
    order.refresh_from_db()
    return order


def _fulfil(order: Order, *, now: datetime) -> None:
    if order.kind == KIND.PLAN:
        assert order.subscription is not None, "an open order for a plan has its contract"
        if (
            order.subscription.status == Subscription.Status.AWAITING_PAYMENT
        ):  # else staff let it begin by hand
            # It begins when it is paid, even if the clock was set back in between.
            order.subscription.anchor = min(order.subscription.anchor, now)
            activate(subscription=order.subscription, now=now, actor=order.accepted_by)
        order.invoice = Invoice.objects.filter(key=f"term:{order.subscription_id}:0").first()
    elif order.kind == KIND.PACK:
        order.grant_id_given = add_pack(
            organization=order.organization,
            licence=order.licence,
            subscription=order.subscription,
            cases=order.version.pack_cases * order.quantity,
            key=f"order:{order.pk}",
            now=now,
            actor=order.accepted_by,
        )
        priced = Priced(tuple(Line.from_json(line) for line in order.lines), order.currency)
        order.invoice = _invoice(order, priced, Invoice.Purpose.PACK, now=now)
    else:
        assert order.subscription is not None, "a change is of a contract"
        change = upgrades.preview_change(subscription=order.subscription, version=order.version, now=now)
        if change.today is None or change.today.currency != order.currency:
            raise Refused(RefusalCode.TOO_LATE, until=order.expires_at.isoformat())
        if change.today.total_minor > hold_credit(order.organization, order.currency):
            raise Refused(RefusalCode.UNPAID)  # a new term began, or prices changed: it costs more by now
        upgrades.apply(
            subscription=order.subscription,
            version=order.version,
            key=f"upgrade:{order.pk}",
            actor=order.accepted_by,
            now=now,
        )
        # Paid some days after it was ordered it costs what is left today; the rest stays the customer's.
        order.invoice = _invoice(order, change.today, Invoice.Purpose.UPGRADE, now=now)
    order.status, order.closed_at = STATUS.DONE, now
    order.save(update_fields=["invoice", "grant_id_given", "status", "closed_at"])
    _tell(Kind.ORDER_DONE, order, now=now, invoice=order.invoice_id)


def _invoice(order: Order, priced: Priced, purpose: str, *, now: datetime) -> Invoice:
    return issue(
        key=f"order:{order.pk}",
        organization=order.organization,
        priced=priced,
        purpose=purpose,
        subscription=order.subscription,
        actor=order.accepted_by,
        now=now,
    )


def _price(
    organization: Organization,
    kind: str,
    version: PlanVersion,
    licence: Licence | None,
    subscription: Subscription | None,
    *,
    quantity: int,
    coupon: str,
    now: datetime,
) -> Priced:
    """What it costs today; Refused for what could not be sold anyway."""
    if quantity < 1:
        raise Refused(RefusalCode.INVALID_VALUE, field="quantity", value=quantity)
    for owned in (licence, subscription):
        if owned is not None and owned.organization_id != organization.pk:
            raise Refused(RefusalCode.NOT_YOURS)
    terms = terms_of(organization, now=now)
    check_coupon(coupon, version=version, licence=licence, terms=terms, is_pack=kind == KIND.PACK)
    if kind == KIND.PLAN:
        return price_plan(
            version=version,
            licence=licence,
            organization=organization,
            coupon=coupon,
            span=first_term(version, now=now, terms=terms),
            now=now,
            terms=terms,
        )
    if kind == KIND.PACK:
        _check_pack(version, licence, subscription)
        in_force = subscription is not None and subscription.contract().in_force(now)
        if not in_force and not terms.book.sell_packs_without_plan:
            raise Refused(RefusalCode.PACK_NEEDS_PLAN)
        return price_pack(
            version=version,
            licence=licence,
            organization=organization,
            quantity=quantity,
            coupon=coupon,
            now=now,
            terms=terms,
        )
    if subscription is None:
        raise Refused(RefusalCode.NOT_ACTIVE)
    change = upgrades.preview_change(subscription=subscription, version=version, now=now)
    if not change.immediate or change.today is None:
        raise Refused(RefusalCode.INVALID_VALUE, field="version")
    return change.today


def _check_pack(version: PlanVersion, licence: Licence | None, subscription: Subscription | None) -> None:
    """A pack is of the plan and for the installation it hangs on: its rank and its price go together (row 26)."""
    if licence is not None and licence.edition_id != version.plan.edition_id:
        raise Refused(RefusalCode.WRONG_EDITION, field="version")
    if subscription is None:
        return
    if version.pk != subscription.version_id:
        raise Refused(RefusalCode.INVALID_VALUE, field="version")
    if subscription.licence_id is not None and (licence is None or licence.pk != subscription.licence_id):
        raise Refused(RefusalCode.INVALID_VALUE, field="licence")


def _expiry(kind: str, subscription: Subscription | None, *, now: datetime) -> datetime:
    """An order waits `order_days`; no longer than the time whose days it was priced for: the calendar month of a first
    term, the running term of a change.
    """
    book = rulebook_at(now)
    expires = now + timedelta(days=book.order_days)
    if kind == KIND.PLAN and book.months is Months.CALENDAR:
        return min(expires, month_of(now, book.billing_zone).end)
    if kind == KIND.UPGRADE and subscription is not None:
        return min(expires, current_term(subscription.running(), now=now).end)
    return expires


@transaction.atomic
def _expire(order: Order, *, now: datetime) -> int:
    fresh = _locked(order)
    if fresh.status not in WAITING or fresh.payments.filter(status=Payment.Status.REVIEW).exists():
        return 0
    _close(fresh, STATUS.EXPIRED, Kind.ORDER_EXPIRED, actor=None, now=now)
    return 1


def _close(
    order: Order, status: str, kind: Kind, *, actor: User | None, now: datetime, note: str = ""
) -> None:
    Order.objects.filter(pk=order.pk, status=order.status).update(status=status, closed_at=now)
    if order.kind == KIND.PLAN and order.subscription is not None:
        cancel_waiting(subscription=order.subscription, now=now, actor=actor)
    _tell(kind, order, now=now, actor=actor, note=note)


def _locked(order: Order) -> Order:
    rows = Order.objects.select_related(
        "organization", "licence__edition", "version__plan__edition", "subscription__version__plan"
    )
    return rows.select_for_update(of=("self",), no_key=True).get(pk=order.pk)


def _tell(
    kind: Kind, order: Order, *, now: datetime, actor: User | None = None, **data: str | int | None
) -> None:
    record(
        kind,
        subject=f"order:{order.pk}",
        organization=order.organization,
        actor=actor,
        now=now,
        kind_of=order.kind,
        total=order.total_minor,
        currency=order.currency,
        **data,  # type: ignore[arg-type]
    )
