"""Code verification and release as a Django app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class ReleasesConfig(AppConfig):
    """Registers this stage's deadlines, confirmations, reviews and invariants."""

    name = "releases"
    verbose_name = pgettext_lazy("desk", "Releases")

    def ready(self) -> None:
        """Register handlers."""
        from portal.kernel.breaches import register  # noqa: PLC0415 -- app ready
        from releases import (  # noqa: F401, PLC0415 -- app ready
            actions,
            api,
            breaches_releases,
            breaches_subscribing,
            breaches_templates,
            desk,
        )
        from releases.breaches import breaches  # noqa: PLC0415 -- app ready

        register(breaches)
        register(breaches_releases.breaches)
        register(breaches_subscribing.breaches)
        register(breaches_templates.breaches)
