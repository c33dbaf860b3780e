"""Spam: what a rule catches is kept whole and answered to nobody, and enters with one click through the one door."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from vigente.accounts.audit import note, portrait
from vigente.accounts.models import User
from vigente.accounts.models.audit import Deed
from vigente.billing.models.rulebooks import rulebook_at
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.rules.coverage import Decision, Outcome
from vigente.rules.patterns import BadPattern
from vigente.rules.reasons import Code, Reason
from vigente.rules.refusal import RefusalCode, Refused
from vigente.rules.spam import pattern_of
from vigente.tickets.models import HeldRequest, SpamRule, Ticket, TrashedCase
from vigente.tickets.services import held as held_requests
from vigente.tickets.services import trash

SPAM = HeldRequest.Status.SPAM
PORTRAYED = ("where", "words", "is_pattern", "is_on")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a rule should say."""

    where: str
    words: str
    is_pattern: bool = False
    is_on: bool = True


@transaction.atomic
def save_rule(*, wanted: Wanted, actor: User, now: datetime, rule: SpamRule | None = None) -> SpamRule:
    """Add a rule, or change `rule`. Raises Refused for a pattern that cannot be read, or one there is already."""
    words = wanted.words.strip()
    if not words:
        raise Refused(RefusalCode.EMPTY, field="words")
    if wanted.is_pattern:
        try:
            pattern_of(words)
        except BadPattern:
            raise Refused(RefusalCode.INVALID_VALUE, field="words", value=words) from None
    same = SpamRule.objects.filter(where=wanted.where, words=words, is_pattern=wanted.is_pattern)
    if (same.exclude(pk=rule.pk) if rule else same).exists():
        raise Refused(RefusalCode.NAME_TAKEN, field="words", name=words)
    before, is_new = portrait(rule, PORTRAYED), rule is None
    row = rule or SpamRule(made_by=actor, made_at=now)
    row.where, row.words, row.is_pattern, row.is_on = wanted.where, words, wanted.is_pattern, wanted.is_on
    row.save()
    deed = Deed.SPAM_RULE_ADDED if is_new else Deed.SPAM_RULE_CHANGED
    _note(deed, row, actor=actor, now=now, before=before, after=portrait(row, PORTRAYED))
    return row


@transaction.atomic
def remove_rule(*, rule: SpamRule, actor: User, now: datetime) -> None:
    """Forget a rule. What it caught stays where it is."""
    _note(Deed.SPAM_RULE_REMOVED, rule, actor=actor, now=now, before=portrait(rule, PORTRAYED))
    rule.delete()


@transaction.atomic
def block_sender(*, ticket: Ticket, actor: User, now: datetime) -> SpamRule:
    """Nothing more from who asked this case: a rule for their address, and the case in the trash as spam (row 12).

    Raises Refused for somebody of the team.
    """
    if ticket.requester.is_staff_member:
        raise Refused(RefusalCode.NOT_YOURS)
    sender = ticket.requester.email.lower()
    rule = SpamRule.objects.filter(
        where=SpamRule.Where.SENDER, words=sender, is_pattern=False, is_on=True
    ).first() or save_rule(wanted=Wanted(SpamRule.Where.SENDER, sender), actor=actor, now=now)
    trash.trash(ticket=ticket, actor=actor, now=now, why=TrashedCase.Why.SPAM)
    return rule


@transaction.atomic
def release(*, held: HeldRequest, actor: User, now: datetime) -> Ticket | HeldRequest:
    """It is none: decide it now, as any request. A case if it is covered; else it waits for coverage and its author is
    told. Twice is once.
    """
    row = HeldRequest.objects.select_for_update(of=("self",)).get(pk=held.pk)
    if row.status != SPAM:
        return row.ticket or row
    hold_until = now + timedelta(days=rulebook_at(now).hold_days)
    decision = Decision(Outcome.NOT_COVERED, (Reason(Code.REQUESTER_UNKNOWN),))
    HeldRequest.objects.filter(pk=row.pk).update(
        status=HeldRequest.Status.WAITING, decision=decision.to_json(), hold_until=hold_until, erase_at=None,
        settled_at=None,
    )  # fmt: skip
    result = held_requests.decide(held=row, actor=actor, now=now)
    if isinstance(result, HeldRequest):
        record(Kind.HELD, subject=row.event_subject, organization_id=row.organization_id, actor=actor, now=now,
               decision=result.decision, channel=row.channel)  # fmt: skip
    return result


def _note(deed: Deed, rule: SpamRule, *, actor: User, now: datetime, **change: Any) -> None:
    note(deed, subject=f"spam:{rule.pk}", label=rule.words, actor=actor, now=now, **change)
