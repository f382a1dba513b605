"""Accounts as a Django app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class AccountsConfig(AppConfig):
    """Registers this stage's deadlines, confirmations and invariants."""

    name = "accounts"
    verbose_name = pgettext_lazy("desk", "Accounts")

    def ready(self) -> None:
        """Register handlers."""
        from accounts import actions, api  # noqa: F401, PLC0415 -- app ready
        from accounts.breaches import breaches  # noqa: PLC0415 -- app ready
        from portal.kernel.breaches import register  # noqa: PLC0415 -- app ready

        register(breaches)
