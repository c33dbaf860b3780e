"""What is done with endpoints and their deliveries. Whether somebody may is asked by the surface: owners only."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet

from vigente.accounts.audit import note, portrait
from vigente.accounts.models import User
from vigente.accounts.models.audit import Deed
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.installation.clock import instant
from vigente.rules.refusal import RefusalCode, Refused
from vigente.webhooks.addresses import Refusal, parse
from vigente.webhooks.models import Delivery, Endpoint
from vigente.webhooks.payloads import TEST, test_body
from vigente.webhooks.signing import new_message_id, new_secret

OVERLAP = timedelta(hours=24)  # both secrets sign for so long after a change
KEEP_DELIVERED = timedelta(days=30)
KEEP_FAILED = timedelta(days=90)
ERASED_AT_ONCE = 1000
OFF = "endpoint_off"  # why what waited for an endpoint that was switched off was not sent
Status = Delivery.Status
_TOLD = ("url", "kinds", "description", "is_active")  # what the audit log says of one


@transaction.atomic
def create_endpoint(
    *, url: str, kinds: Iterable[str] = (), description: str = "", actor: User | None, now: datetime
) -> Endpoint:
    """A new endpoint; its `secret` is to be shown now and never again. Refuses a URL that webhooks may not go to."""
    endpoint = Endpoint.objects.create(
        url=_allowed(url),
        kinds=_known(kinds),
        description=_line(description),
        secret=new_secret(),
        created_by=actor,
        created_at=now,
    )
    note(Deed.WEBHOOK_ADDED, subject=_subject(endpoint), label=endpoint.url, actor=actor, now=now,
         after=portrait(endpoint, _TOLD))  # fmt: skip
    return endpoint


def change_endpoint(
    *,
    endpoint: Endpoint,
    url: str | None = None,
    kinds: Iterable[str] | None = None,
    description: str | None = None,
    is_active: bool | None = None,
    now: datetime,
) -> Endpoint:
    """Change what is given. Switched on again it begins afresh; switched off, what waits is not sent."""
    changes: dict[str, object] = {}
    if url is not None:
        changes["url"] = _allowed(url)
        if url != endpoint.url:
            changes |= {"failing_since": None, "rest_until": None, "rests": 0}
    if kinds is not None:
        changes["kinds"] = _known(kinds)
    if description is not None:
        changes["description"] = _line(description)
    with transaction.atomic():
        lock(endpoint.pk)
        rows = Endpoint.objects.filter(pk=endpoint.pk)
        before = portrait(rows.first(), _TOLD)
        if changes:
            rows.update(**changes)
        if is_active is False:
            switch_off(endpoint.pk, Endpoint.Reason.OWNER, now=now)
        elif is_active:
            rows.filter(is_active=False).update(
                is_active=True, disabled_at=None, disabled_reason="", failing_since=None, rest_until=None, rests=0
            )  # fmt: skip
        endpoint.refresh_from_db()
        note(Deed.WEBHOOK_CHANGED, subject=_subject(endpoint), label=endpoint.url, before=before,
             after=portrait(endpoint, _TOLD), now=now)  # fmt: skip
    return endpoint


def rotate_secret(*, endpoint: Endpoint, now: datetime) -> str:
    """A new secret, to be shown now and never again. The one before signs beside it for `OVERLAP`."""
    with transaction.atomic():
        lock(endpoint.pk)
        fresh = Endpoint.objects.get(pk=endpoint.pk)
        fresh.old_secret, fresh.old_secret_until = fresh.secret, now + OVERLAP
        fresh.secret = new_secret()
        fresh.save(update_fields=["secret", "old_secret", "old_secret_until"])
        note(Deed.WEBHOOK_SECRET_CHANGED, subject=_subject(fresh), label=fresh.url, now=now)
    return fresh.secret


def delete_endpoint(*, endpoint: Endpoint) -> None:
    """It and its log are gone."""
    with transaction.atomic():
        lock(endpoint.pk)
        note(Deed.WEBHOOK_REMOVED, subject=_subject(endpoint), label=endpoint.url, before=portrait(endpoint, _TOLD),
             now=instant())  # fmt: skip
        Endpoint.objects.filter(pk=endpoint.pk).delete()


def _subject(endpoint: Endpoint) -> str:
    return f"webhook:{endpoint.pk}"


def send_test(*, endpoint: Endpoint, now: datetime) -> Delivery:
    """A `webhook.test` for this endpoint, sent by the worker like any other."""
    with transaction.atomic():
        _must_be_on(endpoint)
        return Delivery.objects.create(
            endpoint=endpoint,
            message_id=new_message_id(),
            kind=TEST,
            body=test_body(endpoint.pk, now=now),
            next_attempt_at=now,
            created_at=now,
        )


def replay(*, delivery: Delivery, now: datetime) -> int:
    """Send it again at once, under its id, whatever became of it. 0: a sender has it just now, and it stays there."""
    with transaction.atomic():
        _must_be_on(delivery.endpoint)
        return _again(Delivery.objects.filter(pk=delivery.pk), now=now)


def replay_failed(*, endpoint: Endpoint, since: datetime, now: datetime) -> int:
    """Send again all that was written since then and could not be delivered; returns how many."""
    with transaction.atomic():
        _must_be_on(endpoint)
        rows = Delivery.objects.filter(endpoint=endpoint, status=Status.FAILED, created_at__gte=since)
        return _again(rows, now=now)


def switch_off(pk: int, reason: str, *, now: datetime) -> bool:
    """Send nothing there any more; what waits is kept as failed and can be replayed. False: it was off.

    When nobody here decided it, an event says so; the owners are written to.
    """
    with transaction.atomic():
        lock(pk)
        on = Endpoint.objects.filter(pk=pk, is_active=True)
        if not on.update(is_active=False, disabled_at=now, disabled_reason=reason):
            return False
        waiting = Delivery.objects.filter(endpoint=pk, status=Status.PENDING)
        waiting.update(status=Status.FAILED, claimed_until=None, finished_at=now, last_error=OFF)
        if reason != Endpoint.Reason.OWNER:
            url = Endpoint.objects.values_list("url", flat=True).get(pk=pk)
            host = urlsplit(url).hostname or ""
            record(Kind.WEBHOOK_DISABLED, subject=f"webhook:{pk}", now=now, reason=reason, host=host)
    return True


def lock(pk: int) -> bool:
    """Lock an endpoint before its deliveries, always in this order. False: it is gone. Needs a transaction."""
    rows = Endpoint.objects.select_for_update(no_key=True).filter(pk=pk)
    return rows.values_list("pk", flat=True).first() is not None


def erase_old(*, now: datetime) -> int:
    """Forget what was delivered more than 30 days ago, and what could not be more than 90 (a batch at a time)."""
    erased = 0
    for status, kept in ((Status.DELIVERED, KEEP_DELIVERED), (Status.FAILED, KEEP_FAILED)):
        old = Delivery.objects.filter(finished_at__lt=now - kept, status=status).order_by("finished_at")
        batch = list(old.values_list("pk", flat=True)[:ERASED_AT_ONCE])
        if batch:
            Delivery.objects.filter(pk__in=batch, status=status).delete()
        erased += len(batch)
    return erased


def _again(rows: QuerySet[Delivery], *, now: datetime) -> int:
    free = rows.exclude(status=Status.PENDING, claimed_until__gt=now)
    return free.update(
        status=Status.PENDING, attempts=0, next_attempt_at=now, claimed_until=None, finished_at=None
    )


def _must_be_on(endpoint: Endpoint) -> None:
    lock(endpoint.pk)
    if not Endpoint.objects.filter(pk=endpoint.pk, is_active=True).exists():
        raise Refused(RefusalCode.WEBHOOK_OFF)


def _allowed(url: str) -> str:
    try:
        parse(url)
    except Refusal as refusal:
        raise Refused(RefusalCode.WEBHOOK_ADDRESS, field="url", why=refusal.code) from None
    return url


def _known(kinds: Iterable[str]) -> list[str]:
    """In the order of the catalogue, each once."""
    wanted = set(kinds)
    unknown = sorted(wanted - {kind.value for kind in Kind})
    if unknown:
        raise Refused(RefusalCode.INVALID_VALUE, field="kinds", value=", ".join(unknown)[:200])
    return [kind.value for kind in Kind if kind.value in wanted]


def _line(text: str) -> str:
    text = " ".join(text.split())
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Refused(RefusalCode.BAD_CHARACTERS, field="description")
    if len(text) > 120:
        raise Refused(RefusalCode.TOO_LONG, field="description", limit=120)
    return text
