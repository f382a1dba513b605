"""Message push as a Django app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class PushesConfig(AppConfig):
    """Registers what delivers pushes, their retries and their invariants."""

    name = "pushes"
    verbose_name = pgettext_lazy("desk", "Message pushes")

    def ready(self) -> None:
        """Register handlers."""
        from portal.kernel.breaches import register  # noqa: PLC0415 -- app ready
        from pushes import actions, delivery, receivers  # noqa: F401, PLC0415 -- app ready
        from pushes.breaches import breaches  # noqa: PLC0415 -- app ready

        register(breaches)
