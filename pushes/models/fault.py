"""What a world does to its pushes on demand (SIM-8)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from portal.kernel.models import World


class PushFault(models.Model):
    """A fault that pushes of a world meet; which ones, the world's seed says."""

    class Kind(models.TextChoices):
        """What happens to a push."""

        LOST = "lost", pgettext_lazy("push fault", "Its first try is lost on the way")
        LATE = "late", pgettext_lazy("push fault", "It sets out ten minutes late")
        TWICE = "twice", pgettext_lazy("push fault", "It comes twice")

    world = models.ForeignKey(World, on_delete=models.CASCADE)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    percent = models.PositiveSmallIntegerField()
    drawn = models.PositiveBigIntegerField(default=0, help_text="How many pushes it was asked about.")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "kind"], name="one_push_fault_of_a_kind")]

    def __str__(self) -> str:
        return self.kind
