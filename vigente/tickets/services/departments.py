"""How the owner arranges departments, and to whom a new case of one goes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from vigente.accounts.models import User
from vigente.installation.ordering import last_position, put_in_order
from vigente.installation.translated import names_of
from vigente.rules.folding import fold
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Department

LONGEST_NAME, LONGEST_DESCRIPTION = 80, 300


@dataclass(frozen=True, slots=True)
class Wanted:
    """A department as the owner wants it. `default_agents`: who gets its new cases; nobody: they wait in the line."""

    names: Mapping[str, str]
    descriptions: Mapping[str, str] | None = None
    parent: Department | None = None
    is_default: bool = False
    is_public: bool = False
    registered_only: bool = False
    agents: Collection[User] = ()
    default_agents: Collection[User] = ()


@transaction.atomic
def save_department(*, department: Department | None, wanted: Wanted) -> Department:
    """Add one, after the others, or change one. The default one stays so until another is."""
    others = Department.objects.select_for_update().exclude(pk=department.pk if department else 0)
    known = {row.pk: row for row in others}
    row = department or Department(position=last_position(Department.objects.all()))
    row.names = _names(wanted.names, known.values())
    row.name = next(iter(row.names.values()))
    row.descriptions = _descriptions(wanted.descriptions or {})
    row.parent = _parent(row, wanted.parent, known)
    row.is_public, row.registered_only = wanted.is_public, wanted.registered_only
    row.assigns = bool(wanted.default_agents)
    if wanted.is_default and row.retired_at is not None:
        raise Refused(RefusalCode.INVALID_VALUE, field="is_default")
    if wanted.is_default:
        Department.objects.filter(is_default=True).exclude(pk=row.pk).update(is_default=False)
        row.is_default = True
    row.save()
    row.agents.set(wanted.agents)
    row.default_agents.set(wanted.default_agents)
    return row


def order_departments(keys: Sequence[int]) -> None:
    """Put them in this order, each among those it is part of one with."""
    put_in_order(Department.objects.all(), keys)


@transaction.atomic
def retire_department(*, department: Department, now: datetime) -> None:
    """No case goes there any more; those that are there stay, and so do its parts. The default one stays."""
    row = Department.objects.select_for_update().get(pk=department.pk)
    if row.is_default:
        raise Refused(RefusalCode.STILL_USED)
    Department.objects.filter(pk=row.pk, retired_at__isnull=True).update(retired_at=now)


def restore_department(*, department: Department) -> None:
    """Cases may go there again."""
    Department.objects.filter(pk=department.pk).update(retired_at=None)


def agent_for(department: Department, *, now: datetime) -> User | None:
    """Who gets a new case of a department that assigns them: of its default agents who are present and have a hand
    free, the one with the fewest cases in hand; of several such, the one who has been here longest. Nobody: it waits in
    the line, as any other.
    """
    if not department.assigns:
        return None
    here = Q(away=False) | Q(capacity__away_until__lte=now)
    present = User.objects.filter(here, is_active=True, default_departments=department)
    in_hand = Count("assigned_tickets", filter=Q(assigned_tickets__waits=True))
    free = Q(capacity__most__isnull=True) | Q(capacity__most__gt=in_hand)
    found: User | None = present.annotate(in_hand=in_hand).filter(free).order_by("in_hand", "pk").first()
    return found if found is not None and found.is_staff_member else None


def _names(given: Mapping[str, str], others: Collection[Department]) -> dict[str, str]:
    names = {code: " ".join(text.split()) for code, text in names_of(given).items()}
    if not names:
        raise Refused(RefusalCode.EMPTY, field="names_es")
    taken = {fold(text) for other in others for text in (other.name, *other.names.values())}
    for code, text in names.items():
        if len(text) > LONGEST_NAME:
            raise Refused(RefusalCode.TOO_LONG, field=f"names_{code}", limit=LONGEST_NAME)
        if not text.isprintable():
            raise Refused(RefusalCode.BAD_CHARACTERS, field=f"names_{code}")
        if fold(text) in taken:
            raise Refused(RefusalCode.NAME_TAKEN, field=f"names_{code}", name=text)
    return names


def _descriptions(given: Mapping[str, str]) -> dict[str, str]:
    found = {code: " ".join(text.split()) for code, text in names_of(given).items()}
    for code, text in found.items():
        if len(text) > LONGEST_DESCRIPTION:
            raise Refused(RefusalCode.TOO_LONG, field=f"description_{code}", limit=LONGEST_DESCRIPTION)
        if not text.isprintable():
            raise Refused(RefusalCode.BAD_CHARACTERS, field=f"description_{code}")
    return found


def _parent(row: Department, wanted: Department | None, known: Mapping[int, Department]) -> Department | None:
    """What it is to be part of: something that is there, and nothing that is part of it."""
    if wanted is None:
        return None
    above: int | None = wanted.pk
    seen: set[int] = set()
    while above is not None:
        if above not in known or above in seen:
            raise Refused(RefusalCode.INVALID_VALUE, field="parent")
        seen.add(above)
        above = known[above].parent_id
    return known[wanted.pk]
