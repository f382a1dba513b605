"""Accounts as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers this stage's deadlines and confirmations."""

    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Register handlers."""
        from accounts import actions  # noqa: F401, PLC0415 -- app ready
