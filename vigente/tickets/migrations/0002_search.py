from django.db import migrations

from vigente.tickets.search import install_sql, language_sql, remove_sql


def install(apps, schema_editor):
    """PostgreSQL's index came later (0012): here only the language it is made with."""
    vendor = schema_editor.connection.vendor
    for statement in language_sql() if vendor == "postgresql" else install_sql(vendor):
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in remove_sql("sqlite"):
            schema_editor.execute(statement)
        return
    schema_editor.execute("DROP TEXT SEARCH CONFIGURATION IF EXISTS vigente")
    schema_editor.execute("DROP TEXT SEARCH DICTIONARY IF EXISTS vigente_stem")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
