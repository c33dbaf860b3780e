"""`vigente money` as scripts meet it."""

import pytest

from vigente.cli.tests.test_books import New, run

pytestmark = pytest.mark.once


def test_a_file_is_printed_with_its_headings_in_either_language(new_database: New) -> None:
    database, days = new_database(), ("--from", "2026-07-01", "--to", "2026-07-31")
    assert run(database, "money", "export", "payments", *days).stdout.startswith("\ufeffFecha,Cliente")
    english = run(
        database, "money", "export", "payments", *days, "--language", "en", "--separator", "semicolon"
    )
    assert english.stdout.startswith("\ufeffDate;Customer")


def test_what_cannot_be_is_bad_usage_and_says_what_can(new_database: New) -> None:
    database, days = new_database(), ("--from", "2026-07-01", "--to", "2026-07-31")
    assert "credit-notes" in run(database, "money", "export", "all", *days, code=2).stderr
    assert "--to" in run(database, "money", "export", "ledger", "--from", "2026-07-01", "--to", "2026-06-01",
                         code=2).stderr  # fmt: skip
    assert (
        "2026-07-01"
        in run(database, "money", "export", "ledger", "--from", "July", "--to", "x", code=2).stderr
    )
    assert "semicolon" in run(database, "money", "export", "ledger", *days, "--decimal-comma", code=2).stderr
