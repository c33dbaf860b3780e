from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from vigente.tickets.folding import teach_sqlite
from vigente.tickets.search import follow_again


class TicketsConfig(AppConfig):
    name = "vigente.tickets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        connection_created.connect(teach_sqlite, dispatch_uid="vigente.tickets.folding")
        post_migrate.connect(follow_again, sender=self, dispatch_uid="vigente.tickets.search")
