"""`GET /coverage`: what the product itself asks."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from vigente.api import schemas, shapes
from vigente.api.auth import Caller, TokenAuth, caller_of
from vigente.api.errors import ERRORS
from vigente.api.problems import Problem, not_found, only
from vigente.billing.facts import load
from vigente.billing.models import Licence, WorkType
from vigente.billing.queries import Meter, coverage_of, meter_of, offers_for
from vigente.rules.coverage import Decision, Outcome

router = Router(tags=["coverage"])


@router.get(
    "/coverage",
    auth=TokenAuth("coverage", "coverage:any"),
    response={200: schemas.Coverage, **ERRORS},
    operation_id="coverage",
    summary="Is this licence covered?",
)
def coverage(
    request: HttpRequest,
    licence: Annotated[schemas.Key, Query(description="The licence's key.")],
    work_type: Annotated[
        schemas.Code | None, Query(description="What would be asked for; the first covered kind if left out.")
    ] = None,
) -> schemas.Coverage:
    """Whether a request made now would be accepted, by which plan, how many cases are left and until when.

    Asking promises nothing and uses nothing up.
    """
    only(request, "licence", "work_type")
    now: datetime = request.now  # type: ignore[attr-defined]
    caller = caller_of(request)
    row = licence_for(caller, licence)
    work = _work(work_type)
    facts = load(row.organization, now=now)
    decision = coverage_of(
        organization=row.organization, licence=row, work_type=work, user=caller.user, now=now, facts=facts
    )
    meter = meter_of(organization=row.organization, licence=row, now=now, facts=facts)
    offers = offers_for(organization=row.organization, licence=row, decision=decision, now=now)
    left, until = _left(decision, meter)
    return schemas.Coverage(
        licence=row.key,
        covered=decision.accepted,
        plan=meter.plan or None,
        left=left,
        until=until,
        reasons=shapes.reasons(decision),
        offers=[shapes.offer(item) for item in offers],
    )


def licence_for(caller: Caller, key: str) -> Licence:
    """The licence with this key, if the token may see it: its person's, or with `coverage:any` every one."""
    licences = Licence.objects.select_related("organization", "edition__product")
    if caller.user is not None and not caller.has("coverage:any"):
        licences = licences.visible_to(caller.user)
    elif caller.user is None and not (caller.has("coverage:any") or caller.has("tickets:write")):
        raise Problem(403, "scope_missing", "This token may not ask about every licence.")
    found = licences.filter(key=key).first()
    if found is None:
        raise not_found("licence")
    return found


def work_type_of(code: str) -> WorkType:
    """The kind of work with this code."""
    found = WorkType.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(WorkType.objects.values_list("code", flat=True))
        raise Problem(
            422,
            "no_such_work_type",
            f"There is no kind of work {code!r}; there are: {known}.",
            errors=[{"field": "work_type", "code": "unknown", "message": f"One of: {known}."}],
        )
    return found


def _work(code: str | None) -> WorkType:
    if code is not None:
        return work_type_of(code)
    work = WorkType.objects.filter(always=False, development=False, is_offered=True).first()
    if work is None:
        raise Problem(409, "no_work_types", "No kind of work is set up yet, so nothing can be covered.")
    return work


def _left(decision: Decision, meter: Meter) -> tuple[int | None, datetime | None]:
    """What is usable now, before this question; before plans are required nothing is counted."""
    if decision.outcome is Outcome.EXEMPT and not meter.is_covered:
        begins = str(decision.reasons[0].params.get("from", ""))
        return None, datetime.fromisoformat(begins) if begins else None
    return meter.left, meter.until
