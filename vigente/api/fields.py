"""The vendor's own fields, as a program needs them to ask and to answer."""

from django.http import HttpRequest
from ninja import Router

from vigente.api import schemas, shapes
from vigente.api.auth import TokenAuth, caller_of
from vigente.api.errors import ERRORS
from vigente.api.problems import only
from vigente.tickets.models import CustomField

router = Router(tags=["tickets"])


@router.get(
    "/fields",
    auth=TokenAuth("tickets:read"),
    response={200: schemas.CustomFields, **ERRORS},
    operation_id="list_fields",
    summary="The vendor's own fields of a case",
)
def listing(request: HttpRequest) -> schemas.CustomFields:
    """In their order, those that this person may see and that are asked for now; staff see all."""
    only(request)
    rows = CustomField.objects.visible_to(caller_of(request).person).offered().prefetch_related("work_types")
    return schemas.CustomFields(fields=[shapes.custom_field(row) for row in rows])
