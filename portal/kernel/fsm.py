"""The one door to django_fsm: a state only transitions may change.

django-fsm-2's own `refresh_from_db` switches the protection off on the field object that all
threads share, and `QuerySet.update(state=...)` walks around it. Both are closed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

from django.db import connection, models
from django.db.models.signals import class_prepared
from django.db.transaction import TransactionManagementError
from django.utils.functional import Promise
from django_fsm import (
    ConcurrentTransition,
    ConcurrentTransitionMixin,
    FSMField,
    TransitionNotAllowed,
    can_proceed,
)
from django_fsm import transition as _transition
from django_fsm.signals import post_transition

from portal.kernel import locks
from portal.kernel.compiled import Compiled

__all__ = [
    "ConcurrentTransition",
    "StateField",
    "Stateful",
    "StatefulQuerySet",
    "TransitionNotAllowed",
    "can_proceed",
    "post_transition",
    "transition",
]

P = ParamSpec("P")
S = TypeVar("S", bound="Stateful")
M = TypeVar("M", bound=models.Model)

if TYPE_CHECKING:
    _Field = models.CharField[str, str]
    _Mixin = models.Model
else:
    _Field = FSMField
    _Mixin = ConcurrentTransitionMixin


class StateField(_Field):
    """A state that only transitions may change."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"protected": True, "max_length": 32, **kwargs})

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Take a place in a model, whose transitions are collected once it is prepared."""
        super().contribute_to_class(cls, name, private_only=private_only)
        # A migration's model has no transitions. It is rendered hundreds of times, and every field left
        # listening would be asked about every model rendered after it: half the time of `migrate`.
        if not TYPE_CHECKING and cls.__module__ == "__fake__":
            class_prepared.disconnect(self._collect_transitions)


class StatefulQuerySet(models.QuerySet[M]):
    """Queries of a model with a state machine."""

    def lock(self, pk: int) -> M:
        """Return the row for a change: its world held (shared), then the row locked, until commit.

        Of all rows, whatever this queryset was filtered by. Raises the model's DoesNotExist.
        """
        if not connection.in_atomic_block:
            raise TransactionManagementError("a lock lasts until commit, and there is no transaction")
        world_of, row_of = _locking(self.model)
        world_id = world_of.first(pk)
        if world_id is not None:
            locks.share_world(world_id)
        row: M | None = row_of.first(pk)
        if row is None:
            raise self.model.DoesNotExist(f"no {self.model.__name__} {pk}")  # type: ignore[attr-defined]
        return row

    def update(self, **changes: Any) -> int:
        """Refuse to change a state behind the machine's back; else as Django does."""
        for name in changes:
            if isinstance(self.model._meta.get_field(name), StateField):
                raise TypeError(f"{self.model.__name__}.{name} changes by transition only")
        return super().update(**changes)

    def lock_all(self, pks: Iterable[int]) -> dict[int, M]:
        """Return rows by id, locked in ascending order. Their world must be held already."""
        rows = self.filter(pk__in=list(pks)).order_by("pk").select_for_update(no_key=True)
        return {row.pk: row for row in rows}

    def save_states(self, rows: Iterable[M], **values: Any) -> int:
        """Write locked rows, all moved in memory to one state, with a single UPDATE.

        `values` names the state and what else the transition changed; expressions are allowed.
        """
        states = {
            name: value
            for name, value in values.items()
            if isinstance(self.model._meta.get_field(name), StateField)
        }
        rows = list(rows)
        if not states or any(getattr(row, name) != state for row in rows for name, state in states.items()):
            raise ValueError("a batch is saved in the state that each row was moved to")
        return models.QuerySet.update(self.filter(pk__in=[row.pk for row in rows]), **values)


@cache
def _locking(model: type[models.Model]) -> tuple[Compiled[int], Compiled[Any]]:
    """Return the queries of a lock: a row's world, and the row. Every action begins with them."""
    rows = model._default_manager.all()
    return (
        Compiled(lambda pk: rows.filter(pk=pk).values_list("world_id", flat=True)),
        # Children may still be inserted meanwhile: their foreign keys need only the key to stay.
        Compiled(
            lambda pk: rows.filter(pk=pk).select_for_update(no_key=True, of=("self",)).select_related("world")
        ),
    )


class StatefulMixin(_Mixin):
    """Re-reads protected fields without touching what threads share."""

    if TYPE_CHECKING:
        state_fields: Iterable[Any]

        class Meta:
            abstract = True

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Self] | None = None,
    ) -> None:
        """Read this row again, its state included."""
        if fields is None:
            deferred = self.get_deferred_fields()
            fields = [field.attname for field in self._meta.concrete_fields if field.attname not in deferred]
            getattr(self, "_prefetched_objects_cache", {}).clear()
        fields = list(fields)
        for field in self._meta.concrete_fields:
            if isinstance(field, StateField):
                # The descriptor accepts a first value only, and the row read always brings its state.
                self.__dict__.pop(field.attname, None)
        models.Model.refresh_from_db(self, using=using, fields=fields, from_queryset=from_queryset)
        if not self.get_deferred_fields() & {field.attname for field in self.state_fields}:
            self._update_initial_state()  # type: ignore[attr-defined]


class Stateful(StatefulMixin, models.Model):
    """A model whose save fails if somebody else moved its state first."""

    class Meta:
        abstract = True


def transition(
    *,
    field: Any,
    source: str | Iterable[str],
    target: str,
    label: str | Promise,
    who: str | Promise,
    conditions: Iterable[Callable[[Any], bool]] = (),
) -> Callable[[Callable[Concatenate[S, P], None]], Callable[Concatenate[S, P], None]]:
    """Declare one edge of a state machine on the method that walks it.

    `label` says what happens and `who` who does it, for diagrams and history. No wildcard sources,
    no permissions, no error states: policy.py permits, errors roll back, and the machine can be drawn.
    """
    sources = [source] if isinstance(source, str) else list(source)
    if "*" in sources:
        raise ValueError("a machine with wildcards cannot be drawn")
    decorator: Any = _transition(
        field=field,
        source=sources,
        target=target,
        conditions=list(conditions),
        custom={"label": label, "who": who},
    )
    return decorator  # type: ignore[no-any-return]
