"""The documents name what there is: a noun, a setting or a command that is missing from them fails here."""

import dataclasses
import re

import pytest
from django.apps import apps

from tests.support.environment import ROOT
from vigente.rules.rulebook import Rulebook

DOCS = ROOT / "docs"


def test_the_glossary_has_a_line_for_every_model() -> None:
    glossary = (DOCS / "glossary.md").read_text()
    models = [model.__name__ for model in apps.get_models() if model.__module__.startswith("vigente.")]
    assert [name for name in models if f"| {name} |" not in glossary] == []


def test_the_rulebook_page_has_a_line_for_every_setting() -> None:
    page = (DOCS / "rulebook.md").read_text()
    assert [f.name for f in dataclasses.fields(Rulebook) if f"| `{f.name}` |" not in page] == []


@pytest.mark.parametrize(
    "path", sorted([ROOT / "README.md", *DOCS.rglob("*.md")]), ids=lambda path: path.name
)
def test_every_link_between_documents_leads_somewhere(path) -> None:
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text())
    missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert missing == []
