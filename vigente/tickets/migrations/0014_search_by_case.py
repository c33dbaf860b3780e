from django.db import migrations

from vigente.tickets.search import INDEXED, install_sql, names_sql, remove_names_sql, remove_sql


def install(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    earlier = [f"DROP INDEX IF EXISTS {table}_fts" for table, _ in INDEXED]
    for statement in [*earlier, *names_sql(), *install_sql("postgresql")]:
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in [*remove_sql("postgresql"), *remove_names_sql()]:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0013_watch_and_lock")]
    operations = [migrations.RunPython(install, remove)]
