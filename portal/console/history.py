"""What happened to an account, in words, from the audit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import Account, SignIn
from portal.kernel.compiled import Compiled
from portal.kernel.diagrams import DEAD_ENDS
from portal.kernel.models import AuditEvent

AT_HOME: Final = 6
LONGEST: Final = 200  # far more than the machines drawn have walked

# Who came and went fills the operation log; at home it would hide everything else.
COMINGS: Final = SignIn._meta.label
NEWEST: Final = Compiled(
    lambda account_id: (
        AuditEvent.objects.filter(account_id=account_id)
        .exclude(subject_type=COMINGS)
        .order_by("-id")[:AT_HOME]
    )
)


def latest(account: Account, *, planned: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the newest events as `_partials/history.html` wants them, what is planned on top."""
    return planned + [_entry(event) for event in NEWEST.fetch(account.pk)]


def walked(account: Account, labels: Iterable[str]) -> dict[tuple[str, int], list[str]]:
    """Return the states that the account's machines of these models left, in order, by label and id."""
    events = AuditEvent.objects.filter(account_id=account.pk, subject_type__in=list(labels)).exclude(
        target=""
    )
    left: dict[tuple[str, int], list[str]] = {}
    for event in reversed(events.order_by("-id")[:LONGEST]):
        left.setdefault((event.subject_type, event.subject_id), []).append(event.source)
    return left


def _entry(event: AuditEvent) -> dict[str, Any]:
    detail = capfirst(str(event.by)) if event.by.is_platform else str(event.by)
    if event.reason:
        detail = _("%(who)s: %(reason)s") % {"who": detail, "reason": event.reason}
    return {
        "at": event.at,
        "title": capfirst(str(event.label)),
        "detail": detail,
        "tone": "fail" if event.target in DEAD_ENDS else "done",
    }
