"""Paying by card: a page at the processor for one order or invoice, and what became of it (row 25).

The network is never asked inside a transaction. Whatever is done twice (a click, a message, a crash in between) is
recorded once: a page by its key, money by the name the processor gave it.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet

from vigente.accounts.models import Organization, User
from vigente.billing import cards
from vigente.billing.account import missing
from vigente.billing.models import BillingProfile, CardSession, Invoice, Order
from vigente.billing.models.cards import new_key
from vigente.billing.services.card_money import record
from vigente.rules.refusal import RefusalCode, Refused

STATUS = CardSession.Status
REUSED_WITHIN = timedelta(hours=12)
ASKED_AFTER = timedelta(minutes=2)  # a message usually comes sooner
BATCH = 50
log = structlog.get_logger(__name__)


def start(*, target: Order | Invoice, user: User, keep_card: bool, back: str, now: datetime) -> str:
    """The address of a page on which what is missing can be paid; the same one while nothing changed.

    `back`: where the customer returns to. Raises Refused when nothing can be paid there, `cards.Unreachable`.
    """
    row = _claim(target, user=user, keep_card=keep_card, now=now)
    if row.url:
        return row.url
    try:
        page = cards.open_page(row, name=_name(target), email=user.email, back=back)
    except (
        cards.Wrong
    ):  # asked before in other words, in another language: that page was never shown to anybody
        CardSession.objects.filter(pk=row.pk, status=STATUS.OPEN, session="").update(status=STATUS.EXPIRED)
        row = _claim(target, user=user, keep_card=keep_card, now=now)
        page = cards.open_page(row, name=_name(target), email=user.email, back=back)
    CardSession.objects.filter(pk=row.pk).update(session=page.session, url=page.url)
    return page.url


@transaction.atomic
def _claim(target: Order | Invoice, *, user: User, keep_card: bool, now: datetime) -> CardSession:
    """The open page of this order or invoice, or a new row for one."""
    if not Organization.objects.managed_by(user).filter(pk=target.organization_id).exists():
        raise Refused(RefusalCode.MANAGER_ONLY)
    type(target)._default_manager.select_for_update().get(pk=target.pk)  # two tabs get the same page
    target.refresh_from_db()
    amount = missing(target)
    if amount < 1:
        raise Refused(RefusalCode.WRONG_STATE, state="paid")
    given = {"order": target} if isinstance(target, Order) else {"invoice": target}
    before = CardSession.objects.filter(
        **given,
        status=STATUS.OPEN,
        amount_minor=amount,
        keep_card=keep_card,
        created_at__gt=now - REUSED_WITHIN,
    )
    found = before.order_by("-id").first()
    if found is not None:
        return found
    return CardSession.objects.create(
        key=new_key("order" if isinstance(target, Order) else "invoice"),
        organization=target.organization,
        amount_minor=amount,
        currency=target.currency,
        keep_card=keep_card,
        made_by=user,
        created_at=now,
        expires_at=now + timedelta(minutes=cards.SESSION_MINUTES),
        **given,
    )


def _name(target: Order | Invoice) -> str:
    if isinstance(target, Invoice):
        return f"{target.organization.name} · {target.code}"
    return f"{target.organization.name} · {target.version.plan.name}"


@transaction.atomic
def settle(*, page: cards.Page, now: datetime) -> bool:
    """Record what a page says: the money if it was paid, its end if not. False: it is no page of ours."""
    row = _row_of(page)
    if row is None:
        return False
    if page.is_paid:
        record(
            organization=row.organization,
            intent=page.intent or page.session,
            amount_minor=page.paid_minor,
            currency=page.currency,
            order=row.order,
            invoice=row.invoice,
            now=now,
        )
    status = STATUS.PAID if page.is_paid else STATUS.EXPIRED if page.status == "expired" else STATUS.OPEN
    CardSession.objects.filter(pk=row.pk).exclude(status=STATUS.PAID).update(
        status=status, session=page.session
    )
    return True


def _row_of(page: cards.Page) -> CardSession | None:
    """By the page's name, or by ours when we never learned its name."""
    rows = CardSession.objects.select_related("organization", "order__organization", "invoice__organization")
    return rows.filter(session=page.session).first() or rows.filter(key=page.key).exclude(key="").first()


