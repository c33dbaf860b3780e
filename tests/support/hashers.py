"""Passwords for tests."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Django's own format with one round: made at once, and checked by the real hasher too."""

    iterations = 1
