"""How much has been written to the database so far: a number that any insert, update or delete raises."""

from django.db import connection

_POSTGRESQL = "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables"


def rows_written() -> int:
    """Rows inserted, changed or deleted; also by what was taken back since. Compare two readings of one test."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return int(connection.connection.total_changes)
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL)
        return int(cursor.fetchone()[0])
