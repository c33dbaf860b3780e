"""With every translated text between brackets, only what people wrote, names, numbers and dates are left outside."""

import re

import pytest
from babel import Locale
from django.utils import translation

from tests.languages.conftest import signed_in
from tests.languages.pages import pages
from tests.languages.reading import content, texts
from tests.languages.test_pages import READERS, reader
from tests.support.pseudo import outside, pseudo_language
from vigente.billing.models import WorkType

_LETTERS = re.compile(r"[^\W\d_]{2,}")
_LEFTOVERS = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
# What people wrote in the world, names of things the vendor made, and short signs that are the same everywhere.
WRITTEN = """
    Lorem ipsum Ipsum dolor Dolor sit amet Amet Soft Sit Odio Sed Ac pars Elit anno Infinitum Nulla Vitae Porta Nuda
    Vetus Sine Pacto Clausus Multi unus nullus novus lorem txt Plan zzz Solus Alicia Roberto Inventario WEB LOCAL LIC
    Oficina min CSV PDF png inventario Message ID US NIO USD America Managua UTC API Re
"""
NAMES_FOR_PROGRAMS = (
    "/settings/tokens/",
    "/settings/tokens/new/",
    "/settings/work/",
    "/settings/words/severities/",
    "/settings/words/statuses/",
)  # scopes, codes of work types, the names that levels and states come with


def dates_and_countries() -> set[str]:
    """Words that no catalogue of ours holds: of Spanish dates, and of the names of countries."""
    here = Locale("es")
    names = [*here.months["format"]["wide"].values(), *here.months["format"]["abbreviated"].values()]
    names += [*here.days["format"]["wide"].values(), *here.territories.values(), "de"]
    return {word for name in names for word in _LETTERS.findall(name)}


@pytest.mark.once
@pytest.mark.parametrize(("surface", "name"), [READERS[0], READERS[2]])
def test_every_text_can_be_translated_and_keeps_its_placeholders(world, surface, name):
    WorkType.objects.update(name_es="Lorem", description_es="Ipsum")
    client = signed_in(reader(world, surface, name), "es")
    known, found = set(WRITTEN.split()) | dates_and_countries() | {*world.cases, *world.requests}, {}
    with translation.override("es"), pseudo_language():
        for url, response in pages(world, surface, client):
            if url.endswith(NAMES_FOR_PROGRAMS):
                continue
            page = " · ".join(texts(content(response)))
            left = {word for word in _LETTERS.findall(outside(page)) if not re.fullmatch("[A-Z]{2}", word)}
            for word in [*sorted(left - known), *_LEFTOVERS.findall(page)]:
                found.setdefault(word, url)
    assert not found, "\n".join(f"{url}: {word}" for word, url in found.items())
