"""The full-text index over cases, kept by the database itself: no write can forget it. Reading it: `queries.matching`.

SQLite: FTS5 tables beside the rows they index, followed by triggers. A migration that rebuilds one of the tables drops
its triggers; `follow_again` notices after every `migrate`.

PostgreSQL: one row a case, `tickets_search`, with every word of it. The weight of a word says who may find it there:
A and B everybody who sees the case (its subject, who asks; what was said), C and D staff only (the organization and the
licence; notes, and what may still be taken back). A GIN index finds seldom words; for common ones the newest cases are
looked at one by one, which the primary key does.
"""

from django.db import connections

INDEXED = (("tickets_ticket", "subject"), ("tickets_message", "text"))
LONGEST = 60_000  # characters of one text that PostgreSQL indexes: a vector has a largest size
# A text of accents and capitals that people look into with LIKE: `tickets.folding.Folded` of these columns.
NAMES = (("accounts_user", "name"), ("accounts_user", "email"), ("accounts_organization", "name"))


def install_sql(vendor: str) -> list[str]:
    """Statements that make the index and fill it with what is there; safe to run again."""
    return [*_follow(), *_fill()] if vendor == "postgresql" else _sqlite()


def remove_sql(vendor: str) -> list[str]:
    """Statements that take it away."""
    if vendor == "postgresql":
        return [
            *(f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table, *_ in _TRIGGERS),
            "DROP TABLE IF EXISTS tickets_search",
            *(f"DROP FUNCTION IF EXISTS {name}() CASCADE" for name in _WRITERS),
            "DROP FUNCTION IF EXISTS vigente_case_words(bigint), vigente_words(text)",
            "DROP FUNCTION IF EXISTS vigente_message_words(text, text, timestamptz)",
            "DROP AGGREGATE IF EXISTS vigente_joined(tsvector)",
        ]
    return [
        statement
        for table, _ in INDEXED
        for statement in (
            *(f"DROP TRIGGER IF EXISTS {table}_fts_{when}" for when in ("insert", "update", "delete")),
            f"DROP TABLE IF EXISTS {table}_fts",
        )
    ]


def follow_again(*, using: str, **signal: object) -> None:
    """SQLite: make the index anew if a migration took its triggers away."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    wanted = {f"{table}_fts_{when}" for table, _ in INDEXED for when in ("insert", "update", "delete")}
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        if not wanted <= {name for (name,) in cursor.fetchall()}:
            for statement in install_sql("sqlite"):
                cursor.execute(statement)


def language_sql() -> list[str]:
    """PostgreSQL's configuration that folds accents and stems Spanish; what the index is made with."""
    return [
        "CREATE EXTENSION IF NOT EXISTS unaccent",
        "DROP TEXT SEARCH CONFIGURATION IF EXISTS vigente",
        "DROP TEXT SEARCH DICTIONARY IF EXISTS vigente_stem",
        # Without stop words: who searches for "otra" looks for that word, and every word must be found.
        "CREATE TEXT SEARCH DICTIONARY vigente_stem (TEMPLATE = snowball, LANGUAGE = spanish)",
        "CREATE TEXT SEARCH CONFIGURATION vigente (COPY = spanish)",
        "ALTER TEXT SEARCH CONFIGURATION vigente "
        "ALTER MAPPING FOR asciihword, asciiword, hword, hword_asciipart, hword_part, word "
        "WITH unaccent, vigente_stem",
    ]


def names_sql() -> list[str]:
    """PostgreSQL: names of people and organizations are found by any part of them."""
    from vigente.tickets.folding import folded_sql

    return [
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        *(
            f"CREATE INDEX IF NOT EXISTS {table}_{column}_parts ON {table} "
            f"USING gin (({folded_sql(column)}) gin_trgm_ops)"
            for table, column in NAMES
        ),
        "CREATE INDEX IF NOT EXISTS billing_licence_key_begins ON billing_licence (upper(key) text_pattern_ops)",
    ]


def remove_names_sql() -> list[str]:
    """What takes the indexes of `names_sql` away."""
    names = [*(f"{table}_{column}_parts" for table, column in NAMES), "billing_licence_key_begins"]
    return [f"DROP INDEX IF EXISTS {name}" for name in names]


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


# Words of two texts are never neighbours, so that no phrase is found across them.
_GAP = "$q$'¶':1D$q$::tsvector"

_CASE = f"""SELECT setweight(vigente_words(t.subject), 'A') || {_GAP}
    || setweight(vigente_words(concat_ws(' ', p.name, p.email, translate(p.email, '@.-_', '    '))), 'A')
    || {_GAP} || setweight(vigente_words(o.name), 'C')
    || {_GAP} || setweight(vigente_words(concat_ws(' ', l.key, translate(l.key, '.-_', '   '))), 'C')
    || coalesce((SELECT vigente_joined({_GAP} || vigente_message_words(m.text, m.kind, m.visible_at) ORDER BY m.id)
                 FROM tickets_message m WHERE m.ticket_id = t.id AND {{messages}}), ''::tsvector)
FROM tickets_ticket t
LEFT JOIN accounts_user p ON p.id = t.requester_id
LEFT JOIN accounts_organization o ON o.id = t.organization_id
LEFT JOIN billing_licence l ON l.id = t.licence_id
WHERE t.id = asked"""

_LAST = "m.id IN (SELECT id FROM tickets_message WHERE ticket_id = asked ORDER BY id DESC LIMIT 5)"

