"""An import of customers that takes a while: kept with its table, done a piece at a time, taken up again where it was.

Each piece is one transaction that first claims its rows, so that two browsers, or a reload, do none of them twice.
"""

from datetime import datetime

from django.db import transaction

from vigente.accounts.models import User
from vigente.billing.models import CustomerImport
from vigente.billing.services.csv_import import Plan, apply, plan
from vigente.billing.services.csv_import_reading import Problem, Row, rows
from vigente.rules.refusal import RefusalCode, Refused

PIECE = 100
PROBLEMS_KEPT = 200


def begin(*, text: str, name: str, actor: User, now: datetime) -> CustomerImport:
    """Keep a table and which of its rows bring something; nothing else is written until `proceed`. Tables that this
    person only looked at before are forgotten.
    """
    if not actor.is_owner:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    lines = [result.row.line for result in plan(rows(text), now=now).good if result.does]
    with transaction.atomic():
        CustomerImport.objects.filter(author=actor, done=0).delete()
        return CustomerImport.objects.create(
            name=name[:160], text=text, lines=lines, author=actor, created_at=now
        )


def tried(run: CustomerImport, *, now: datetime) -> Plan:
    """What is in the table, against what is there now."""
    return plan(rows(run.text), now=now)


@transaction.atomic
def proceed(*, run: CustomerImport, actor: User, now: datetime, most: int = PIECE) -> bool:
    """Do the next rows; True when all are in."""
    if not actor.is_owner:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    fresh = CustomerImport.objects.select_for_update().get(pk=run.pk)
    if fresh.finished_at is not None:
        return True
    wanted = set(fresh.lines[fresh.done : fresh.done + most])
    done = min(fresh.done + most, len(fresh.lines))
    if not CustomerImport.objects.filter(pk=fresh.pk, done=fresh.done).update(done=done):
        return False  # another browser is at it
    made, problems = apply((row for row in rows(fresh.text) if row.line in wanted), now=now, actor=actor)
    for what, count in made.items():
        fresh.made[what] = fresh.made.get(what, 0) + count
    fresh.problems = [*fresh.problems, *map(_kept, problems)][:PROBLEMS_KEPT]
    fresh.done = done
    fresh.finished_at = now if done >= len(fresh.lines) else None
    fresh.save(update_fields=["made", "problems", "finished_at"])
    run.refresh_from_db()
    return fresh.finished_at is not None


def managers(run: CustomerImport) -> list[Row]:
    """Rows that name somebody to invite."""
    return [row for row in rows(run.text) if row["manager_email"]]


def _kept(problem: Problem) -> dict[str, object]:
    return {
        "fault": problem.fault.value,
        "line": problem.line,
        "column": problem.column,
        "params": dict(problem.params),
    }
