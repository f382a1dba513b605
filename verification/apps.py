"""Entity verification as a Django app."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    """Registers this stage's deadlines, confirmations and bank receivers."""

    name = "verification"
    verbose_name = "Entity verification"

    def ready(self) -> None:
        """Register handlers."""
        from portal.kernel.breaches import register  # noqa: PLC0415 -- app ready
        from verification import actions  # noqa: F401, PLC0415 -- app ready
        from verification.breaches import breaches  # noqa: PLC0415 -- app ready

        register(breaches)
