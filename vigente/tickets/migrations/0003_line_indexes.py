from django.db import migrations, models

from vigente.tickets.search import install_sql


def follow_the_rebuilt_table(apps, schema_editor):
    """SQLite rebuilt the table to add a stored column, and its search triggers went with the old one."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in install_sql("sqlite"):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_search")]
    operations = [
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_line",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_line_by_department",
        ),
        migrations.AddField(
            model_name="ticket",
            name="waits",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(queue="support", status__in=["new", "open"], then=models.Value(True)),
                    default=models.Value(False),
                ),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("waits", True)),
                fields=["place_group", "place_at", "id"],
                name="ticket_line",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("waits", True)),
                fields=["department", "place_group", "place_at", "id"],
                name="ticket_line_by_department",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("assignee__isnull", True), ("waits", True)),
                fields=["department", "place_group", "place_at", "id"],
                name="ticket_line_unassigned",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("waits", True)),
                fields=["assignee", "place_group", "place_at", "id"],
                name="ticket_line_by_assignee",
            ),
        ),
        migrations.RunPython(follow_the_rebuilt_table, migrations.RunPython.noop),
    ]
