"""What a webhook says: `{"type": kind, "timestamp": …, "data": {…}}`.

Ids, numbers, codes and instants only. What a person wrote, a name of a person, an address, a link or a secret never
leaves: numbers and booleans of an event pass, words only under the names listed here and only when they look like a
code. A kind that did not exist when this was written is sent by the same rule.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from vigente.billing.models import Grant, Invoice, Licence, Order, Payment, Subscription
from vigente.events.models import Event
from vigente.tickets.models import HeldRequest, Ticket

TEST = "webhook.test"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+/-]{0,63}")
# Keys of an event's data whose words are codes or instants.
CODES = frozenset({
    "after", "at", "before", "by", "channel", "code", "corrects", "coupon", "credit_note", "currency",
    "cut_off", "dispute_until", "due", "due_on", "effective", "effective_from", "end", "from", "interval",
    "kind", "kind_of", "left", "method", "mode", "number", "outcome", "paid_on", "period", "promise", "purpose",
    "queue", "reason", "series", "since", "source", "start", "state", "status", "until", "work_type",
})  # fmt: skip
Facts = dict[str, Any]


def body_of(event: Event) -> str:
    """The body for every endpoint, made when the event is dispatched: things as they are then."""
    noun, _, given = event.subject.partition(":")
    pk = int(given) if given.isascii() and given.isdigit() else None
    data: Facts = {
        "event": event.pk,
        "organization": _organization(event),
        "actor": None if event.actor_id is None else {"id": event.actor_id},
        **_facts(event.data),
    }
    if pk is not None:
        data[noun] = {"id": pk, **_more(noun, pk)}
    return _body(event.kind, event.occurred_at, data)


def test_body(endpoint: int, *, now: datetime) -> str:
    """The body of a test."""
    return _body(TEST, now, {"webhook": {"id": endpoint}})


def _body(kind: str, at: datetime, data: Facts) -> str:
    said = {"type": kind, "timestamp": _instant(at), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _organization(event: Event) -> Facts | None:
    if event.organization is None:
        return None
    return {"id": event.organization.pk, "name": event.organization.name}


def _facts(data: Mapping[str, Any]) -> Facts:
    """What may be said of an event's data. A decision is said as its outcome and the codes of its reasons."""
    facts = {name: value for name, value in data.items() if _may_leave(name, value)}
    decision = data.get("decision")
    if isinstance(decision, Mapping):
        facts["outcome"] = decision.get("outcome")
        facts["reasons"] = _reason_codes(decision.get("reasons", ()))
    return facts


def _may_leave(name: str, value: Any) -> bool:
    if value is None or isinstance(value, (bool, int)):
        return True
    return isinstance(value, str) and name in CODES and _CODE.fullmatch(value) is not None


def _reason_codes(reasons: Iterable[Any]) -> list[str]:
    codes = (one.get("code") if isinstance(one, Mapping) else None for one in reasons)
    return [code for code in codes if isinstance(code, str) and _CODE.fullmatch(code)]


def _more(noun: str, pk: int) -> Facts:
    if noun not in _SUBJECTS:
        return {}
    ask, names = _SUBJECTS[noun]
    found = ask().filter(pk=pk).values(*names.values()).first()
    if found is None:
        return {}
    return {said: _plain(found[column]) for said, column in names.items()}


def _plain(value: Any) -> Any:
    return _instant(value) if isinstance(value, datetime) else value


_SUBJECTS: dict[str, tuple[Callable[[], QuerySet[Any]], dict[str, str]]] = {
    "ticket": (
        lambda: Ticket.everything.all(),
        {
            "number": "number", "status": "status", "queue": "queue", "work_type": "work_type__code",
            "licence": "licence__key", "assignee": "assignee", "accepted_at": "accepted_at",
            "first_reply_due_at": "first_reply_due_at",
        },
    ),
    "held": (
        lambda: HeldRequest.objects.all(),
        {
            "status": "status", "work_type": "work_type__code", "licence": "licence__key",
            "ticket": "ticket__number", "hold_until": "hold_until",
        },
    ),
    "subscription": (
        lambda: Subscription.objects.all(),
        {
            "status": "status", "plan": "version__plan__code", "version": "version__number",
            "licence": "licence__key", "began_at": "anchor", "ends_at": "ends_at",
        },
    ),
    "grant": (
        lambda: Grant.objects.all(),
        {
            "source": "source", "granted": "granted", "remaining": "remaining", "start": "start", "end": "end",
            "licence": "licence__key",
        },
    ),
    "licence": (
        lambda: Licence.objects.all(),
        {"key": "key", "edition": "edition__code", "hosting": "hosting"},
    ),
    "order": (
        lambda: Order.objects.all(),
        {
            "kind": "kind", "status": "status", "currency": "currency", "net_minor": "net_minor",
            "tax_minor": "tax_minor", "total_minor": "total_minor", "subscription": "subscription",
            "licence": "licence__key", "invoice": "invoice__code",
        },
    ),
    "invoice": (
        lambda: Invoice.objects.all(),
        {
            "code": "code", "purpose": "purpose", "corrects": "corrects__code", "subscription": "subscription",
            "currency": "currency", "net_minor": "net_minor", "tax_minor": "tax_minor",
            "total_minor": "total_minor", "balance_minor": "balance_minor", "issued_at": "issued_at",
            "due_at": "due_at", "settled_at": "settled_at",
        },
    ),
    "payment": (
        lambda: Payment.objects.all(),
        {
            "direction": "direction", "method": "method", "status": "status", "amount_minor": "amount_minor",
            "currency": "currency", "invoice": "invoice__code", "order": "order",
        },
    ),
}  # fmt: skip
