"""Information perfection as a Django app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class InformationConfig(AppConfig):
    """Registers this stage's confirmations, reviews and invariants."""

    name = "information"
    verbose_name = pgettext_lazy("desk", "Information")

    def ready(self) -> None:
        """Register handlers."""
        from information import actions, api, desk_categories, desk_naming  # noqa: F401, PLC0415 -- app ready
        from information.actions import naming  # noqa: F401, PLC0415 -- app ready
        from information.breaches import breaches  # noqa: PLC0415 -- app ready
        from information.breaches_naming import naming_breaches  # noqa: PLC0415 -- app ready
        from portal.kernel.breaches import register  # noqa: PLC0415 -- app ready

        register(breaches)
        register(naming_breaches)
