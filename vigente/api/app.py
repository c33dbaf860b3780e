"""The API as one object: its routers, its errors, its OpenAPI document."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from vigente.api import (
    coverage,
    fields,
    invoices,
    orders,
    plans,
    problems,
    queue,
    rulebook,
    simulations,
    statements,
    subscriptions,
    tickets,
    webhooks,
)
from vigente.api.parsing import JsonParser

DESCRIPTION = """
Is this licence covered? File cases, follow and answer them, take the next one, read statements; plans, contracts,
orders, invoices and payments.

Send `Authorization: Bearer <token>`. Every error is an RFC 9457 problem (`application/problem+json`) with a stable
`code`. Instants are ISO 8601 with their zone; money is in integer minor units.
""".strip()


class Api(NinjaAPI):
    """Says in OpenAPI that errors are problems, and that extra statuses (405) exist."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    content = response.get("content", {})
                    if int(status) >= 400 and "application/json" in content:
                        content[problems.CONTENT_TYPE] = content.pop("application/json")
        return schema


api = Api(
    title="Vigente",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,
    parser=JsonParser(),
)
problems.install(api)
for router in (
    coverage.router,
    tickets.router,
    fields.router,
    queue.router,
    statements.router,
    plans.router,
    subscriptions.router,
    orders.router,
    invoices.router,
    rulebook.router,
    simulations.router,
    webhooks.router,
):
    api.add_router("", router)
