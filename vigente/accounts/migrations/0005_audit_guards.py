from django.db import migrations

from vigente.accounts.guards import AUDIT
from vigente.installation.guards import drop_guards, install_guards


def install(apps, schema_editor):
    for statement in install_guards(schema_editor.connection.vendor, AUDIT):
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    for statement in drop_guards(schema_editor.connection.vendor, AUDIT):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_user_session")]
    operations = [migrations.RunPython(install, remove)]
