"""Saved replies: who may write which, what may stand in them, and that they were used."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from vigente.accounts.models import User
from vigente.rules import merge
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import CannedResponse, Department
from vigente.tickets.queries.merging import FIELDS

MOST_TAGS = 12
LONGEST_TAG = 40


@transaction.atomic
def save_response(
    *,
    response: CannedResponse | None,
    title: str,
    texts: Mapping[str, str],
    tags: Sequence[str],
    sharing: str,
    department: Department | None,
    actor: User,
    now: datetime,
) -> CannedResponse:
    """Write a new one, or change it. Raises Refused: somebody else's, a field that does not exist, nothing written."""
    if response is not None and not may_change(response, actor):
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    written = {language: _checked(text, language) for language, text in texts.items() if text.strip()}
    if not title.strip() or not written:
        raise Refused(RefusalCode.EMPTY, field="title" if written else "texts")
    department = department if sharing == CannedResponse.Sharing.DEPARTMENT else None
    row = response or CannedResponse(owner=actor, created_at=now)
    row.title, row.texts, row.tags = title.strip(), written, _tidy(tags)
    row.sharing, row.department, row.changed_at = sharing, department, now
    if not _may_share(row, actor):
        raise Refused(RefusalCode.SUPERVISOR_ONLY, field="sharing")
    row.save()
    return row


@transaction.atomic
def delete_response(*, response: CannedResponse, actor: User) -> None:
    """It is offered no more; what was written with it stays."""
    if not may_change(response, actor):
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    response.delete()


def may_change(response: CannedResponse, actor: User) -> bool:
    """Its author, and supervisors what others share."""
    shared = response.sharing != CannedResponse.Sharing.PRIVATE
    return response.owner_id == actor.pk or (actor.is_supervisor and shared)


def count_use(responses: Sequence[int], *, author: User, now: datetime) -> list[int]:
    """Note that a message was written with these, each once; returns those there are. Call it in its transaction."""
    if not responses:
        return []
    seen = CannedResponse.objects.visible_to(author).filter(pk__in=set(responses))
    found = sorted(seen.values_list("pk", flat=True))
    CannedResponse.objects.filter(pk__in=found).update(uses=F("uses") + 1, last_used_at=now)
    return found


def _checked(text: str, language: str) -> str:
    if "\0" in text or any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise Refused(RefusalCode.BAD_CHARACTERS, field=f"text_{language}")
    for problem in merge.problems(text, FIELDS):
        raise Refused(
            RefusalCode.MERGE_FIELD, field=f"text_{language}", problem=problem.code, what=problem.what
        )
    return text.replace("\r\n", "\n").strip()


def _tidy(tags: Sequence[str]) -> list[str]:
    words = (" ".join(tag.split()).lower()[:LONGEST_TAG] for tag in tags)
    return list(dict.fromkeys(word for word in words if word))[:MOST_TAGS]


def _may_share(row: CannedResponse, actor: User) -> bool:
    """All read what is shared with all, so a supervisor answers for it; a team's is written by its own people."""
    if row.sharing == CannedResponse.Sharing.PRIVATE or actor.is_supervisor:
        return True
    return row.department is not None and actor.departments.filter(pk=row.department.pk).exists()
