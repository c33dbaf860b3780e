"""Errors as RFC 9457 problem details, every one of them: `application/problem+json` with a stable `code`.

`title` and `detail` are for people, in the language the request asks for; programs look at `code` and `errors`.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from vigente.api.parsing import wrong_type
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.services.answers import WrongAnswers
from vigente.ui.wording import refusal_text

CONTENT_TYPE = "application/problem+json"
log = structlog.get_logger(__name__)
# What a refusal means to a program; everything else is 422: the request was understood and cannot be done.
STATUS = {
    RefusalCode.SUPERVISOR_ONLY: 403,
    RefusalCode.MANAGER_ONLY: 403,
    RefusalCode.SECOND_PERSON: 403,
    RefusalCode.NOT_YOURS: 404,
    RefusalCode.WRONG_STATE: 409,
    RefusalCode.CASE_LOCKED: 409,
    RefusalCode.WEBHOOK_OFF: 409,
    RefusalCode.DATE_PASSED: 409,
    RefusalCode.TOO_LATE: 409,
    RefusalCode.ONCE_ONLY: 409,
    RefusalCode.FAVOUR_LIMIT: 409,
}


class Problem(Exception):
    """Answers the request with this problem. `errors`: which input is at fault, as {"field", "code", "message"}."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers = errors or [], headers or {}


def not_found(what: str) -> Problem:
    """Nothing there that this token may see: the same answer whether it exists or not."""
    return Problem(404, f"no_such_{what}", f"There is no {what} here that this token may see.")


def only(request: HttpRequest, *names: str) -> None:
    """Refuse query parameters that this address does not have, and those given twice: a slip is noticed."""
    known = f"There are: {', '.join(names)}."
    errors = [
        {"field": name, "code": "unknown", "message": known} for name in sorted(set(request.GET) - set(names))
    ] + [
        {"field": name, "code": "repeated", "message": "Give it once."}
        for name, values in request.GET.lists()
        if len(values) > 1
    ]
    if errors:
        named = ", ".join(error["field"] for error in errors)
        raise Problem(422, "invalid", f"These parameters cannot be used like this: {named}.", errors=errors)


def respond(problem: Problem) -> HttpResponse:
    """The problem as a response."""
    body: dict[str, Any] = {
        "type": f"urn:vigente:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = problem.errors
    return JsonResponse(
        body,
        status=problem.status,
        content_type=CONTENT_TYPE,
        headers={"Cache-Control": "no-store"} | problem.headers,
    )


def install(api: NinjaAPI) -> None:
    """Answer everything that can go wrong inside an operation with a problem."""

    def on(kind: type[Exception], turn: Callable[[Any], Problem]) -> None:
        api.add_exception_handler(kind, lambda request, error: respond(turn(error)))

    on(Problem, lambda error: error)
    on(Refused, _refused)
    on(WrongAnswers, _wrong_answers)
    on(ValidationError, _invalid)
    on(HttpError, lambda error: Problem(error.status_code, "bad_request", str(error)))
    on(Http404, lambda error: not_found("such_thing"))
    on(
        RequestDataTooBig,
        lambda error: Problem(413, "too_large", "The request is larger than this server takes."),
    )
    on(SuspiciousOperation, lambda error: Problem(400, "bad_request", "The request cannot be read."))
    on(
        UnreadablePostError,
        lambda error: Problem(400, "bad_request", "The request ended before it was whole."),
    )
    on(OperationalError, _busy)
    on(Exception, _failed)


def _refused(error: Refused) -> Problem:
    sentence = refusal_text(error)
    field = {"field": error.field} if error.field else {}
    return Problem(
        STATUS.get(error.code, 422),
        error.code.value,
        sentence,
        errors=[{**field, "code": error.code.value, "message": sentence}] if field else [],
    )


def _invalid(error: ValidationError) -> Problem:
    errors = [
        {"field": _field(item["loc"]), "code": str(item["type"]), "message": str(item["msg"])}
        for item in error.errors[:20]
    ]
    named = ", ".join(dict.fromkeys(item["field"] for item in errors if item["field"])) or "the body"
    return Problem(422, "invalid", f"These values cannot be used: {named}.", errors=errors)


def _field(loc: tuple[str | int, ...]) -> str:
    """The name of the input at fault: without the place it came from and, for a body, the parameter that takes it."""
    return ".".join(str(step) for step in loc[2 if loc[0] == "body" else 1 :])


def _busy(error: OperationalError) -> Problem:
    log.error("the database did not answer", exc_info=error)
    return Problem(503, "busy", "The server is busy. Try again in a moment.", headers={"Retry-After": "2"})


def _failed(error: Exception) -> Problem:
    log.error("API request failed", exc_info=error)
    return Problem(500, "failed", "Something went wrong on this side. It was logged.")


def as_problems(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that takes JSON only, and whose plain errors (no such method, for one) are problems too."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wrong_type(request):
            return respond(Problem(415, "not_json", "Send the body as JSON: Content-Type: application/json."))
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            allowed = response.get("Allow", "")
            return respond(
                Problem(
                    405, "method_not_allowed", f"Here only {allowed} can be used.", headers={"Allow": allowed}
                )
            )
        return response

    return wrapped


def no_such_address(request: HttpRequest, **anything: Any) -> HttpResponse:
    """The answer for any address the API does not have."""
    return respond(
        Problem(404, "no_such_address", "The API has no such address. See openapi.json for those it has.")
    )


no_such_address.csrf_exempt = True  # type: ignore[attr-defined]


def _wrong_answers(error: WrongAnswers) -> Problem:
    errors = [
        {"field": f"fields.{key}", "code": problem.value, "message": f"Field {key}: {problem.value}."}
        for key, problem in sorted(error.wrong.items())
    ]
    return Problem(422, "bad_fields", "These fields cannot be answered like this.", errors=errors)
