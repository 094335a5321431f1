from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs themselves up: users are created by those who manage users."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
