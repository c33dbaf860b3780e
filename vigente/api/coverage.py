"""`GET /coverage`: what the product itself asks."""

from datetime import datetime
from hashlib import sha256
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from vigente.api import schemas, shapes
from vigente.api.auth import Caller, TokenAuth, caller_of
from vigente.api.errors import ERRORS
from vigente.api.problems import Problem, not_found, only
from vigente.billing.facts import Facts, load
from vigente.billing.models import Licence, WorkType
from vigente.billing.queries import Meter, coverage_of, meter_of, offers_for
from vigente.rules.coverage import Decision, Outcome

router = Router(tags=["coverage"])
MAX_AGE = 60  # seconds


@router.get(
    "/coverage",
    auth=TokenAuth("coverage", "coverage:any"),
    response={200: schemas.Coverage, 304: None, **ERRORS},
    operation_id="coverage",
    summary="Is this licence covered?",
)
def coverage(
    request: HttpRequest,
    response: HttpResponse,
    licence: Annotated[schemas.Key, Query(description="The licence's key.")],
    work_type: Annotated[
        schemas.Code | None, Query(description="What would be asked for; the first covered kind if left out.")
    ] = None,
) -> schemas.Coverage | Status:
    """Whether a request made now would be accepted, by which plan, how many cases are left and until when.

    Asking promises nothing and uses nothing up. With `If-None-Match` of the answer before: 304 while it is the same.
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
    answer = schemas.Coverage(
        licence=row.key,
        covered=decision.accepted,
        plan=meter.plan or None,
        left=left,
        until=until,
        reasons=shapes.reasons(decision),
        offers=[shapes.offer(item) for item in offers],
    )
    tag = _tag(answer)
    response["ETag"] = tag
    response["Cache-Control"] = f"private, max-age={_good_for(facts, meter, until, now=now)}"
    response["Vary"] = "Authorization"
    return Status(304, None) if tag in _known(request) else answer


def _tag(answer: schemas.Coverage) -> str:
    """Of what is said itself, so that it changes whenever that does; making it costs less than one query."""
    return f'"{sha256(answer.model_dump_json().encode()).hexdigest()[:32]}"'


def _known(request: HttpRequest) -> set[str]:
    """The tags the caller has, compared weakly."""
    given = request.headers.get("If-None-Match", "")[:1000]
    return {tag.strip().removeprefix("W/") for tag in given.split(",")}


def _good_for(facts: Facts, meter: Meter, until: datetime | None, *, now: datetime) -> int:
    """For how many seconds it may be used without asking: not past what time alone may change."""
    moments = [until, meter.until, *(grant.end for grant in facts.running)]
    moments += [at for one in facts.subscriptions for at in (one.anchor, one.next_due_at, one.last_instant)]
    left = [(at - now).total_seconds() for at in moments if at is not None and at > now]
    return int(min([MAX_AGE, *left]))


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
