"""`GET /organizations/{id}/statement`: what was granted, used, returned and expired."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from vigente.accounts.models import Organization
from vigente.api import schemas, shapes
from vigente.api.auth import TokenAuth, caller_of
from vigente.api.errors import ERRORS
from vigente.api.problems import not_found, only
from vigente.billing.queries import statement

router = Router(tags=["statement"])


@router.get(
    "/organizations/{id}/statement",
    auth=TokenAuth("statement"),
    response={200: schemas.Statement, **ERRORS},
    operation_id="statement",
    summary="An organization's statement of cases",
)
def read(
    request: HttpRequest,
    id: schemas.Number,
    since: Annotated[schemas.Instant | None, Query(description="Inclusive.")] = None,
    until: Annotated[schemas.Instant | None, Query(description="Exclusive.")] = None,
) -> schemas.Statement:
    """Every movement, oldest first. For the organization's people and for staff, as on its page."""
    only(request, "since", "until")
    now: datetime = request.now  # type: ignore[attr-defined]
    person = caller_of(request).person
    organization = Organization.objects.visible_to(person).filter(pk=id).first()
    if organization is None:
        raise not_found("organization")
    lines = statement(organization=organization, now=now, since=since, until=until)
    return schemas.Statement(
        organization=shapes.organization(organization), lines=[shapes.line(line) for line in lines]
    )
