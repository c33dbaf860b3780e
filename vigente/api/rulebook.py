"""`GET /rulebook`: the rules in force, and those that come."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router

from vigente.api import schemas
from vigente.api.auth import TokenAuth, caller_of
from vigente.api.errors import ERRORS
from vigente.api.problems import Problem, only
from vigente.billing.models import RulebookVersion
from vigente.rules.rulebook import Rulebook

router = Router(tags=["rulebook"])


@router.get(
    "/rulebook",
    auth=TokenAuth("rulebook"),
    response={200: schemas.Rulebook, **ERRORS},
    operation_id="rulebook",
    summary="The rules in force and those to come",
)
def read(request: HttpRequest) -> schemas.Rulebook:
    """Every setting, whether it was ever changed or not. For staff, and for the product's own token."""
    only(request)
    now: datetime = request.now  # type: ignore[attr-defined]
    user = caller_of(request).user
    if user is not None and not user.is_staff_member:
        raise Problem(403, "staff_only", "The whole rulebook is for staff; your pages say what binds you.")
    versions = list(RulebookVersion.objects.select_related("author").order_by("effective_from"))
    past = [version for version in versions if version.effective_from <= now]
    return schemas.Rulebook(
        in_force=_version(past[-1] if past else None),
        scheduled=[_version(version) for version in versions[len(past) :]],
    )


def _version(version: RulebookVersion | None) -> schemas.RulebookVersion:
    if version is None:
        return schemas.RulebookVersion(
            effective_from=None, author=None, note="", settings=Rulebook().to_json()
        )
    return schemas.RulebookVersion(
        effective_from=version.effective_from,
        author=str(version.author) if version.author else None,
        note=version.note,
        settings=Rulebook.from_json(version.data).to_json(),
    )
