"""Every page of the portal and the workspace, from the address maps, with an example of what each address names.

An address that GET does not answer (it takes a POST) is left out by its answer, 405; any other answer is a mistake.
"""

from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import URLPattern, reverse

from tests.languages.world import World
from vigente.accounts.services import invitation_token
from vigente.billing.models import Order
from vigente.mail.samples import SAMPLES
from vigente.portal.urls import portal
from vigente.tickets.models import Attachment
from vigente.trials.models import TrialRow
from vigente.workspace import finance, support
from vigente.workspace.arranged import KINDS
from vigente.workspace.sections import SECTIONS
from vigente.workspace.urls import urlpatterns as workspace

# what comes as it is stored, or as numbers
NOT_PAGES = {
    "letter_page",  # in the language its address says
    "invoice_pdf",
    "account_pdf",
    "payment_proof",
    "transfer_proof",
    "document_preview",
    "inbound_raw",
    "plans_export",
    "rules_export",
    "switch_template",
    "counts",
}
BEHIND = {
    "report": [("cases", "used"), ("cases", "included"), ("waiting", "2"), ("held", "waiting"), ("held", "expired"),
               ("order", "passed_over"), ("order", "supervisor")],
    "finance": [("revenue", "new"), ("revenue", "churn"), ("cost", "-"), ("renewals", "90"), ("renewals", "90-risk"),
                ("money", "billed"), ("money", "collected"), ("money", "overdue")],
}  # fmt: skip
ACTED_ON = ("talked", "objected", "disputed")
QUERIES = {
    "audit": ["?kind=ticket", "?kind=token&subject=token:1", "?first=2030-01-01"],
    "plans": ["?interval=year"],
    "tickets": ["?status=done", "?q=lorem", "?q=zzz"],
    "statement": ["?months=all"],
    "organizations": ["?state=blocked", "?q=zzz", "?format=csv"],
    "organization_statement": ["?format=csv"],
    "queue": ["?format=csv"],
    "invoices": ["?view=all", "?view=notes&q=lorem", "?view=open&age=week", "?view=all&format=csv"],
    "payments": ["?view=all", "?view=failed", "?view=all&format=csv"],
    "orders": ["?view=all", "?view=closed"],
    "money_exports": ["?first=2026-07-01&last=2026-07-31"],
    "search": ["?q=lorem", "?q=zzz"],
    "mail": ["?view=out", "?view=dead", "?view=ignored"],
    "held": ["?view=all", "?view=expired", "?format=csv"],
    "open": ["?q=lorem", "?q=zzz"],
}


def addresses(world: World, surface: str) -> Iterator[str]:
    """Addresses of one surface ("portal" or "workspace"), in the active language, as many as there are examples."""
    for pattern in portal if surface == "portal" else workspace:
        if pattern.name in NOT_PAGES:
            continue
        for values in _examples(world, surface, pattern):
            url = reverse(f"{surface}:{pattern.name}", kwargs=values)
            yield url
            if not pattern.pattern.converters or pattern.name == "organization_statement":
                yield from (url + query for query in QUERIES.get(str(pattern.name), []))


def pages(world: World, surface: str, client: Client) -> Iterator[tuple[str, Any]]:
    """(address, answer) of all that answer GET with a page or a list, opened by `client`; refusals are pages too."""
    for url in addresses(world, surface):
        response = client.get(url)
        if response.status_code in {302, 405}:
            continue
        assert response.status_code in {200, 204, 403, 404}, (url, response.status_code)
        if "json" not in response.get("Content-Type", "json"):
            yield url, response


def _examples(world: World, surface: str, pattern: URLPattern) -> Iterator[dict[str, Any]]:
    names = list(pattern.pattern.converters)
    name = str(pattern.name)
    if names == ["number"]:
        cases = world.cases if name in {"ticket", "case"} else {one: world.cases[one] for one in ACTED_ON}
        yield from ({"number": case.number} for case in cases.values())
    elif names == ["view"]:
        yield from ({"view": view} for view in ("mine", "waiting", "quotation", "solved", "all"))
    elif names == ["slug"]:
        yield from ({"slug": slug} for slug in SECTIONS)
    elif names == ["words"]:
        yield from ({"words": words} for words in KINDS)
    elif names == ["token"] and name.startswith("held"):
        yield from ({"token": request.token} for request in world.requests.values())
    elif names == ["pk"] and name.startswith("held"):
        requests = world.requests.values() if name == "held_request" else [world.requests["waiting"]]
        yield from ({"pk": request.pk} for request in requests)
    elif names == ["token"] and name.startswith("order"):
        yield from ({"token": token} for token in Order.objects.values_list("token", flat=True))
    elif names == ["letter"]:
        yield from ({"letter": letter} for letter in SAMPLES)
    elif names == ["report"] or names == ["finance"]:
        reports = support.REPORTS if names == ["report"] else finance.REPORTS
        yield from ({names[0]: report} for report in reports)
    elif names[1:] == ["which", "part"]:
        behind = BEHIND[names[0]]
        yield from ({names[0]: report, "which": "year", "part": part} for report, part in behind)
    elif names == ["pk", "listed"]:
        yield from ({"pk": world.rows["trial"], "listed": listed} for listed in TrialRow.List.values)
    else:
        yield {one: _example(world, name, one) for one in names}


def _example(world: World, name: str, argument: str) -> Any:
    """One thing that an address of this name may name."""
    rows, shop = world.rows, world.shop
    if argument == "token":
        return Attachment.objects.first().token if name == "file" else invitation_token(rows["invitation"])
    found = {
        "number": world.cases["talked"].number,
        "proposal": 1,
        "subscription": shop.subscription.pk,
        "version": rows["bigger"].pk,
        "invitation": rows["invitation"].pk,
        "membership": rows["member"].pk,
        "slug": "work",
        "words": "departments",
        "kind": "invoice",
        "currency": "NIO",
        "export": "invoices",
        "ready": "remind",
        "follow_up": rows["follow_up"].pk,
        "pack": rows["pack"],
        "wish": rows["wish"].pk,
        **{name: rows[name].pk for name in ("order", "invoice")},
    }
    if argument != "pk":
        return found[argument]
    by_stem = {
        "subscription_new": shop.organization.pk,
        "subscription": shop.subscription.pk,
        "pack_new": shop.subscription.pk,
        "licence_hosting": shop.licence.pk,
        "licence_transfer": shop.licence.pk,
        "licence_key": shop.licence.pk,
        "plan_version": rows["bigger"].plan_id,
        "missed_term": rows["term"].pk,
        **{name: rows[name] for name in ("announcement", "switch_import", "switch_invitations", "trial")},
        "rules": 1,
        "invoice": rows["invoice"].pk,
        "transfer": rows["transfer"].pk,
        "order_new": shop.organization.pk,
        "order": rows["order"].pk,
        "contract_order": shop.subscription.pk,
        "version_prices": rows["bigger"].pk,
        "payment": rows["transfer"].pk,
        "inbound": rows["inbound"]["quarantined"].pk,
        "outbound": rows["outbound"].pk,
        "token_revocation": rows["token"].pk,
        "arranged_row": world.cases["line"].department_id,
        "session_end": 1,
        "webhook_delivery": rows["sent"].pk,
        "webhook": rows["hook"].pk,
        "section_row": world.cases["line"].work_type_id,
    }
    return next((pk for stem, pk in by_stem.items() if name.startswith(stem)), shop.organization.pk)
