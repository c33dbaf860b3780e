"""Answers to the vendor's public fields when a case begins: asked for, checked, and kept with the case."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from vigente.accounts.models import User
from vigente.billing.models import WorkType
from vigente.rules.fields import Problem, Value, check
from vigente.tickets.models import CustomField, Department, FieldValue, Ticket
from vigente.tickets.services.filing import first_department


class WrongAnswers(Exception):
    """Nothing was written: what is wrong, by field."""

    def __init__(self, wrong: Mapping[int, Problem]) -> None:
        super().__init__(str(dict(wrong)))
        self.wrong = wrong


def intake_fields(departments: Collection[Department] = ()) -> list[CustomField]:
    """What is asked before there is a case: the public fields of the departments to choose from (with fewer than two
    there is no choice: of the one where new cases begin), in order. Which of them apply depends on the kind of work
    and the answers.
    """
    rows = list(
        CustomField.objects.offered()
        .filter(public=True)
        .prefetch_related("departments", "work_types", "depends_on")
    )
    if not any(row.departments.all() for row in rows):
        return rows
    open_to = {one.pk for one in departments} if len(departments) > 1 else {first_key()}
    return [
        row
        for row in rows
        if not row.departments.all() or any(one.pk in open_to for one in row.departments.all())
    ]


def first_key() -> int | None:
    """Of the department where new cases begin."""
    first = first_department()
    return first.pk if first else None


def answers_at_intake(
    sent: Mapping[int, Any], *, work_type: WorkType, department: Department | None = None
) -> dict[int, Value]:
    """What is kept of what was sent for a case of that department (None: where new cases begin); what was not sent was
    left empty. Raises WrongAnswers.
    """
    fields = [row.definition() for row in intake_fields([department] * 2 if department else ())]
    key = department.pk if department else first_key() if fields else None
    found = check(fields, sent, had={}, department=key, work=work_type.pk)
    if found.wrong:
        raise WrongAnswers(found.wrong)
    return dict(found.values)


def keep_answers(ticket: Ticket, values: Mapping[int, Value], *, actor: User | None, now: datetime) -> None:
    """Write them on the new case; those of a field that is no more are left out."""
    if values:
        FieldValue.objects.bulk_create(
            FieldValue(ticket=ticket, field_id=key, value=values[key], set_by=actor, set_at=now)
            for key in CustomField.objects.filter(pk__in=values).values_list("pk", flat=True)
        )
