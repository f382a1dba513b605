"""Third-party platforms as a Django app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class PlatformsConfig(AppConfig):
    """Registers this layer's tokens, deadlines, confirmations, endpoints and invariants."""

    name = "platforms"
    verbose_name = pgettext_lazy("desk", "Third-party platforms")

    def ready(self) -> None:
        """Register handlers."""
        from platforms import actions, api, pushing, tokens  # noqa: F401, PLC0415 -- app ready
        from platforms.breaches import breaches  # noqa: PLC0415 -- app ready
        from portal.kernel.breaches import register  # noqa: PLC0415 -- app ready

        register(breaches)
