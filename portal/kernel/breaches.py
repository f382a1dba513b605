"""Invariants that `manage.py audit` derives anew from the rows, each app's own (OPS-3)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from django.apps import apps
from django.db.models import Count, F, ForeignKey, Model, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from portal.kernel import guards
from portal.kernel.machines import Machine, machines
from portal.kernel.models import AuditEvent, Deadline

Check = Callable[[], list[str]]

CHECKS: list[Check] = []


def register(check: Check) -> Check:
    """Add a check: it returns one sentence for each breach it finds, none when all is well."""
    if check not in CHECKS:
        CHECKS.append(check)
    return check


def found() -> list[str]:
    """Return every breach that any check finds, in the order the checks were registered."""
    return list(chain.from_iterable(check() for check in CHECKS))


@register
def untold_states() -> list[str]:
    """Return rows whose state is not the one that the audit last recorded for them."""
    return list(chain.from_iterable(_untold(machine) for machine in machines()))


def _untold(machine: Machine) -> list[str]:
    told = AuditEvent.objects.filter(subject_type=machine.name, subject_id=OuterRef("pk")).exclude(target="")
    rows = machine.model._default_manager.annotate(
        told=Coalesce(Subquery(told.order_by("-id").values("target")[:1]), Value(machine.initial))
    ).exclude(**{machine.field: F("told")})
    return [
        f"{machine.name} {pk}: is {state}, the audit says {said}"
        for pk, state, said in rows.values_list("pk", machine.field, "told").iterator()
    ]


@register
def fired_twice() -> list[str]:
    """Return promises that more than one row of the same kind, subject and moment says were kept."""
    kept = Deadline.objects.filter(status=Deadline.Status.FIRED).exclude(outcome="kept")
    promise = ("kind", "subject_id", "detail", "due_at")
    twice = kept.order_by().values_list(*promise).annotate(times=Count("pk")).filter(times__gt=1)
    return [
        f"deadline {' '.join(filter(None, [kind, detail]))} of {subject} due {due_at.isoformat()}:"
        f" fired {times} times"
        for kind, subject, detail, due_at, times in twice.iterator()
    ]


@register
def guards_missing() -> list[str]:
    """Return the guards that the database should hold and does not."""
    there = guards.installed()
    wanted = [name for guard in guards.GUARDS for name in guards.names(guard)]
    return [f"guard {name} is not installed" for name in wanted if name not in there]


@register
def leaks() -> list[str]:
    """Return the foreign keys that join rows of two worlds, with how many rows each has (SIM-1, R26)."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if not (isinstance(field, ForeignKey) and _has_world(model) and _has_world(field.related_model)):
                continue
            joined = model._base_manager.filter(**{f"{field.name}__isnull": False})
            strays = joined.exclude(world_id=F(f"{field.name}__world_id")).count()
            if strays:
                found.append(f"{model._meta.label}.{field.name}: {strays} rows point into another world")
    return found


def _has_world(model: type[Model] | str) -> bool:
    return isinstance(model, type) and any(
        field.attname == "world_id" for field in model._meta.concrete_fields
    )
