"""Collected for a real server: every name hashed, also those that scripts and styles name."""

import re

import pytest
from django.core.management import call_command

from vigente.cli.prepare import NOT_SERVED
from vigente.ui.storage import StaticStorage


@pytest.fixture
def collected(settings, tmp_path):
    settings.STATIC_ROOT = str(tmp_path)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=[*NOT_SERVED])
    return tmp_path


def test_scripts_and_styles_name_hashed_files(collected):
    (main,) = collected.glob("ui/js/main.*.js")
    names = re.findall(r'import ?"\./([\w.-]+)"', main.read_text(encoding="utf-8"))
    assert len(names) >= 8
    assert all(re.fullmatch(r"[\w-]+\.[0-9a-f]{12}\.js", name) for name in names)
    (style,) = collected.glob("ui/vigente.*.css")
    assert re.search(r"fonts/inter-latin\.[0-9a-f]{12}\.woff2", style.read_text(encoding="utf-8"))
    assert (collected / f"{style.relative_to(collected)}.gz").is_file()


def test_a_name_that_was_never_collected_stays_as_it_is(settings, tmp_path):
    settings.STATIC_ROOT = str(tmp_path)
    assert StaticStorage().stored_name("ui/vigente.css") == "ui/vigente.css"
