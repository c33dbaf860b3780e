"""How signing up and in fits Vigente: people are invited or come from a case; nobody becomes staff by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from vigente.accounts import sessions
from vigente.accounts.models import User
from vigente.installation.models import Installation


class AccountAdapter(DefaultAccountAdapter):
    """allauth's default, with the vendor's name in its mails."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True

    def login(self, request: HttpRequest, user: User) -> None:
        """Signed in, whole: written down, with a session that can be ended."""
        super().login(request, user)
        sessions.opened(request, user)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Too many tries are written down now and then."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            sessions.refused(request, email=str(credentials.get("email") or ""), why="too_many")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """No such account, or not its password: which of both is for the owner to see, not for who tries."""
        sessions.refused(request, email=str(credentials.get("email") or ""), why="password")

    def pre_login(self, request: HttpRequest, user: User, **hooks: Any) -> HttpResponse | None:
        """An account that was shut stays shut; that somebody tried is written down."""
        if not user.is_active:
            sessions.refused(request, email=user.email, why="inactive")
        stopped: HttpResponse | None = super().pre_login(request, user, **hooks)
        return stopped

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
