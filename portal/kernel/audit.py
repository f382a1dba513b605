"""One receiver writes every transition of every machine, in the transaction that made it; acts are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from django.db import models

from portal.kernel import bulk
from portal.kernel.actors import Actor
from portal.kernel.fsm import post_transition
from portal.kernel.models import AuditEvent, World

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

request_id: ContextVar[str] = ContextVar("request_id", default="")
address: ContextVar[str] = ContextVar("address", default="")
_batch: ContextVar[list[AuditEvent] | None] = ContextVar("audit_batch", default=None)

ACTS: Final[dict[str, StrOrPromise]] = {}


def connect() -> None:
    """Listen to every transition."""
    post_transition.connect(record, dispatch_uid="kernel.audit")


def record(
    sender: type[models.Model],
    instance: Any,
    name: str,
    source: str,
    target: str,
    method_kwargs: dict[str, Any],
    **_: object,
) -> None:
    """Write one transition. Requires a saved subject with a world, and `by=` among its arguments."""
    if instance.pk is None:
        raise ValueError(f"{sender.__name__} must be saved before it moves")
    event = entry(
        instance,
        name,
        source=source,
        target=target,
        by=method_kwargs["by"],
        reason=str(method_kwargs.get("reason", "")),
    )
    batch = _batch.get()
    if batch is None:
        event.save(force_insert=True)
    else:
        batch.append(event)


def register(name: str, label: StrOrPromise) -> str:
    """Make an act known that is no transition, under what an operation log calls it; returns its name."""
    ACTS[name] = label
    return name


def act(subject: Any, name: str, *, by: Actor, detail: str = "") -> AuditEvent:
    """Write down an act that is no transition; belongs inside its action. `detail`: to whom, which, how."""
    if name not in ACTS:
        raise LookupError(f"unknown act {name}")
    event = entry(subject, name, by=by, reason=detail)
    event.save(force_insert=True)
    return event


def entry(
    subject: Any, name: str, *, source: str = "", target: str = "", by: Actor, reason: str = ""
) -> AuditEvent:
    """Return an unsaved audit row about `subject`, as of its world's time.

    It belongs to the account's operation log, unless players make such rows: the log is of those
    who work on the account.
    """
    world: World = subject if isinstance(subject, World) else subject.world
    account_id = subject.pk if subject._meta.label == "accounts.Account" else None
    logged = getattr(subject, "in_operation_log", True)
    return AuditEvent(
        world_id=world.pk,
        account_id=(account_id or getattr(subject, "account_id", None)) if logged else None,
        subject_type=subject._meta.label,
        subject_id=subject.pk,
        name=name,
        source=source,
        target=target,
        by_kind=by.kind,
        by_id=by.id,
        by_name=by.name[:254],
        by_role=by.role,
        reason=reason[:300],
        address=address.get(),
        request_id=request_id.get(),
        at=world.now(),
    )


@contextmanager
def batched() -> Iterator[None]:
    """Collect the transitions made inside and insert them at once on leaving.

    For handlers of many deadlines, inside their transaction; an exception inside writes nothing.
    """
    events: list[AuditEvent] = []
    token = _batch.set(events)
    try:
        yield
    finally:
        _batch.reset(token)
    bulk.insert(events)
