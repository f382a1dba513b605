"""Information perfection as a Django app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class InformationConfig(AppConfig):
    """Registers this stage's confirmations and reviews."""

    name = "information"
    verbose_name = pgettext_lazy("desk", "Information")

    def ready(self) -> None:
        """Register handlers."""
        from information import actions  # noqa: F401, PLC0415 -- app ready
