"""What the command line promises to people and to scripts."""

import subprocess
import sys

import pytest

from tests.support.environment import ROOT

pytestmark = pytest.mark.once


def run(*words: str, seconds: float = 30) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-P", "-m", "vigente", *words]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, env=_environment()
    )


def _environment() -> dict[str, str]:
    import os

    return os.environ | {"PYTHONPATH": str(ROOT)}


def test_help_does_not_load_django() -> None:
    assert run("--help").returncode == 0
    probe = "import sys, vigente.cli; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], cwd=ROOT).returncode == 0


def test_bad_usage_is_code_2_and_says_so_on_standard_error() -> None:
    for words in (["serve", "--port", "many"], ["nonsense"], ["serve", "--role", "cook"]):
        ended = run(*words)
        assert ended.returncode == 2
        assert ended.stdout == ""
        assert ended.stderr


def test_an_address_that_is_not_ours_is_bad_usage() -> None:
    ended = run("serve", "--host", "192.0.2.1", "--port", "0")
    assert ended.returncode == 2
    assert "--host 127.0.0.1" in ended.stderr


def test_manage_passes_everything_on_to_django() -> None:
    ended = run("manage", "check", "--help")
    assert ended.returncode == 0
    assert "--deploy" in ended.stdout
