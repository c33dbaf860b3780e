"""Triggers by which the database itself keeps two promises: entries are append-only, a plan version's terms never
change.
"""

FROZEN_TERMS = (
    "plan_id", "number", "cases", "price_minor", "currency", "pack_price_minor", "pack_cases",
    "rank", "allowance_minutes", "work", "sla_policy_id", "sold_from",
)  # fmt: skip
_ENTRY = "ledger entries are append-only"
_VERSION = "the terms of a plan version never change; make a new version"


def guard_sql(vendor: str) -> list[str]:
    """Statements that install the triggers on `sqlite` or `postgresql`."""
    differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in FROZEN_TERMS)
    if vendor == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION vigente_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$",
            "CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON billing_ledgerentry "
            f"FOR EACH ROW EXECUTE FUNCTION vigente_refuse('{_ENTRY}')",
            f"CREATE TRIGGER version_terms_frozen BEFORE UPDATE ON billing_planversion "
            f"FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION vigente_refuse('{_VERSION}')",
        ]
    return [
        *(
            f"CREATE TRIGGER entry_no_{change.lower()} BEFORE {change} ON billing_ledgerentry "
            f"BEGIN SELECT RAISE(ABORT, '{_ENTRY}'); END"
            for change in ("UPDATE", "DELETE")
        ),
        f"CREATE TRIGGER version_terms_frozen BEFORE UPDATE ON billing_planversion WHEN {changed} "
        f"BEGIN SELECT RAISE(ABORT, '{_VERSION}'); END",
    ]


def drop_sql(vendor: str) -> list[str]:
    """Statements that remove them (migrations backwards; emptying a test database)."""
    if vendor == "postgresql":
        return [
            "DROP TRIGGER IF EXISTS entry_append_only ON billing_ledgerentry",
            "DROP TRIGGER IF EXISTS version_terms_frozen ON billing_planversion",
            "DROP FUNCTION IF EXISTS vigente_refuse()",
        ]
    return [
        f"DROP TRIGGER IF EXISTS {name}"
        for name in ("entry_no_update", "entry_no_delete", "version_terms_frozen")
    ]
