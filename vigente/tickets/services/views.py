"""Saved views: who may keep, share, change and order which."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from vigente.accounts.models import User
from vigente.rules.conditions import Condition, write
from vigente.rules.refusal import RefusalCode, Refused
from vigente.rules.searching import read
from vigente.rules.searching import write as written
from vigente.tickets.models import Department, SavedView


@transaction.atomic
def save_view(
    *,
    view: SavedView | None,
    name: str,
    sharing: str,
    department: Department | None,
    search: str,
    condition: Condition,
    order: str,
    is_default: bool,
    actor: User,
    now: datetime,
) -> SavedView:
    """Keep a new one, or change it. Raises Refused: somebody else's, a search that says nothing or asks for what is
    held (which are no cases).
    """
    if view is not None and not may_change(view, actor):
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if not name.strip():
        raise Refused(RefusalCode.EMPTY, field="name")
    asked = read(search)
    if asked.problems or asked.is_held or (search.strip() and not asked):
        raise Refused(RefusalCode.INVALID_VALUE, field="search", value=search)
    department = department if sharing == SavedView.Sharing.DEPARTMENT else None
    row = view or SavedView(owner=actor, created_at=now)
    row.name, row.sharing, row.department, row.changed_at = name.strip(), sharing, department, now
    row.search, row.condition, row.order = written(asked), write(condition), order
    if not _may_share(row, actor):
        raise Refused(RefusalCode.SUPERVISOR_ONLY, field="sharing")
    if row.owner_id == actor.pk:  # where somebody begins is their own choice
        if is_default:
            SavedView.objects.filter(owner=actor, is_default=True).update(is_default=False)
        row.is_default = is_default
    row.save()
    return row


@transaction.atomic
def delete_view(*, view: SavedView, actor: User) -> None:
    """It is listed no more; its cases stay as they are."""
    if not may_change(view, actor):
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    view.delete()


def may_change(view: SavedView, actor: User) -> bool:
    """Its owner, and supervisors what others share."""
    shared = view.sharing != SavedView.Sharing.PRIVATE
    return view.owner_id == actor.pk or (actor.is_supervisor and shared)


@transaction.atomic
def order_views(*, order: Sequence[int], actor: User) -> None:
    """Put those one may change in this order (primary keys); what is not named keeps its place."""
    rows = SavedView.objects.visible_to(actor).filter(pk__in=order).in_bulk()
    for position, pk in enumerate(order, start=1):
        row = rows.get(pk)
        if row is not None and may_change(row, actor) and row.position != position:
            SavedView.objects.filter(pk=pk).update(position=position)


def _may_share(row: SavedView, actor: User) -> bool:
    """A supervisor answers for what all see; a team's view is kept by its own people."""
    if row.sharing == SavedView.Sharing.PRIVATE or actor.is_supervisor:
        return True
    return row.department is not None and actor.departments.filter(pk=row.department.pk).exists()
