from django.apps import AppConfig
from django.db.backends.signals import connection_created

from vigente.tickets.folding import teach_sqlite


class TicketsConfig(AppConfig):
    name = "vigente.tickets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        connection_created.connect(teach_sqlite, dispatch_uid="vigente.tickets.folding")
