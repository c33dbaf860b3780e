"""A vendor's customers come in from a spreadsheet: whole rows, named mistakes, and nothing twice."""

from datetime import UTC, datetime

import pytest

from vigente.accounts.models import Organization
from vigente.billing.models import Licence, Subscription
from vigente.billing.services.csv_import import apply, plan
from vigente.billing.services.csv_import_reading import ImportFileError, decode, rows
from vigente.events.models import Event
from vigente.factories import make_edition, make_licence, make_organization, make_user, make_version

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 10, 15, 0, tzinfo=UTC)
HEAD = "Organización;Referencia;Licencia;Edición;Hospedaje;Plan anterior;Plan anterior hasta\n"
TABLE = HEAD + (
    "Ferretería Ñandú;C-1;INV-1;WEB;nube;;\n"
    "Ferretería Ñandú;C-1;INV-2;local;propio;de-antes;31/12/2026\n"
    "\n"
    "Pulpería Sol;;INV-3;WEB;;;\n"
    "Sin licencia;;;;;;\n"
)


@pytest.fixture
def owner():
    local, old = make_edition("LOCAL"), make_version(edition=make_edition("LOCAL"), name="De antes")
    make_edition("WEB")
    old.plan.code = "de-antes"
    old.plan.save()
    assert local.code == "LOCAL"
    return make_user("Óscar", role="owner")


def test_rows_become_organizations_licences_and_earlier_plans(owner):
    found = plan(rows(TABLE), now=NOW)
    assert not found.bad
    assert [found.count(what) for what in ("organization", "licence", "legacy")] == [3, 3, 1]
    assert not Organization.objects.exists()
    made, problems = apply(rows(TABLE), now=NOW, actor=owner)
    assert (made, problems) == ({"organization": 3, "licence": 3, "legacy": 1}, [])
    first = Licence.objects.get(key="INV-1")
    assert (first.organization.name, first.organization.external_ref) == ("Ferretería Ñandú", "C-1")
    assert (first.edition.code, first.hosting) == ("WEB", "vendor_cloud")
    old = Subscription.objects.get()
    assert (old.source, old.status, old.auto_renew, old.licence.key) == ("legacy", "active", False, "INV-2")
    assert old.ends_at == datetime(2027, 1, 1, 6, tzinfo=UTC)


def test_the_same_file_again_changes_nothing(owner):
    apply(rows(TABLE), now=NOW, actor=owner)
    events = Event.objects.count()
    assert plan(rows(TABLE), now=NOW).changes == 0
    assert apply(rows(TABLE), now=NOW, actor=owner) == ({}, [])
    assert Event.objects.count() == events


def test_a_changed_file_moves_hosting_and_names_what_it_cannot_change(owner):
    apply(rows(TABLE), now=NOW, actor=owner)
    moved = TABLE.replace("INV-1;WEB;nube", "INV-1;WEB;propio").replace("INV-2;local", "INV-2;WEB")
    made, problems = apply(rows(moved), now=NOW, actor=owner)
    assert made == {"hosting": 1}
    assert [(p.fault, p.line, p.column) for p in problems] == [
        ("other_edition", 3, "legacy_plan"),
        ("other_edition", 3, "edition"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_spreadsheet_can_save_it(owner, encoding, separator, end):
    content = TABLE.replace(";", separator).replace("\n", end).encode(encoding)
    found = plan(rows(decode(content)), now=NOW)
    assert (len(found.good), len(found.bad)) == (4, 0)
    assert found.results[0].row["organization"] == "Ferretería Ñandú"


@pytest.mark.parametrize(
    ("row", "fault", "column"),
    [
        (";;INV-9;WEB;;;", "missing", "organization"),
        ("A;;INV-9;;;;", "missing", "edition"),
        ("A;;INV-9;LUNA;;;", "not_one_of", "edition"),
        ("A;;INV-9;WEB;luna;;", "not_hosting", "hosting"),
        ("A;;INV-9;WEB;;nada;31/12/2026", "no_such_plan", "legacy_plan"),
        ("A;;INV-9;WEB;;de-antes;31/12/2026", "other_edition", "legacy_plan"),
        ("A;;INV-9;LOCAL;;de-antes;", "needs", "legacy_plan"),
        ("A;;INV-9;LOCAL;;;31/12/2026", "needs", "legacy_until"),
        ("A;;INV-9;LOCAL;;de-antes;31/02/2026", "not_a_day", "legacy_until"),
        ("A;;INV-9;LOCAL;;de-antes;mañana", "not_a_day", "legacy_until"),
        ("A;;INV-9;LOCAL;;de-antes;2026-01-31", "past", "legacy_until"),
        ("A;;INV-1;WEB;;;", "twice", "licence"),
        ("A;;AJENA;WEB;;;", "of_another", "licence"),
        ("Dos;;;;;;", "several", "organization"),
        ("A" * 200 + ";;;;;;", "too_long", "organization"),
        ("A;;;;;;;sobra", "cells", ""),
        ('"A\tB";;;;;;', "unprintable", "organization"),
    ],
)
def test_a_mistake_is_named_by_line_and_column_and_the_rest_is_good(owner, row, fault, column):
    make_licence(make_organization("Otra"), key="AJENA", edition="WEB")
    make_organization("Dos")
    make_organization("Dos")
    found = plan(rows(HEAD + "Bien;;INV-1;WEB;;;\n" + row + "\n"), now=NOW)
    assert len(found.good) == 1
    (problem,) = found.bad[0].problems
    assert (problem.fault, problem.line, problem.column) == (fault, 3, column)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ["empty"]),
        ("  \n", ["empty"]),
        ("hola;adios\n1;2", ["no_heading", "heading_unknown", "heading_unknown"]),
        ("organizacion;organización\nA;B", ["heading_twice"]),
        ("licencia\nA", ["no_heading"]),
    ],
)
def test_a_table_nobody_can_read_says_why(text, faults):
    with pytest.raises(ImportFileError) as found:
        rows(text)
    assert [problem.fault for problem in found.value.problems] == faults


def test_what_is_no_text_is_refused():
    for content in (b"PK\x03\x04\x00\x00", b"x" * 6_000_000, b"\xff\xfea"):
        with pytest.raises(ImportFileError):
            decode(content)


def test_one_name_with_two_references_is_two_organizations(owner):
    table = "organizacion,referencia\nSol,1\nSol,2\nSol,1\n"
    apply(rows(table), now=NOW, actor=owner)
    assert Organization.objects.filter(name="Sol").count() == 2
    assert plan(rows(table), now=NOW).changes == 0


def test_a_reference_is_added_to_who_has_none(owner):
    make_organization("Sol")
    made, _problems = apply(rows("organizacion,referencia\nSol,7\n"), now=NOW, actor=owner)
    assert made == {"reference": 1}
    assert Organization.objects.get().external_ref == "7"
