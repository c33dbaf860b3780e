"""The scripts in bin/ set up their own environment, once, and then stay out of the way."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.environment import ROOT

BARE = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose environment is up to date, with a Python that only says what it was asked."""
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    python = tmp_path / ".venv/bin/python"
    python.write_text('#!/bin/sh\necho "$@"\necho "data: $VIGENTE_DATA"\n')
    python.chmod(0o755)
    for folder in (tmp_path, tmp_path / ".venv"):
        (folder / "requirements.lock").write_text("same")
    return tmp_path


def run(script: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([script, *words], env=BARE | environment, capture_output=True, text=True, cwd="/")


def test_an_environment_that_is_current_is_left_alone_at_once(checkout: Path) -> None:
    seconds = []
    for _ in range(5):
        started = time.monotonic()
        ended = run(checkout / "bin/vigente", "serve", "--port", "8119")
        seconds.append(time.monotonic() - started)
    assert ended.stdout == f"-P -m vigente serve --port 8119\ndata: {checkout}/data\n"
    assert ended.stderr == ""
    assert min(seconds) < 0.15
    assert not (checkout / ".tools").exists()


def test_it_works_through_a_link_from_anywhere_and_keeps_a_given_data_folder(checkout: Path) -> None:
    link = checkout / "elsewhere"
    link.symlink_to(checkout / "bin/vigente")
    assert run(link, "clock", VIGENTE_DATA="/srv/data").stdout == "-P -m vigente clock\ndata: /srv/data\n"


def test_a_machine_without_python_311_is_told_what_to_type(checkout: Path) -> None:
    (checkout / ".venv/requirements.lock").write_text("older")
    old = checkout / "old"
    old.mkdir()
    for name in ("bash", "dirname", "readlink", "cmp", "mkdir", "flock"):
        (old / name).symlink_to(Path("/usr/bin") / name)
    _patch(checkout, "/usr/bin/python3", "/nowhere/python3")
    ended = run(checkout / "bin/vigente", PATH=str(old))
    assert ended.returncode == 2
    assert "Python 3.11 or newer" in ended.stderr
    assert "    apt install python3 python3-venv" in ended.stderr


def test_a_python_without_venv_is_told_exactly_what_to_type(checkout: Path) -> None:
    (checkout / ".venv/requirements.lock").write_text("older")
    _patch(checkout, "import ensurepip, venv", "import no_such_module")
    ended = run(checkout / "bin/vigente", PATH="/usr/bin:/bin")
    assert ended.returncode == 2
    assert "\n    apt install python3-venv\n" in ended.stderr


def _patch(checkout: Path, old: str, new: str) -> None:
    script = checkout / "bin/bootstrap"
    text = script.read_text()
    assert old in text
    script.write_text(text.replace(old, new))


def test_the_development_lock_contains_the_runtime_lock() -> None:
    """So that an environment with the tools also runs Vigente, with the same versions."""
    assert _pins("requirements.lock") <= _pins("requirements-dev.lock")


def _pins(name: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+==\S+)", (ROOT / name).read_text(), re.MULTILINE))


def test_scripts_are_executable() -> None:
    for name in ("bin/vigente", "bin/test", "bin/lock", ".ci/run", ".ci/install-packages"):
        assert os.access(ROOT / name, os.X_OK), name
