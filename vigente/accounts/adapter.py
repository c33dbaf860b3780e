"""How signing up and in fits Vigente: people are invited or come from a case; nobody becomes staff by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils.translation import get_language

from vigente.accounts.models import User
from vigente.installation.models import Installation


class AccountAdapter(DefaultAccountAdapter):
    """allauth's default, with the vendor's name in its mails."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """A customer of no organization, who is written to in the language they signed up in."""
        saved: User = super().save_user(request, user, form, commit=False)
        saved.language = (get_language() or "es")[:2]
        saved.date_joined = request.now  # type: ignore[attr-defined]
        if commit:
            saved.save()
        return saved

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """A mail about somebody's account, signed by the vendor. Its links lead to BASE_URL, whatever was asked."""
        signed = {name: self._at_home(value) for name, value in context.items()}
        signed["vendor"] = Installation.current()
        message: EmailMessage = super().render_mail(template_prefix, email, signed, headers)
        return message

    def _at_home(self, value: Any) -> Any:
        asked = self.request.build_absolute_uri("/") if self.request is not None else ""
        if asked and isinstance(value, str) and value.startswith(asked):
            return f"{settings.BASE_URL}/{value.removeprefix(asked)}"
        return value
