import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("tickets", "0009_skills_and_capacity"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "sharing",
                    models.CharField(
                        choices=[
                            ("private", "Solo yo"),
                            ("department", "Un departamento"),
                            ("all", "Todo el equipo"),
                        ],
                        default="private",
                        max_length=10,
                    ),
                ),
                ("search", models.CharField(blank=True, max_length=200)),
                ("condition", models.JSONField()),
                (
                    "order",
                    models.CharField(
                        choices=[
                            ("newest", "Los más nuevos primero"),
                            ("oldest", "Los más antiguos primero"),
                            ("active", "Los últimos con actividad primero"),
                            ("quiet", "Los de más silencio primero"),
                            ("attention", "En orden de atención: solo los que están en la fila"),
                        ],
                        default="newest",
                        max_length=9,
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                ("is_default", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to="tickets.department",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["position", "name", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(sharing="department", department__isnull=False)
                        | ~Q(sharing="department") & Q(department__isnull=True),
                        name="saved_view_department_if_shared_there",
                    ),
                    models.UniqueConstraint(
                        condition=Q(is_default=True), fields=("owner",), name="saved_view_one_default"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["last_activity_at", "id"], name="ticket_by_activity"),
        ),
    ]