_FUNCTIONS = [
    f"""CREATE OR REPLACE FUNCTION vigente_words(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $f$
    SELECT to_tsvector('vigente'::regconfig, left(coalesce(said, ''), {LONGEST})) $f$""",
    """CREATE OR REPLACE FUNCTION vigente_message_words(said text, kind text, visible_at timestamptz) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $f$
    SELECT setweight(vigente_words(said),
                     (CASE WHEN kind = 'reply' AND visible_at IS NULL THEN 'B' ELSE 'D' END)::"char") $f$""",
    "DROP AGGREGATE IF EXISTS vigente_joined(tsvector)",
    "CREATE AGGREGATE vigente_joined(tsvector) (SFUNC = tsvector_concat, STYPE = tsvector, INITCOND = '')",
    # A case of so many words that one vector cannot hold them keeps those of its last messages.
    f"""CREATE OR REPLACE FUNCTION vigente_case_words(asked bigint) RETURNS tsvector LANGUAGE plpgsql STABLE AS $f$
    BEGIN
        RETURN ({_CASE.format(messages="true")});
    EXCEPTION WHEN program_limit_exceeded THEN
        RETURN ({_CASE.format(messages=_LAST)});
    END $f$""",
]

# What a trigger function does with the row.
_WRITERS = {
    "vigente_search_case": """
        INSERT INTO tickets_search (ticket_id, words) VALUES (new.id, vigente_case_words(new.id))
        ON CONFLICT (ticket_id) DO UPDATE SET words = excluded.words;""",
    "vigente_search_said": f"""
        BEGIN
            UPDATE tickets_search
            SET words = words || {_GAP} || vigente_message_words(new.text, new.kind, new.visible_at)
            WHERE ticket_id = new.ticket_id;
        EXCEPTION WHEN program_limit_exceeded THEN
            UPDATE tickets_search SET words = vigente_case_words(ticket_id) WHERE ticket_id = new.ticket_id;
        END;""",
    "vigente_search_changed": """
        UPDATE tickets_search SET words = vigente_case_words(ticket_id)
        WHERE ticket_id IN (old.ticket_id, new.ticket_id);""",
    "vigente_search_forget": "DELETE FROM tickets_search WHERE ticket_id = old.id;",
    "vigente_search_empty": "DELETE FROM tickets_search;",
    "vigente_search_gone": """
        UPDATE tickets_search SET words = vigente_case_words(ticket_id) WHERE ticket_id = old.ticket_id;""",
    **{
        f"vigente_search_{column}": f"""
        UPDATE tickets_search SET words = vigente_case_words(ticket_id)
        WHERE ticket_id IN (SELECT id FROM tickets_ticket WHERE {column}_id = new.id);"""
        for column in ("requester", "organization", "licence")
    },
}

# name, table, when, on which condition, and the function it calls
_TRIGGERS = (
    ("search_case_added", "tickets_ticket", "INSERT", "", "vigente_search_case"),
    (
        "search_case_changed",
        "tickets_ticket",
        "UPDATE OF subject, requester_id, organization_id, licence_id",
        "WHEN ((old.subject, old.requester_id, old.organization_id, old.licence_id) IS DISTINCT FROM "
        "(new.subject, new.requester_id, new.organization_id, new.licence_id))",
        "vigente_search_case",
    ),
    ("search_case_gone", "tickets_ticket", "DELETE", "", "vigente_search_forget"),
    ("search_cases_emptied", "tickets_ticket", "TRUNCATE", "", "vigente_search_empty"),
    ("search_said", "tickets_message", "INSERT", "", "vigente_search_said"),
    (
        "search_said_changed",
        "tickets_message",
        "UPDATE OF text, kind, visible_at, ticket_id",
        "WHEN ((old.text, old.kind, old.visible_at, old.ticket_id) IS DISTINCT FROM "
        "(new.text, new.kind, new.visible_at, new.ticket_id))",
        "vigente_search_changed",
    ),
    ("search_said_gone", "tickets_message", "DELETE", "", "vigente_search_gone"),
    (
        "search_person",
        "accounts_user",
        "UPDATE OF name, email",
        "WHEN ((old.name, old.email) IS DISTINCT FROM (new.name, new.email))",
        "vigente_search_requester",
    ),
    (
        "search_organization",
        "accounts_organization",
        "UPDATE OF name",
        "WHEN (old.name IS DISTINCT FROM new.name)",
        "vigente_search_organization",
    ),
    (
        "search_licence",
        "billing_licence",
        "UPDATE OF key",
        "WHEN (old.key IS DISTINCT FROM new.key)",
        "vigente_search_licence",
    ),
)


def _follow() -> list[str]:
    """The empty table, and what keeps it."""
    return [
        *remove_sql("postgresql"),
        # No foreign key: the table of cases may be emptied as a whole, which one would forbid.
        "CREATE TABLE tickets_search (ticket_id bigint PRIMARY KEY, words tsvector NOT NULL)",
        *_FUNCTIONS,
        *(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $t$ BEGIN {body} RETURN NULL; END $t$"
            for name, body in _WRITERS.items()
        ),
        *(
            f"CREATE TRIGGER {name} AFTER {when} ON {table} "
            f"FOR EACH {'STATEMENT' if when == 'TRUNCATE' else 'ROW'} {condition} EXECUTE FUNCTION {function}()"
            for name, table, when, condition, function in _TRIGGERS
        ),
    ]


def _fill() -> list[str]:
    """Every case there is, and then the index: made in one go it is smaller."""
    return [
        "INSERT INTO tickets_search (ticket_id, words) SELECT id, vigente_case_words(id) FROM tickets_ticket",
        # What waits in GIN's list of late entries is read by every search: keep it short.
        "CREATE INDEX tickets_search_words ON tickets_search USING gin (words) WITH (gin_pending_list_limit = 256)",
    ]
