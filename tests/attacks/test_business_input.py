"""Tables, orders and papers of business, and what nobody should send: refused in words, and at once."""

import csv
import io
import json
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from stories.rows.buying import again, contracted, order, pay
from tests.access.writes import rows_written
from vigente.accounts.models import Organization, Role
from vigente.api.tests.conftest import make_token
from vigente.billing.models import BillingProfile, Invoice
from vigente.billing.prices import price_amount
from vigente.billing.services import arrears
from vigente.billing.services.csv_import_reading import ImportFileError, decode, rows
from vigente.billing.services.invoices import issue
from vigente.factories import make_user, make_version, publish
from vigente.installation.clock import vendor_now
from vigente.printing.papers import invoice_paper
from vigente.printing.press import pdf
from vigente.reports.accounting import EXPORTS
from vigente.rules.invoicing import Label, LabelCode

pytestmark = pytest.mark.django_db
HUGE = str(2**70)
TABLES = {
    "a million empty columns": b"organizacion" + b"," * 1_000_000,
    "a million headings": b"organizacion," + b"x," * 1_000_000,
    "a row of a million cells": b"organizacion\n" + b"a," * 1_000_000,
    "one cell of megabytes": b'organizacion\n"' + b"a" * 4_000_000,
    "many quotes": b"organizacion\n" + b'"' * 2_000_000,
    "too many rows": b"organizacion\n" + b"a\n" * 2_000_000,
    "nothing but line ends": b"\n" * 4_000_000,
    "a NUL": b"organizacion\na\0b",
    "half of UTF-16": b"\xff\xfea",
    "half a character of UTF-16": "organizacion\n".encode("utf-16") + b"\x00\xd8",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_none_is_refused_at_once(name):
    began = time.process_time()
    with pytest.raises(ImportFileError):
        rows(decode(TABLES[name]))
    assert time.process_time() - began < 3


@pytest.fixture
def call(db):
    tokens = {}

    def send(person, method, path, body=None, **headers):
        cache.clear()
        if person.pk not in tokens:
            tokens[person.pk] = make_token(person)
        headers = {"Authorization": f"Bearer {tokens[person.pk]}"} | headers
        text = body if isinstance(body, str) else json.dumps(body or {})
        client = Client(raise_request_exception=False)
        return client.generic(
            method, f"/api/v1{path}", text, content_type="application/json", headers=headers
        )

    return send


VALUES = (
    "null",
    "[]",
    "{}",
    "true",
    HUGE,
    "-1",
    "0",
    "1.5",
    '""',
    '"\\u0000"',
    '"\\ud800"',
    '"' + "x" * 5000 + '"',
)


@pytest.mark.parametrize(
    "field", ["kind", "plan", "licence", "organization", "subscription", "quantity", "coupon"]
)
def test_an_order_of_what_cannot_be_is_a_problem_and_writes_nothing(field, now, call, supervisor):
    who = contracted(now)
    whole = {
        "kind": "pack",
        "plan": who.version.plan.code,
        "subscription": who.subscription.pk,
        "quantity": 1,
    }
    call(who.manager, "GET", "/orders")
    call(supervisor, "GET", "/orders")
    before = rows_written()
    for value in VALUES:
        if value in ("null", '""') and field in ("licence", "organization", "coupon"):
            continue
        answer = call(who.manager, "POST", "/orders", json.dumps(whole | {field: "@"}).replace('"@"', value))
        assert 400 <= answer.status_code < 500, (value, answer.content[:200])
    assert rows_written() == before


@pytest.mark.parametrize(
    "field", ["organization", "method", "amount_minor", "currency", "order", "invoice", "reference"]
)
def test_a_payment_of_what_cannot_be_is_a_problem_and_writes_nothing(field, now, call, supervisor):
    who = contracted(now)
    whole = {"organization": who.organization.pk, "method": "manual", "amount_minor": 1, "currency": "NIO"}
    call(who.manager, "GET", "/orders")
    call(supervisor, "GET", "/orders")
    before = rows_written()
    for value in VALUES:
        if value in ("null", '""') and field in ("order", "invoice", "reference"):
            continue
        answer = call(supervisor, "POST", "/payments", json.dumps(whole | {field: "@"}).replace('"@"', value))
        assert 400 <= answer.status_code < 500, (value, answer.content[:200])
    assert rows_written() == before


RULES = (
    '{"discounts": [{"code": []}]}',
    f'{{"notice_days": {HUGE}}}',
    '{"billing_zone": "../../etc/passwd"}',
    '{"dunning_days": ["x"]}',
    '{"discounts": [{"code": "x", "currency": []}]}',
    '{"favour_limits": 3}',
)


@pytest.mark.parametrize("value", [*VALUES, *RULES])
def test_rules_that_cannot_be_are_not_tried_out(value, call, supervisor):
    answer = call(supervisor, "POST", "/simulations", f'{{"months": 3, "rulebook": {value}}}')
    fine = value in ("{}", '""')
    assert answer.status_code == (202 if fine else 422), answer.content[:200]


def test_a_key_used_again_for_another_order_is_refused(now, call):
    who, other = contracted(now), contracted(now)
    body = {"kind": "pack", "plan": who.version.plan.code, "subscription": who.subscription.pk, "quantity": 1}
    headers = {"Idempotency-Key": "una"}

    def send(content):
        return call(who.manager, "POST", "/orders", content, **headers)

    first = send(body)
    assert first.status_code == 201, first.content
    assert send(body).json()["id"] == first.json()["id"]
    for change in ({"quantity": 2}, {"kind": "upgrade"}):
        assert send(body | change).status_code in (409, 422)
    theirs = call(other.manager, "POST", "/orders", body | {"subscription": other.subscription.pk,
                  "plan": other.version.plan.code}, **headers)  # fmt: skip
    assert theirs.json()["id"] != first.json()["id"]


@pytest.mark.parametrize("what", ["orders", "invoices", "payments", "subscriptions"])
def test_nothing_of_another_organization_is_found(what, now, call):
    mine, theirs = contracted(now), contracted(now)
    organization = Organization.objects.get(pk=theirs.organization.pk)
    row = {"orders": organization.orders, "invoices": organization.invoices, "payments": organization.payments,
           "subscriptions": organization.subscriptions}[what].first()  # fmt: skip
    paths = {"orders": ["", "/accept", "/cancel"], "invoices": ["", "/pdf"], "payments": [],
             "subscriptions": ["", "/notice", "/change?plan=x"]}[what]  # fmt: skip
    for path in paths:
        method = "POST" if path in ("/accept", "/cancel") else "GET"
        assert call(mine.manager, method, f"/{what}/{row.pk}{path}").status_code == 404, path
    listed = call(mine.manager, "GET", f"/{what}").json()[what]
    assert row.pk not in [one["id"] for one in listed]
    assert call(mine.colleague, "GET", "/invoices").json()["invoices"] == []


HOSTILE = ['#import "x"', '#read("/etc/passwd")', "]", "#{ while true {} }", '"); #panic()', "\u202egnp.exe\u202c",
           "\\u{202e}", "=1+1", "<a>@b$c$", "a\u0000b".replace("\0", "\x07"), "𝕏" * 60, "‮עברית"]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_on_paper_is_only_a_name(name, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    who = contracted(now)
    said = {"legal_name": name, "tax_id": name[:20], "address": name}
    BillingProfile.objects.update_or_create(organization=who.organization, defaults=said)
    priced = price_amount(label=Label(LabelCode.OTHER, {"text": name}), amount_minor=100, currency="NIO",
                          organization=who.organization, now=now)  # fmt: skip
    made = issue(key="x", organization=who.organization, priced=priced, purpose="other", now=now, note=name)
    paper = invoice_paper(Invoice.objects.get(pk=made.pk), now=now)
    assert pdf(paper, now=now).startswith(b"%PDF")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "\u200b=", "＝"])
