from django.db import migrations

from vigente.billing.guards import MONEY, drop_sql, guard_sql


def install(apps, schema_editor):
    for statement in guard_sql(schema_editor.connection.vendor, MONEY):
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    for statement in drop_sql(schema_editor.connection.vendor, MONEY):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_money")]
    operations = [migrations.RunPython(install, remove)]
