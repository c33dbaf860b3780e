"""How the owner arranges fields of cases, and how the staff fills them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from vigente.accounts.models import User
from vigente.billing.models import WorkType
from vigente.events.kinds import Kind
from vigente.installation.ordering import last_position, put_in_order
from vigente.installation.translated import names_of
from vigente.rules.fields import MOST_OPTIONS, WITH_OPTIONS, Checked, check
from vigente.rules.patterns import BadPattern, Pattern
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import CustomField, Department, FieldValue, HeldRequest, Ticket
from vigente.tickets.services.answers import WrongAnswers as WrongAnswers
from vigente.tickets.services.state import locked, tell

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field as the owner wants it. `options`: (code, names) in order. `depends`: (field, option code)."""

    names: Mapping[str, str]
    kind: str
    options: Sequence[tuple[str, Mapping[str, str]]] = ()
    required: bool = False
    locked: bool = False
    pattern: str = ""
    pattern_error: Mapping[str, str] | None = None
    depends: tuple[int, str] | None = None
    departments: Collection[Department] = ()
    work_types: Collection[WorkType] = ()
    public: bool = False


@transaction.atomic
def save_field(*, field: CustomField | None, wanted: Wanted) -> CustomField:
    """Add one, or change one; its kind stays, and so does every option that a case has."""
    row = field or CustomField(kind=wanted.kind, position=last_position(CustomField.objects.all()))
    if row.kind not in CustomField.Kind.values:
        raise Refused(RefusalCode.INVALID_VALUE, field="kind")
    row.names = _names(wanted.names, "names")
    row.options = _options(row, wanted)
    row.required, row.locked, row.public = wanted.required, wanted.locked, wanted.public
    row.pattern = _pattern(row, wanted.pattern)
    row.pattern_error = names_of(wanted.pattern_error or {}) if row.pattern else {}
    row.depends_on, row.depends_option = _depends(row, wanted.depends)
    _as_public_as_what_it_depends_on(row)
    row.save()
    row.departments.set(wanted.departments)
    row.work_types.set(wanted.work_types)
    return row


def order_fields(keys: Sequence[int]) -> None:
    """Put them in this order, by primary key."""
    put_in_order(CustomField.objects.all(), keys)


def retire_field(*, field: CustomField, now: datetime) -> None:
    """Ask for it no more; what stands in it stays."""
    CustomField.objects.filter(pk=field.pk, retired_at__isnull=True).update(retired_at=now)


def restore_field(*, field: CustomField) -> None:
    """Ask for it again."""
    CustomField.objects.filter(pk=field.pk).update(retired_at=None)


@transaction.atomic
def delete_field(*, field: CustomField) -> None:
    """Only one in which nothing stands and on which nothing depends."""
    waits = HeldRequest.objects.filter(fields__has_key=str(field.pk), ticket__isnull=True)
    if FieldValue.objects.filter(field=field).exists() or field.dependents.exists() or waits.exists():
        raise Refused(RefusalCode.STILL_USED)
    field.delete()


@transaction.atomic
def set_values(
    *, ticket: Ticket, sent: Mapping[int, Any], actor: User | None, now: datetime, whole: bool = True
) -> Checked:
    """Fill the fields of a case; a customer the public ones, until it ends. `whole`: what was not sent was left empty.
    Raises WrongAnswers.
    """
    ticket = locked(ticket.pk)
    if actor is not None and not actor.is_staff_member and ticket.is_done:
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    fields = {row.pk: row for row in asked_of(ticket, reader=actor)}
    had = {row.field_id: row for row in ticket.field_values.filter(field__in=fields)}
    found = check(
        [row.definition() for row in fields.values()],
        sent,
        had={key: row.value for key, row in had.items()},
        department=ticket.department_id,
        work=ticket.work_type_id,
        whole=whole,
    )
    if found.wrong:
        raise WrongAnswers(found.wrong)
    for key, (_before, after) in found.changed.items():
        if after is None:
            had[key].delete()
        else:
            FieldValue.objects.update_or_create(
                ticket=ticket, field=fields[key], defaults={"value": after, "set_by": actor, "set_at": now}
            )
    if found.changed:
        changes = [
            {"field": key, "before": before, "after": after} for key, (before, after) in found.changed.items()
        ]
        tell(Kind.TICKET_FIELDS_CHANGED, ticket, now=now, actor=actor, changes=changes)
    return found


