"""Entity verification as a Django app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class VerificationConfig(AppConfig):
    """Registers this stage's deadlines, confirmations, bank receivers and reviews."""

    name = "verification"
    verbose_name = pgettext_lazy("desk", "Entity verification")

    def ready(self) -> None:
        """Register handlers."""
        from portal.kernel.breaches import register  # noqa: PLC0415 -- app ready
        from verification import actions, desk  # noqa: F401, PLC0415 -- app ready
        from verification.breaches import (  # noqa: PLC0415 -- app ready
            administrator_breaches,
            authentication_breaches,
            breaches,
        )

        register(breaches)
        register(authentication_breaches)
        register(administrator_breaches)
