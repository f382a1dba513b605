"""What happened: one row for each transition and each act. Never changed."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from portal.kernel import clock, guards
from portal.kernel.actors import Actor, ActorKind
from portal.kernel.terms import Role


class AuditEvent(models.Model):
    """One transition: who, when, from where to where. Never changed; follows nothing by key."""

    world_id = models.BigIntegerField()
    account_id = models.BigIntegerField(null=True)
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    name = models.CharField(max_length=64)
    source = models.CharField(max_length=32)
    target = models.CharField(max_length=32)
    by_kind = models.CharField(max_length=12, choices=ActorKind.choices)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=254)
    by_role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=45, blank=True, help_text="The network address it came from.")
    request_id = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.real_now)

    class Meta:
        verbose_name = pgettext_lazy("desk", "audit event")
        verbose_name_plural = pgettext_lazy("desk", "audit events")
        indexes = [
            models.Index(fields=["world_id", "-id"], name="audit_world"),
            models.Index(fields=["account_id", "-id"], name="audit_account"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}: {self.name}"

    @property
    def by(self) -> Actor:
        """Return who did it."""
        return Actor(ActorKind(self.by_kind), self.by_id, self.by_name, self.by_role)

    @property
    def label(self) -> str | Promise:
        """Return what happened, as the act is called, or in the words of the machine it happened to."""
        from portal.kernel import audit, machines  # noqa: PLC0415 -- both read this module

        return audit.ACTS.get(self.name) or machines.transition_label(self.subject_type, self.name)


guards.append_only(AuditEvent)