def test_no_export_of_money_holds_a_formula(start, now):
    evil = f"{start}1+1"
    who = contracted(now)
    Organization.objects.filter(pk=who.organization.pk).update(name=evil, external_ref=evil)
    BillingProfile.objects.update_or_create(
        organization=who.organization, defaults={"legal_name": evil, "tax_id": evil}
    )
    who.organization.payments.update(reference=evil, note=evil)
    who.licence.label = evil
    who.licence.save()
    owner = make_user(evil, role=Role.OWNER)
    client = Client()
    client.force_login(owner)
    for name in EXPORTS:
        answer = client.get(f"/es/desk/money/exports/{name}.csv")
        assert answer.status_code == 200, name
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","):
            for cell in row:
                shown = cell.strip("\u200b\ufeff \t\r\n")
                assert not shown.startswith(("=", "+", "@", "＝")), (name, cell)
                assert (
                    not shown.startswith("-") or shown.lstrip("-").replace(",", "").replace(".", "").isdigit()
                ), cell


def test_coverage_has_another_tag_after_each_change(call):
    """What the product keeps by its tag is never older than the last payment, pack, draw or rule."""
    real = vendor_now()
    who = contracted(real, version=make_version(cases=4, pack_cases=2))
    tags = []

    def ask():
        path = f"/coverage?licence={who.licence.key}"
        answer = call(who.manager, "GET", path)
        known = call(who.manager, "GET", path, **{"If-None-Match": answer["ETag"]})
        assert (answer.status_code, known.status_code) == (200, 304)
        tags.append(answer["ETag"])

    ask()
    who.ask(real, key="uno")
    ask()
    pack = order(who, real, kind="pack", key="pack", subscription=again(who))
    pay(who, real, pack.total_minor, order=pack, key="pack")
    ask()
    arrears.limit_draws(again(who), 0, now=real)
    ask()
    arrears.limit_draws(again(who), None, now=real)
    publish(plans_required_from=real + timedelta(days=3))
    ask()
    assert len(set(tags)) == len(tags)
