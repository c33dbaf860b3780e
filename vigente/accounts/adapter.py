"""How signing up and in fits Vigente: people are invited or come from a case; nobody becomes staff by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """allauth's default, with the vendor's name in its mails."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return True
