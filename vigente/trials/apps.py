from django.apps import AppConfig


class TrialsConfig(AppConfig):
    name = "vigente.trials"
    default_auto_field = "django.db.models.BigAutoField"
