from django.apps import AppConfig


class BulkConfig(AppConfig):
    name = "vigente.bulk"
    default_auto_field = "django.db.models.BigAutoField"
