"""`vigente verify`, `plans` and `simulate` as scripts meet them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.environment import ROOT

pytestmark = pytest.mark.once
New = Callable[[], str]
SAMPLE = "docs/plans.sample.toml"


def run(database: str, *words: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "vigente", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"DATABASE_URL": database, "PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == code, ended.stderr
    return ended


def test_plans_are_tried_imported_listed_and_exported(new_database: New, tmp_path: Path) -> None:
    database = new_database()
    tried = run(database, "plans", "import", SAMPLE, "--dry-run")
    assert "new plan: local-basico" in tried.stdout
    assert json.loads(run(database, "plans", "list", "--json").stdout) == []
    assert json.loads(run(database, "plans", "import", SAMPLE, "--json").stdout)["changes"]
    (row, *_) = json.loads(run(database, "plans", "list", "--json").stdout)
    assert (row["code"], row["cases"], row["price_minor"]) == ("local-basico", 4, 4500)
    exported = tmp_path / "plans.toml"
    exported.write_text(run(database, "plans", "export").stdout)
    assert run(database, "plans", "import", str(exported)).stdout == ""


def test_sold_keys_are_noted_once_and_only_for_what_exists(new_database: New, tmp_path: Path) -> None:
    database, keys = new_database(), tmp_path / "keys.txt"
    keys.write_text("WEB-1\nWEB-2\n\nWEB-1\n")
    run(database, "plans", "import", SAMPLE)
    words = ("plans", "keys", str(keys), "--edition")
    assert json.loads(run(database, *words, "WEB", "--hosting", "vendor_cloud", "--json").stdout) == {
        "new": 2
    }
    assert "0 new keys" in run(database, *words, "WEB").stderr
    assert "no edition" in run(database, *words, "MOON", code=1).stderr
    assert "hosting" in run(database, *words, "WEB", "--hosting", "moon", code=1).stderr


def test_a_catalogue_that_cannot_be_used_is_code_1_and_one_that_is_not_there_is_code_2(
    new_database: New, tmp_path: Path
) -> None:
    database, bad = new_database(), tmp_path / "bad.toml"
    bad.write_text('[[plans]]\ncode = "x"\n')
    assert 'plans "x", price: is missing' in run(database, "plans", "import", str(bad), code=1).stderr
    assert json.loads(run(database, "plans", "import", str(bad), "--json", code=1).stdout)["problems"]
    assert "cannot be read" in run(database, "plans", "import", "nowhere.toml", code=2).stderr
    bad.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in run(database, "plans", "import", str(bad), code=2).stderr


def test_books_that_add_up_are_code_0_and_a_difference_is_named_with_code_1(new_database: New) -> None:
    database = new_database()
    assert json.loads(run(database, "verify", "--json").stdout)["differences"] == 0
    damage = (
        "from vigente.tickets.models import Submission; from datetime import datetime, UTC; "
        "Submission.objects.create(key='k', digest='d', created_at=datetime.now(UTC))"
    )
    run(database, "manage", "shell", "-v0", "-c", damage)
    assert "submission:1: answer is none" in run(database, "verify", code=1).stdout
    said = json.loads(run(database, "verify", "--json", code=1).stdout)
    assert (said["differences"], said["named"][0]["subject"]) == (1, "submission:1")


def test_a_simulation_touches_no_database_and_says_what_it_counted(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/untouched.sqlite3"
    words = ("simulate", "--organizations", "4", "--months", "2", "--seed", "7", "--json")
    said = json.loads(run(database, *words).stdout)
    assert (said["organizations"], said["months"], said["differences"]) == (4, 2, 0)
    assert said["counts"]["grants"] > 0
    assert list(tmp_path.iterdir()) == []