def asked_of(ticket: Ticket, *, reader: User | None = None) -> list[CustomField]:
    """The fields that its department and kind of work have, in order; which of them apply depends on the answers too.
    `reader`: only those that this person may see.
    """
    rows = CustomField.objects.offered().prefetch_related("departments", "work_types", "depends_on")
    if reader is not None:
        rows = rows.visible_to(reader)
    return [
        row
        for row in rows
        if _here(row.departments.all(), ticket.department_id)
        and _here(row.work_types.all(), ticket.work_type_id)
    ]


def _here(only: Collection[Any], key: int) -> bool:
    return not only or any(one.pk == key for one in only)


def _as_public_as_what_it_depends_on(row: CustomField) -> None:
    """Whoever is asked a field is asked the one it depends on."""
    above = row.depends_on
    if row.public and above is not None and not above.public:
        raise Refused(RefusalCode.INVALID_VALUE, field="depends")
    if not row.public and row.pk and row.dependents.filter(public=True).exists():
        raise Refused(RefusalCode.INVALID_VALUE, field="public")


def _names(given: Mapping[str, str], field: str) -> dict[str, str]:
    names = {code: " ".join(text.split()) for code, text in names_of(given).items()}
    if not names:
        raise Refused(RefusalCode.EMPTY, field=field)
    for text in names.values():
        if len(text) > LONGEST_NAME:
            raise Refused(RefusalCode.TOO_LONG, field=field, limit=LONGEST_NAME)
        if not text.isprintable():
            raise Refused(RefusalCode.BAD_CHARACTERS, field=field)
    return names


def _options(row: CustomField, wanted: Wanted) -> list[dict[str, Any]]:
    if row.kind not in WITH_OPTIONS:
        return []
    codes = [code for code, _names_of in wanted.options]
    if not codes:
        raise Refused(RefusalCode.EMPTY, field="options")
    if (
        len(set(codes)) < len(codes)
        or len(codes) > MOST_OPTIONS
        or not all(0 < len(one) <= 40 for one in codes)
    ):
        raise Refused(RefusalCode.INVALID_VALUE, field="options")
    gone = {option["code"] for option in row.options} - set(codes)
    if gone and row.pk and (_used(row, gone) or row.dependents.filter(depends_option__in=gone).exists()):
        raise Refused(RefusalCode.STILL_USED, field="options")
    return [{"code": code, "names": _names(names, "options")} for code, names in wanted.options]


def _used(row: CustomField, codes: set[str]) -> bool:
    values = FieldValue.objects.filter(field=row).values_list("value", flat=True)
    return any(
        not codes.isdisjoint(value if isinstance(value, list) else [value]) for value in values.iterator()
    )


def _pattern(row: CustomField, text: str) -> str:
    if not text or row.kind != CustomField.Kind.TEXT:
        return ""
    try:
        return Pattern(text).text
    except BadPattern:
        raise Refused(RefusalCode.INVALID_VALUE, field="pattern") from None


def _depends(row: CustomField, wanted: tuple[int, str] | None) -> tuple[CustomField | None, str]:
    if wanted is None:
        return None, ""
    key, option = wanted
    other = CustomField.objects.filter(pk=key).first()
    codes = {"yes", "no"} if other and other.kind == CustomField.Kind.BOOLEAN else set()
    if other is None or option not in codes | {one["code"] for one in other.options}:
        raise Refused(RefusalCode.INVALID_VALUE, field="depends")
    above: CustomField | None = other
    while above is not None:  # what it would depend on, up to the top: never itself
        if above.pk == row.pk:
            raise Refused(RefusalCode.INVALID_VALUE, field="depends")
        above = above.depends_on
    return other, option
