"""Writing down what a person changed where no event tells it. Call it inside the transaction of the change itself.

No secret is ever written: of a password or key it is only said that it changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from vigente.accounts.models import AuditEntry, User
from vigente.accounts.models.audit import Deed
from vigente.installation.origin import origin

LONGEST = 400  # characters of one value that are kept
HIDDEN = "•••"
_SECRET = ("password", "secret", "digest", "api_key", "credentials")


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that is compared and never written."""

    value: Any


def note(
    deed: Deed,
    *,
    subject: str,
    now: datetime,
    actor: User | None = None,
    label: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    **data: Any,
) -> AuditEntry:
    """Write that `actor` did this at `now`, from where the request under way comes; without `actor`, who sent it.

    Of `before` and `after` (see `portrait`) only what differs is kept.
    """
    old, new = _differing(before or {}, after or {})
    found = origin()
    found.traces += 1
    who = actor.pk if actor is not None else found.who()
    return AuditEntry.objects.create(
        kind=deed.value, actor_id=who, subject=_kept(subject, 64), label=_kept(label, 200), before=old, after=new,
        data=plain(data), address=found.address, channel=found.channel, occurred_at=now,
    )  # fmt: skip


def portrait(row: Model | None, names: Iterable[str] | None = None) -> dict[str, Any]:
    """A row's own values by name: of all its fields, or of `names` among them. Take one before and one after.

    Of relations to many the names, sorted. Secrets are there to be compared only.
    """
    if row is None or row.pk is None:
        return {}
    wanted = None if names is None else set(names)
    found: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if not field.primary_key and not field.generated and (wanted is None or field.name in wanted):
            value = field.value_from_object(row)
            found[field.name] = Secret(value) if _is_secret(field.name) else plain(value)
    for many in row._meta.many_to_many:
        if wanted is None or many.name in wanted:
            found[many.name] = sorted(str(other) for other in getattr(row, many.name).all())
    return found


def plain(value: Any) -> Any:
    """A value as JSON can keep it, cut to what a page can show; a secret as dots."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Secret):
        return HIDDEN if value.value else ""
    if isinstance(value, Mapping):
        return {
            _kept(str(key), LONGEST): HIDDEN if _is_secret(str(key)) else plain(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    if isinstance(value, bytes | memoryview):
        return f"{len(value)} B"
    return _kept(value.isoformat() if isinstance(value, datetime) else str(value), LONGEST)


def _kept(text: str, most: int) -> str:
    """What both databases can keep of a text: no NUL, no half of a character, no more than so much."""
    whole = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return whole if len(whole) <= most else whole[: most - 1] + "…"


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET)


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: plain(before[name]) for name in names if name in before},
        {name: plain(after[name]) for name in names if name in after},
    )
