"""Associations as a Django app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class AssociationsConfig(AppConfig):
    """Registers this stage's deadlines, confirmations and invariants."""

    name = "associations"
    verbose_name = pgettext_lazy("desk", "Associations")

    def ready(self) -> None:
        """Register handlers."""
        from associations import actions, api  # noqa: F401, PLC0415 -- app ready
        from associations.breaches import breaches  # noqa: PLC0415 -- app ready
        from portal.kernel.breaches import register  # noqa: PLC0415 -- app ready

        register(breaches)
