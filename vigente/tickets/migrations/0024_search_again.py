"""SQLite rebuilt the table of cases since: its index is followed by triggers, which went with the old one."""

from django.db import migrations

from vigente.tickets.search import install_sql


def search_again(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in install_sql("sqlite"):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0023_case_statuses")]
    operations = [migrations.RunPython(search_again, migrations.RunPython.noop)]
