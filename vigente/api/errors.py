"""The problems every operation may answer, for OpenAPI."""

from vigente.api.schemas import Problem

ERRORS: dict[int, type[Problem]] = dict.fromkeys((400, 401, 403, 404, 409, 413, 415, 422, 429, 503), Problem)
