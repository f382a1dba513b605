"""The operation log: what happened to an account, who did it, as what and from where (DEV-4).

Read from the audit, which every transition and every act writes by itself; newest first, by key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.actions import development, passwords
from accounts.models import Account
from portal.kernel import spreadsheets
from portal.kernel.actors import ActorKind
from portal.kernel.calendar import SHANGHAI
from portal.kernel.diagrams import DEAD_ENDS
from portal.kernel.forms import DayField, TextField
from portal.kernel.models import AuditEvent
from portal.kernel.terms import Role

CHUNK: Final = 2000
PLATFORM: Final = "platform"

# Acts have a stage in their names, transitions have none.
_ACT: Final = Q(name__contains=".")
_DEVELOPMENT: Final = (
    development.SECRET_SET,
    development.KEY_SET,
    development.API_ALLOWLIST,
    development.UPLOAD_ALLOWLIST,
    development.DOMAINS,
    development.BUSINESS_DOMAINS,
    development.PUSH,
    development.PUSH_STOPPED,
)

# What a reader wants to see together, by what the audit calls its rows.
ABOUT: Final[dict[str, tuple[Any, Q]]] = {
    "verification": (
        gettext_lazy("Registration and verification"),
        (Q(subject_type="accounts.Account") & ~_ACT)
        | Q(subject_type__startswith="verification.") & ~Q(subject_type="verification.AdministratorChange"),
    ),
    "reviews": (gettext_lazy("Reviews"), Q(subject_type="kernel.Review")),
    "information": (
        gettext_lazy("Information"),
        Q(subject_type__startswith="information.")
        | Q(subject_type="accounts.Category")
        | Q(subject_type="accounts.Account", name__startswith="information."),
    ),
    "members": (
        gettext_lazy("Members"),
        Q(subject_type__in=["accounts.Member", "verification.AdministratorChange"]),
    ),
    "log_in": (
        gettext_lazy("Log-in and password"),
        Q(subject_type="accounts.SignIn") | Q(name=passwords.CHANGED),
    ),
    "development": (
        gettext_lazy("Development settings"),
        Q(name__in=_DEVELOPMENT) | Q(name__startswith="pushes.") | Q(subject_type__startswith="pushes."),
    ),
    "releases": (
        gettext_lazy("Versions and releases"),
        Q(subject_type__startswith="releases.") | Q(name__startswith="releases."),
    ),
    "payments": (
        gettext_lazy("Payment"),
        Q(subject_type__startswith="payments.")
        | Q(subject_type="accounts.Account", name__startswith="payments."),
    ),
    "associations": (
        gettext_lazy("Associations"),
        Q(subject_type__startswith="associations.") | Q(name__startswith="associations."),
    ),
    "platforms": (
        gettext_lazy("Authorized Platforms"),
        Q(subject_type__startswith="platforms.") | Q(name__startswith="platforms."),
    ),
    "closing": (gettext_lazy("Closing"), Q(subject_type="accounts.Closing")),
}


class LogForm(forms.Form):
    """What of the log to show."""

    about = forms.ChoiceField(
        label=pgettext_lazy("operation log", "About"),
        required=False,
        choices=[
            ("", gettext_lazy("Everything")),
            *((name, label) for name, (label, _rows) in ABOUT.items()),
        ],
    )
    role = forms.ChoiceField(
        label=pgettext_lazy("operation log", "As"),
        required=False,
        choices=[
            ("", gettext_lazy("Anybody")),
            *((role.value, role.label) for role in Role if role != Role.EXPERIENCE_MEMBER),
            (PLATFORM, gettext_lazy("The platform")),
        ],
    )
    who = TextField(label=pgettext_lazy("operation log", "Who"), required=False, max_length=40)
    since = DayField(label=pgettext_lazy("operation log", "From"), required=False)
    until = DayField(label=pgettext_lazy("operation log", "To"), required=False)


@dataclass(frozen=True)
class Line:
    """One line of the log, in the reader's language; `number` is the ticket id to name in a question."""

    number: int
    at: datetime
    what: str
    detail: str
    who: str
    role: str
    address: str
    tone: str


def events(account: Account, asked: dict[str, Any]) -> QuerySet[AuditEvent]:
    """Return the account's audit rows that were asked for; `asked` is the form's cleaned data.

    Days are Shanghai's, both ends included.
    """
    found = AuditEvent.objects.filter(account_id=account.pk)
    if asked.get("about"):
        found = found.filter(ABOUT[asked["about"]][1])
    if asked.get("role") == PLATFORM:
        found = found.filter(by_kind=ActorKind.PLATFORM)
    elif asked.get("role"):
        found = found.filter(by_role=asked["role"])
    if asked.get("who"):
        found = found.filter(by_name__icontains=asked["who"])
    if since := asked.get("since"):
        found = found.filter(at__gte=_midnight(since))
    if until := asked.get("until"):
        found = found.filter(at__lt=_midnight(until) + timedelta(days=1))
    return found


def line(event: AuditEvent) -> Line:
    """Return a row of the audit as the log shows it."""
    return Line(
        number=event.pk,
        at=event.at,
        what=capfirst(str(event.label)),
        detail=event.reason,
        who=capfirst(str(event.by)) if event.by.is_platform else str(event.by),
        role=str(Role(event.by_role).label) if event.by_role else "",
        address=event.address,
        tone="fail" if event.target in DEAD_ENDS else "done",
    )


def as_csv(rows: QuerySet[AuditEvent]) -> Iterator[str]:
    """Yield the rows as CSV, newest first, a line at a time: the memory it takes does not grow with them."""
    head = [
        pgettext("operation log", "Number"),
        _("Time"),
        pgettext("operation log", "Who"),
        pgettext("operation log", "As"),
        pgettext("operation log", "What"),
        _("Detail"),
        pgettext("operation log", "Address"),
    ]
    yield from spreadsheets.lines(head, map(_cells, rows.order_by("-pk").iterator(chunk_size=CHUNK)))


def _cells(event: AuditEvent) -> list[str | int]:
    shown = line(event)
    at = shown.at.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return [shown.number, at, shown.who, shown.role, shown.what, shown.detail, shown.address]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