def reconcile(*, now: datetime) -> int:
    """Ask about pages whose message may have been lost, and close those whose order or invoice is paid otherwise."""
    done = 0
    for row in _to_ask(now=now)[:BATCH]:
        claimed = CardSession.objects.filter(pk=row.pk, asked_at=row.asked_at).update(asked_at=now)
        if not claimed:
            continue
        try:
            done += _ask(row, now=now)
        except cards.Unreachable as problem:
            log.warning("the card processor did not answer", reason=str(problem))
            return done
        except cards.Wrong as problem:
            log.warning("a card page is not there any more", page=row.pk, reason=problem.code)
            CardSession.objects.filter(pk=row.pk, status=STATUS.OPEN).update(status=STATUS.EXPIRED)
    return done


def look(*, target: Order | Invoice, now: datetime) -> None:
    """Ask at once about the open pages of one order or invoice: its customer has just come back from there."""
    given = {"order": target} if isinstance(target, Order) else {"invoice": target}
    for row in (
        CardSession.objects.filter(**given, status=STATUS.OPEN).exclude(session="").order_by("-id")[:3]
    ):
        settle(page=cards.read_page(row.session), now=now)


def _to_ask(*, now: datetime) -> QuerySet[CardSession]:
    """Every open page: every ten minutes in its first two hours, then every hour, and until it has ended for sure."""
    soon, later = now - timedelta(minutes=10), now - timedelta(hours=1)
    young = Q(created_at__gt=now - timedelta(hours=2))
    due = Q(asked_at__isnull=True) | Q(young, asked_at__lte=soon) | Q(~young, asked_at__lte=later)
    rows = CardSession.objects.filter(due, status=STATUS.OPEN, created_at__lte=now - ASKED_AFTER)
    return rows.select_related("order", "invoice").order_by(F("asked_at").asc(nulls_first=True), "id")


def _ask(row: CardSession, *, now: datetime) -> int:
    if not row.session:  # it was never heard of: after its time nobody can pay there
        return CardSession.objects.filter(pk=row.pk, session="", expires_at__lte=now).update(
            status=STATUS.EXPIRED
        )
    page = cards.read_page(row.session)
    settle(page=page, now=now)
    target = row.order or row.invoice
    if page.status == "open" and target is not None and missing(target) == 0:
        cards.close_page(row.session)
        CardSession.objects.filter(pk=row.pk, status=STATUS.OPEN).update(status=STATUS.EXPIRED)
    return int(page.status != "open")


def keep_cards(*, now: datetime) -> int:
    """Write down the cards customers agreed to keep, once the payment went through."""
    kept = 0
    rows = CardSession.objects.filter(status=STATUS.PAID, keep_card=True, kept_at__isnull=True)
    for row in rows.select_related("organization", "order", "invoice").order_by("created_at", "id")[:BATCH]:
        try:
            intent = cards.read_page(row.session).intent
            card = cards.kept_card(intent) if intent else None
        except cards.Unreachable:
            return kept
        except cards.Wrong:
            card = None
        with transaction.atomic():
            if CardSession.objects.filter(pk=row.pk, kept_at__isnull=True).update(kept_at=now) and card:
                _keep(row.organization, card)
                kept += 1
    return kept


def _keep(organization: Organization, card: cards.Kept) -> None:
    profile, _new = BillingProfile.objects.get_or_create(organization=organization)
    BillingProfile.objects.filter(pk=profile.pk).update(
        card_customer=card.customer, card_method=card.method, card_label=card.label
    )


def forget(*, organization: Organization, user: User, now: datetime) -> None:
    """The kept card shall pay nothing more. Forgotten here at once; the processor is told if it answers."""
    if not Organization.objects.managed_by(user).filter(pk=organization.pk).exists():
        raise Refused(RefusalCode.MANAGER_ONLY)
    profile = BillingProfile.objects.filter(organization=organization).exclude(card_method="").first()
    if profile is None:
        return
    BillingProfile.objects.filter(pk=profile.pk).update(card_customer="", card_method="", card_label="")
    try:
        cards.forget(profile.card_method)
    except (cards.Unreachable, cards.Wrong) as problem:
        log.warning("the card processor was not told to forget a card", reason=str(problem))
