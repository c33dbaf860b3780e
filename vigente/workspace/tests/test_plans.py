"""The catalogue at the desk: versions that never change, a new one, the whole as a file seen before it is imported."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from vigente.billing.models import PlanVersion
from vigente.factories import make_policy, make_version, make_work_types
from vigente.workspace.tests.conftest import address, said, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db):
    make_work_types()
    return make_version(name="Tienda", cases=4, rank=2)


def terms(**more):
    return {
        "cases": "4",
        "price": "2,100.00",
        "pack_price": "380",
        "pack_cases": "1",
        "rank": "2",
        "allowance_minutes": "960",
        "work": ["error", "question", "guided_session"],
        "on_renewal": "keep",
    } | more


def test_everybody_at_the_desk_reads_the_plans(ana, version):
    seen = words(ana.get("plans"))
    assert "Tienda" in seen
    assert "C$ 2,100.00" in seen
    assert "Versión nueva" not in seen


def test_an_edit_is_a_new_version_and_the_sold_one_never_changes(oscar, version):
    form = oscar.get("plan_version", version.plan_id)
    assert "no cambian nunca" in words(form)
    assert 'value="2100.00"' in form.content.decode()
    policy = make_policy()
    response = oscar.post(
        "plan_version", version.plan_id, **terms(price="2,400.00", cases="6", sla_policy=policy.pk)
    )
    assert "va por la versión 2" in said(response)
    version.refresh_from_db()
    assert (version.price_minor, version.cases) == (210_000, 4)
    newest = PlanVersion.objects.get(number=2)
    assert (newest.price_minor, newest.cases, newest.sla_policy) == (240_000, 6, policy)
    seen = words(oscar.get("plans"))
    assert "C$ 2,400.00" in seen
    assert "v1" in seen


def test_the_same_terms_make_no_version(oscar, version):
    oscar.post("plan_version", version.plan_id, **terms())
    assert PlanVersion.objects.count() == 1


def test_unlimited_cases_are_an_empty_field(oscar, version):
    oscar.post("plan_version", version.plan_id, **terms(cases=""))
    assert PlanVersion.objects.get(number=2).cases is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": "caro"},
        {"price": ""},
        {"price": "1.005"},
        {"rank": "0"},
        {"rank": "x"},
        {"cases": "-1"},
        {"cases": "0"},
        {"work": ["nothing"]},
        {"pack_cases": ""},
        {"sold_on": "mañana"},
        {"sla_policy": "99"},
        {"on_renewal": "x"},
    ],
)
def test_terms_that_cannot_be_are_refused_and_nothing_is_made(oscar, version, wrong):
    response = oscar.post("plan_version", version.plan_id, **terms(**wrong))
    if wrong == {"price": "1.005"}:  # thousands, for no price has three decimals
        assert PlanVersion.objects.get(number=2).price_minor == 100_500
        return
    assert response.status_code == 422
    assert PlanVersion.objects.count() == 1


FILE = """
[[products]]
code = "inventario"
name = "Inventario"
[[editions]]
product = "inventario"
code = "WEB"
name = "WEB"
[[work_types]]
code = "error"
name = {es = "Error", en = "Error"}
[[plans]]
code = "web-mini"
name = "Mini"
family = "mini"
product = "inventario"
edition = "WEB"
interval = "month"
cases = 1
price = 500.00
currency = "NIO"
rank = 9
work = ["error"]
"""


def test_an_import_is_seen_before_it_is_done(oscar):
    shown = oscar.post("plans_import", text=FILE)
    assert shown.status_code == 200
    assert "web-mini" in words(shown)
    assert not PlanVersion.objects.exists()
    oscar.post("plans_import", text=FILE, **{"import": ""})
    assert PlanVersion.objects.get().plan.code == "web-mini"
    assert "Nada: el catálogo ya está así." in words(oscar.post("plans_import", text=FILE))


def test_what_an_import_changes_is_said_in_words_and_in_money(oscar):
    oscar.post("plans_import", text=FILE, **{"import": ""})
    dearer = FILE.replace("price = 500.00", "price = 1250.50")
    seen = words(oscar.post("plans_import", text=dearer))
    assert "Versión nueva: plan “web-mini v2” precio: C$ 500.00 → C$ 1,250.50" in seen
    assert "price_minor" not in seen
    assert "importado: 1 cambio." in said(oscar.post("plans_import", text=dearer, **{"import": ""}))


def test_a_file_can_be_chosen_too(oscar):
    file = SimpleUploadedFile("planes.toml", FILE.encode())
    shown = oscar.client.post(address("plans_import"), {"file": file})
    assert "web-mini" in words(shown)


@pytest.mark.parametrize("text", ["", "not toml = = =", "[[plans]]\ncode = 1", "x" * 500_001, 'a = "\0"'])
def test_a_file_that_cannot_be_used_names_its_problems_and_keeps_the_text(oscar, text):
    response = oscar.post("plans_import", text=text)
    assert response.status_code == 422
    assert "No se cambió nada." in words(response)
    if 0 < len(text) < 100 and "\0" not in text:
        assert text.split("\n")[0][:10] in response.content.decode().replace("&quot;", '"')


def test_bytes_that_are_no_text_are_refused(oscar):
    file = SimpleUploadedFile("planes.toml", b"\xff\xfe\x00bad\xff")
    assert oscar.client.post(address("plans_import"), {"file": file}).status_code == 422


def test_what_is_exported_imports_without_a_change(oscar, version):
    text = oscar.get("plans_export").content.decode()
    assert 'name = "Tienda"' in text
    assert "Nada: el catálogo ya está así." in words(oscar.post("plans_import", text=text))
