"""The full-text index over case subjects and messages, kept by the database itself: no write can forget it.

SQLite: FTS5 tables beside the rows they index, followed by triggers. PostgreSQL: GIN indexes over a configuration that
folds accents and stems Spanish. Reading it: `queries.matching`. A later migration that rebuilds one of the tables on
SQLite drops its triggers: run `install_sql` again there.
"""

INDEXED = (("tickets_ticket", "subject"), ("tickets_message", "text"))
LONGEST = 60_000  # characters of a text that PostgreSQL indexes: a vector has a largest size


def install_sql(vendor: str) -> list[str]:
    """Statements that make the index and fill it with what is there; safe to run again."""
    return _postgresql() if vendor == "postgresql" else _sqlite()


def remove_sql(vendor: str) -> list[str]:
    """Statements that take it away."""
    if vendor == "postgresql":
        return [
            *(f"DROP INDEX IF EXISTS {table}_fts" for table, _ in INDEXED),
            "DROP TEXT SEARCH CONFIGURATION IF EXISTS vigente",
            "DROP TEXT SEARCH DICTIONARY IF EXISTS vigente_stem",
        ]
    return [
        statement
        for table, _ in INDEXED
        for statement in (
            *(f"DROP TRIGGER IF EXISTS {table}_fts_{when}" for when in ("insert", "update", "delete")),
            f"DROP TABLE IF EXISTS {table}_fts",
        )
    ]


def _sqlite() -> list[str]:
    statements = remove_sql("sqlite")
    for table, column in INDEXED:
        fts = f"{table}_fts"
        add = f"INSERT INTO {fts}(rowid, {column}) VALUES (new.id, new.{column});"
        forget = f"INSERT INTO {fts}({fts}, rowid, {column}) VALUES ('delete', old.id, old.{column});"
        statements += [
            f"CREATE VIRTUAL TABLE {fts} USING fts5({column}, content='{table}', content_rowid='id', "
            "tokenize='unicode61 remove_diacritics 2', prefix='2 3 4')",
            f"CREATE TRIGGER {fts}_insert AFTER INSERT ON {table} BEGIN {add} END",
            f"CREATE TRIGGER {fts}_delete AFTER DELETE ON {table} BEGIN {forget} END",
            f"CREATE TRIGGER {fts}_update AFTER UPDATE OF {column} ON {table} "
            f"WHEN old.{column} IS NOT new.{column} BEGIN {forget} {add} END",
            f"INSERT INTO {fts}({fts}) VALUES ('rebuild')",
        ]
    return statements


def _postgresql() -> list[str]:
    return [
        "CREATE EXTENSION IF NOT EXISTS unaccent",
        *remove_sql("postgresql"),
        # Without stop words: who searches for "otra" looks for that word, and every word must be found.
        "CREATE TEXT SEARCH DICTIONARY vigente_stem (TEMPLATE = snowball, LANGUAGE = spanish)",
        "CREATE TEXT SEARCH CONFIGURATION vigente (COPY = spanish)",
        "ALTER TEXT SEARCH CONFIGURATION vigente "
        "ALTER MAPPING FOR asciihword, asciiword, hword, hword_asciipart, hword_part, word "
        "WITH unaccent, vigente_stem",
        *(
            f"CREATE INDEX {table}_fts ON {table} "
            f"USING gin (to_tsvector('vigente'::regconfig, left({column}, {LONGEST})))"
            for table, column in INDEXED
        ),
    ]
