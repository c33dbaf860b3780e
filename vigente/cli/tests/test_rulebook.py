"""`vigente rulebook` as scripts meet it."""

import json
from pathlib import Path

import pytest

from vigente.cli.tests.test_books import New, run

pytestmark = pytest.mark.once


def test_rules_are_exported_tried_published_and_dated(new_database: New, tmp_path: Path) -> None:
    database, file = new_database(), tmp_path / "rules.toml"
    file.write_text(run(database, "rulebook", "export").stdout)
    assert run(database, "rulebook", "import", str(file)).stdout == ""
    file.write_text(file.read_text().replace("notice_days = 0", "notice_days = 5"))
    tried = run(database, "rulebook", "import", str(file), "--dry-run")
    assert "notice_days" in tried.stdout
    assert "nothing was written" in tried.stderr
    later = run(database, "rulebook", "import", str(file), "--from", "2999-07-01", "--json")
    assert json.loads(later.stdout)["written"] is True
    assert json.loads(later.stdout)["changes"][0]["setting"] == "notice_days"
    assert run(database, "rulebook", "export").stdout.count("notice_days = 0") == 1
    run(database, "rulebook", "import", str(file))
    assert "notice_days = 5" in run(database, "rulebook", "export").stdout


def test_a_file_that_cannot_be_used_is_code_1_and_a_date_that_cannot_be_is_code_2(
    new_database: New, tmp_path: Path
) -> None:
    database, file = new_database(), tmp_path / "rules.toml"
    file.write_text("notice_day = 5\n")
    assert "did you mean notice_days?" in run(database, "rulebook", "import", str(file), code=1).stderr
    assert json.loads(run(database, "rulebook", "import", str(file), "--json", code=1).stdout)["problems"]
    file.write_text("notice_days = 5\n")
    for bad in ("yesterday", "2020-01-01"):
        assert "--from" in run(database, "rulebook", "import", str(file), "--from", bad, code=2).stderr
    assert "cannot be read" in run(database, "rulebook", "import", "nowhere.toml", code=2).stderr
