"""The outside world as a Django app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class OutsideConfig(AppConfig):
    """Registers how letters leave the process, and what may never change."""

    name = "portal.outside"
    label = "outside"
    verbose_name = pgettext_lazy("desk", "Outside world")

    def ready(self) -> None:
        """Register deliveries."""
        from portal.kernel import breaches  # noqa: PLC0415 -- app ready
        from portal.outside import bank, letters  # noqa: F401, PLC0415 -- app ready

        breaches.register(bank.breaches)
