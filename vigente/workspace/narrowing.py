"""What narrows a list of cases: a department, only late ones, only those of a priority."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from vigente.accounts.models import User
from vigente.tickets.models import Department


def narrowed_by(asked: Mapping[str, str], *, now: datetime) -> tuple[Q, dict[str, str]]:
    """`late` only those past their promise, `rank` only those of a priority; and what of it goes on."""
    narrowed, kept = Q(), {}
    if "late" in asked:
        narrowed, kept["late"] = Q(due_at__lt=now), "1"
    rank = asked.get("rank", "")
    if rank.isascii() and rank.isdigit() and len(rank) < 6:
        narrowed, kept["rank"] = narrowed & Q(rank=int(rank)), rank
    return narrowed, kept


def department_of(
    wanted: str,
    user: User,
    *,
    view: str,
    departments: list[Department] | None = None,
    own: list[int] | None = None,
) -> tuple[Department | str, list[int] | None]:
    """What the list is narrowed to: by default an agent's own departments, for the line is what they may take."""
    if departments is None:
        departments = list(Department.objects.all())
    if own is None:
        own = list(user.departments.values_list("pk", flat=True))
    for department in departments:
        if wanted == str(department.pk):
            return department, [department.pk]
    if wanted == "all" or view != "line" or not own or len(own) == len(departments):
        return "all", None
    return "own", own
