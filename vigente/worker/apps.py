from django.apps import AppConfig


class WorkerConfig(AppConfig):
    name = "vigente.worker"
    default_auto_field = "django.db.models.BigAutoField"
