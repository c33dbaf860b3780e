"""Triggers by which the database itself keeps a promise: rows that are only added, columns that never change."""

# Trigger: table, when, what it says, and the columns an UPDATE must not touch (None: any change at all)
Guard = tuple[str, str, str, str, tuple[str, ...] | None]
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION vigente_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$"
)


def install_guards(vendor: str, guards: tuple[Guard, ...]) -> list[str]:
    """Statements that install the triggers on `sqlite` or `postgresql`."""
    made = [_trigger(vendor, guard) for guard in guards]
    return [_FUNCTION, *made] if vendor == "postgresql" else made


def drop_guards(vendor: str, guards: tuple[Guard, ...]) -> list[str]:
    """Statements that remove them."""
    on = (lambda table: f" ON {table}") if vendor == "postgresql" else (lambda table: "")
    return [f"DROP TRIGGER IF EXISTS {name}{on(table)}" for name, table, *_ in guards]


def _trigger(vendor: str, guard: Guard) -> str:
    name, table, change, says, columns = guard
    differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns or ())
    when = f" WHEN ({changed})" if changed else ""
    if vendor == "postgresql":
        return (
            f"CREATE TRIGGER {name} BEFORE {change} ON {table} "
            f"FOR EACH ROW{when} EXECUTE FUNCTION vigente_refuse('{says}')"
        )
    return f"CREATE TRIGGER {name} BEFORE {change} ON {table}{when} BEGIN SELECT RAISE(ABORT, '{says}'); END"
