"""The kernel as a Django app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import pgettext_lazy


class KernelConfig(AppConfig):
    """Connects the audit receiver, the database guards and the reviewers' group."""

    name = "portal.kernel"
    label = "kernel"
    verbose_name = pgettext_lazy("desk", "Kernel")

    def ready(self) -> None:
        """Connect what must hear every transition and every migration, and teach addresses their ids."""
        from portal.kernel import audit, guards, ids, reviewers  # noqa: F401, PLC0415 -- app ready

        audit.connect()
        post_migrate.connect(guards.install, sender=self, dispatch_uid="kernel.guards")
        post_migrate.connect(reviewers.make_group, sender=self, dispatch_uid="kernel.reviewers")
