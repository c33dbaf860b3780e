from django.apps import AppConfig


class InstallationConfig(AppConfig):
    name = "vigente.installation"
    default_auto_field = "django.db.models.BigAutoField"
