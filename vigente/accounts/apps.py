from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "vigente.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from vigente.accounts.sessions import connect

        connect()
