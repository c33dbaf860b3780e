from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "vigente.events"
    default_auto_field = "django.db.models.BigAutoField"
