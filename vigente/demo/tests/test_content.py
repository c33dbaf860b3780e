"""The content holds together: every story can be told to every customer it suits, and nobody in it is real."""

import re
from datetime import datetime
from random import Random

import filetype
import pytest

from vigente.billing.plans_toml import parse
from vigente.demo.content.enclosures import enclosure
from vigente.demo.content.filling import Script, write
from vigente.demo.content.people import Customer, Installed, customers, vendor
from vigente.demo.content.stories import Who, all_stories, read_dialogue
from vigente.demo.content.tables import table

FAMILIAR = re.compile(r"\b(tú|tienes|puedes|quieres|tu|tus|contigo|vos|tenés|podés|querés)\b", re.IGNORECASE)
ALWAYS = {"outage", "data_loss", "security", "billing", "access"}


def told(seed: int) -> list[Script]:
    rng = Random(seed)
    at = datetime(2026, 3, 4, 10, 20)
    agents = [one for one in vendor().staff if one.role == "agent"]
    return [
        write(
            story,
            customer=customer,
            requester=rng.choice(customer.people),
            technician=rng.choice(agents),
            at=at,
            rng=rng,
        )
        for customer in customers()
        for licence in customer.licences
        for story in all_stories()
        if story.suits(edition=licence.edition, trade=customer.trade, country=customer.country)
    ]


@pytest.fixture(scope="module")
def scripts() -> list[Script]:
    return told(7)


def test_there_are_more_than_seventy_stories_and_no_two_share_a_key() -> None:
    keys = [story.key for story in all_stories()]
    assert len(keys) > 70
    assert len(set(keys)) == len(keys)


def test_every_kind_of_work_and_both_departments_have_stories() -> None:
    offered = {row["code"] for row in table("plans.toml")["work_types"]}
    assert {story.work for story in all_stories()} == offered
    assert {story.area for story in all_stories()} == {key for key, _ in vendor().departments}


def test_a_story_opens_with_the_customer_and_is_answered() -> None:
    for story in all_stories():
        assert story.lines[0].who is Who.CUSTOMER, story.key
        assert any(line.who is Who.TECHNICIAN for line in story.lines), story.key
        assert len(re.findall(r"[.?!]( |$)", story.lines[0].text)) >= 2, story.key
        assert len(story.lines) <= 8


def test_every_mark_is_filled_in(scripts: list[Script]) -> None:
    for script in scripts:
        for text in [script.subject, *(line.text for line in script.lines)]:
            assert not re.search(r"[{}\[\]|]", text), (script.story.key, text)
            assert not re.search(r"\bde el [a-z]", text), (script.story.key, text)
        assert len(script.subject) <= 200


def test_customers_are_addressed_as_usted(scripts: list[Script]) -> None:
    for script in scripts:
        for line in script.lines:
            assert not FAMILIAR.search(line.text), (script.story.key, line.text)


def test_the_same_seed_tells_the_same_and_another_one_differs(scripts: list[Script]) -> None:
    assert told(7) == scripts
    assert told(8) != scripts


def test_people_have_their_own_addresses_in_the_reserved_domain() -> None:
    addresses = [person.email for customer in customers() for person in customer.people]
    addresses += [one.email for one in vendor().staff]
    assert len(set(addresses)) == len(addresses)
    assert all(address.endswith(".example") and address.isascii() for address in addresses)


def test_every_customer_has_one_manager() -> None:
    for customer in customers():
        assert [person.role for person in customer.people].count("manager") == 1, customer.key


def test_the_five_named_licences_are_there() -> None:
    named = [licence.demo for customer in customers() for licence in customer.licences if licence.demo]
    assert sorted(named) == ["cloud_web", "covered", "exhausted", "legacy", "uncovered"]


def test_the_plan_tables_are_importable_and_every_licence_names_one_of_its_edition() -> None:
    catalogue = parse(table_text())
    plans = {plan.code: plan for plan in catalogue.plans}
    for edition in ("LOCAL", "WEB"):
        sold = [plan for plan in plans.values() if plan.edition == edition and plan.interval == "month"]
        assert 3 <= len(sold) <= 5
    for licence in licences():
        for code in (licence.plan, licence.change_to, licence.legacy_plan):
            assert not code or plans[code].edition == licence.edition


def licences() -> list[Installed]:
    return [licence for customer in customers() for licence in customer.licences]


def table_text() -> str:
    from importlib.resources import files

    return (files("vigente.demo.content") / "plans.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("kind", "mime"), [("captura", "image/png"), ("foto", "image/png"), ("pdf", "application/pdf")]
)
def test_enclosures_are_real_files(scripts: list[Script], kind: str, mime: str) -> None:
    made = enclosure(kind, scripts[0], trade="ferreteria", rng=Random(1))
    assert filetype.guess_mime(made.content) == mime
    assert made == enclosure(kind, scripts[0], trade="ferreteria", rng=Random(1))


def test_a_table_is_csv_with_accents(scripts: list[Script]) -> None:
    made = enclosure("csv", scripts[0], trade="ferreteria", rng=Random(1))
    assert made.content.decode("utf-8-sig").splitlines()[0] == "Artículo,Existencia,Costo"


def test_a_dialogue_keeps_its_lines_together() -> None:
    lines = read_dialogue("C: Uno.\nDos: tres.\nT: Cuatro.")
    assert [(line.who.value, line.text) for line in lines] == [("C", "Uno.\nDos: tres."), ("T", "Cuatro.")]


def test_a_customer_is_found_with_its_manager() -> None:
    clavo: Customer = next(one for one in customers() if one.key == "el-clavo")
    assert clavo.name == "Ferretería El Clavo"
    assert clavo.manager.role == "manager"
    assert "Rosa Membreño" in [person.name for person in clavo.people]
    assert {story.work for story in all_stories()} > ALWAYS
