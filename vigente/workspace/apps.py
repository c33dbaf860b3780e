from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "vigente.workspace"
    default_auto_field = "django.db.models.BigAutoField"
