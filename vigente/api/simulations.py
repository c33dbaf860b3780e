"""Trying rules out over the API: ask for a trial, and read how far it is and what it found. Supervisors and owners."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from vigente.accounts.models import User
from vigente.api import schemas
from vigente.api.auth import Caller, TokenAuth, caller_of
from vigente.api.errors import ERRORS
from vigente.api.problems import Problem, not_found, only
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.rulebook_toml import RulebookFileError, dump, parse
from vigente.rules.rulebook import Rulebook
from vigente.trials import services
from vigente.trials.models import MOST_MONTHS, Trial


class SupervisorAuth(TokenAuth):
    """Lets in the token of a supervisor or an owner, before anything of the request is read."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        caller = super().authenticate(request, token)
        if not caller.person.is_supervisor:
            raise Problem(403, "supervisor_only", "Rules are tried out by supervisors and owners.")
        return caller


router = Router(tags=["rulebook"], auth=SupervisorAuth("simulations"))
Toml = Annotated[str, Field(max_length=200_000, pattern=schemas.NO_NUL)]


class NewSimulation(schemas.Body):
    """`rulebook`: settings as an object, or a TOML file; what it leaves out is as in force."""

    months: Annotated[int, Field(ge=1, le=MOST_MONTHS), schemas.DIGITS]
    direction: Literal["back", "ahead"] = "back"
    rulebook: dict[str, Any] | Toml


class Simulation(Schema):
    """`progress` from 0 to 1. `result` once it is `done`: numbers `before` (rules in force) and `after` (these), how
    many rows each list has in `counts`, for how many organizations more or less gets in. Money in minor units.
    """

    id: int
    status: Literal["waiting", "running", "done", "cancelled", "failed"]
    phase: str
    progress: float
    months: int
    direction: Literal["back", "ahead"]
    rulebook: dict[str, Any]
    created_at: datetime
    finished_at: datetime | None
    result: dict[str, Any] | None


@router.post(
    "/simulations",
    response={202: Simulation, **ERRORS},
    operation_id="create_simulation",
    summary="Try rules out on real history",
)
def create(request: HttpRequest, body: NewSimulation) -> Status:
    """It runs in the background and writes nothing but its own result, which is kept for 30 days."""
    now: datetime = request.now  # type: ignore[attr-defined]
    draft = _draft(body.rulebook, now=now)
    trial = services.start(
        draft=draft, months=body.months, direction=body.direction, author=_person(request), now=now
    )
    return Status(202, _shape(trial))


@router.get(
    "/simulations/{id}",
    response={200: Simulation, **ERRORS},
    operation_id="read_simulation",
    summary="How far it is, and what it found",
)
def read(request: HttpRequest, id: schemas.Number) -> Simulation:
    only(request)
    found = Trial.objects.visible_to(_person(request)).filter(pk=id).first()
    if found is None:
        raise not_found("simulation")
    return _shape(found)


def _person(request: HttpRequest) -> User:
    return caller_of(request).person


def _draft(given: dict[str, Any] | str, *, now: datetime) -> Rulebook:
    base = rulebook_at(now)
    try:
        if isinstance(given, str):
            return parse(given, base=base)
        book = Rulebook.from_json({**base.to_json(), **given})
        return parse(dump(book), base=book)  # held to the same bounds as a file
    except RulebookFileError as error:
        errors = [
            {"field": one.where or "rulebook", "code": "invalid", "message": str(one)}
            for one in error.problems
        ]
        raise Problem(422, "invalid", "These rules cannot be read.", errors=errors[:30]) from None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        wrong = [{"field": "rulebook", "code": "invalid", "message": str(error)[:500]}]
        raise Problem(422, "invalid", "These rules cannot be read.", errors=wrong) from None


def _shape(trial: Trial) -> Simulation:
    return Simulation(
        id=trial.pk,
        status=trial.status,
        phase=trial.phase,
        progress=trial.progress,
        months=trial.months,
        direction=trial.direction,
        rulebook=trial.draft,
        created_at=trial.created_at,
        finished_at=trial.finished_at,
        result=trial.result if trial.status == Trial.Status.DONE else None,
    )
