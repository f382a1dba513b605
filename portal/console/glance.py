"""What the home asks about an account beyond the account itself, in one query that is compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.db.models import CharField, Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext_lazy

from accounts import scans
from accounts.models import Account, Member
from information.models import Naming
from portal.kernel import limits, tallies
from portal.kernel.compiled import Compiled
from portal.kernel.limits import Limit, Usage
from portal.kernel.models import Confirmation, Deadline, Review, Tally
from portal.kernel.terms import AccountState, AccountType, EntityType, Role
from releases.models import Release, Submission, Version
from verification.actions import wire_transfer
from verification.models import WireTransfer

# What is counted by the month, and what the home calls it.
MONTHLY: Final = {
    Limit.PHOTO_CHANGES: gettext_lazy("Photo changes"),
    Limit.INTRODUCTION_CHANGES: gettext_lazy("Introduction changes"),
    Limit.CATEGORY_CHANGES: gettext_lazy("Category changes"),
    Limit.DOMAIN_CHANGES: gettext_lazy("Server domain changes"),
}
OF_MINI_PROGRAMS: Final = (Limit.CATEGORY_CHANGES, Limit.DOMAIN_CHANGES)
OF_THE_WIRE: Final = ("account", "state", "due_at", "amount_fen", "payer_name", "remark")
WAITING: Final = (Confirmation.State.SHOWN, Confirmation.State.SCANNED)


@dataclass(frozen=True)
class Glance:
    """What is used of the limits, what goes on, and what waits for somebody.

    `reviews` are the kinds that wait at the desk, `scan` is the purpose of what waits on the
    administrator's phone, or ''; `returned_at` is when validated money goes back.
    """

    wire: WireTransfer | None
    returned_at: datetime | None
    members: int  # of the project, with the administrator
    usages: Mapping[Limit, Usage]
    reviews: frozenset[str]
    scan: str
    scan_id: int
    version: str  # the number of the newest developed version, or ''
    submission: str  # the state of the newest submission that the desk got, or ''
    submitted: str  # and its version's number
    online: str  # the number of the version that all players get, or ''


def look(account: Account) -> Glance:
    """Return it for an account with its world. One query."""
    now = account.world.now()
    month, again_on = tallies.window(Limit.PHOTO_CHANGES, now)
    stored: Any = connection.ops.adapt_datetimefield_value(now)
    row: Any = _ACCOUNT.fetch(account.pk, month, stored)[0]
    purpose, _blank, scan_id = (row.scan or "").partition(" ")
    members = row.project_members + 1  # the administrator counts
    return Glance(
        wire=getattr(row, "wiretransfer", None),
        returned_at=row.returned_at,
        members=members,
        usages=_usages(row, members, again_on),
        reviews=frozenset(kind for kind in (row.review, row.other_review) if kind),
        scan=purpose,
        scan_id=int(scan_id or 0),
        version=row.version or "",
        submission=row.submission or "",
        submitted=row.submitted or "",
        online=row.online or "",
    )


def _usages(row: Any, members: int, again_on: date | None) -> dict[Limit, Usage]:
    official = AccountType(row.account_type).is_official
    monthly = [limit for limit in MONTHLY if not (official and limit in OF_MINI_PROGRAMS)]
    found = {limit: Usage(limit, getattr(row, limit.value), again_on=again_on) for limit in monthly}
    if row.released_at is None:
        changes = max(0, row.names - 1)  # the first name is no change
        naming = Limit.OFFICIAL_NAME_CHANGES if official else Limit.NAME_CHANGES
        found = {naming: Usage(naming, changes), **found}
    most = limits.members(
        EntityType(row.entity_type),
        authenticated=row.state == AccountState.AUTHENTICATED,
        released=row.released_at is not None,
    )
    return found | {Limit.PROJECT_MEMBERS: Usage(Limit.PROJECT_MEMBERS, members, ceiling=most)}


def _build(account: Any, month: Any, now: Any) -> QuerySet[Account]:
    mine: dict[str, Any] = {"account_id": OuterRef("pk")}
    spent = {
        limit.value: Coalesce(
            Subquery(
                Tally.objects.filter(limit=limit.value, subject_id=OuterRef("pk"), period=month).values(
                    "used"
                )
            ),
            0,
        )
        for limit in MONTHLY
    }
    promised = Deadline.objects.open().filter(
        kind=wire_transfer.RETURN, subject_id=OuterRef("wiretransfer__receipt_id")
    )
    waiting = Review.objects.open().filter(world_id=OuterRef("world_id"), **mine)
    asked = Confirmation.objects.filter(
        purpose__in=sorted(scans.NAMES),
        subject_id=OuterRef("pk"),
        state__in=WAITING,
        expires_at__gt=now,
    ).order_by("-id")
    active = Member.objects.filter(state=Member.State.ACTIVE, **mine).exclude(role=Role.EXPERIENCE_MEMBER)
    adopted = Naming.objects.filter(state=Naming.State.ADOPTED, **mine)
    developed = Version.objects.filter(state=Version.State.DEVELOPED, **mine).order_by("-pk")
    submitted = Submission.objects.filter(submitted_at__isnull=False, **mine).order_by("-pk")
    online = Release.objects.filter(state=Release.State.FULL, **mine)
    return (
        Account.objects.filter(pk=account)
        .select_related("wiretransfer")
        .only(
            "state",
            "account_type",
            "entity_type",
            "released_at",
            *(f"wiretransfer__{name}" for name in OF_THE_WIRE),
        )
        .annotate(
            **spent,
            project_members=_count(active),
            names=_count(adopted),
            version=Subquery(developed.values("number")[:1]),
            submission=Subquery(submitted.values("state")[:1]),
            submitted=Subquery(submitted.values("version__number")[:1]),
            online=Subquery(online.values("submission__version__number")[:1]),
            returned_at=Subquery(promised.values("due_at")[:1]),
            review=Subquery(waiting.order_by("kind").values("kind")[:1]),
            other_review=Subquery(waiting.order_by("-kind").values("kind")[:1]),
            scan=Subquery(asked.values_list(Concat("purpose", Value(" "), Cast("id", CharField())))[:1]),
        )
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("account_id").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


_ACCOUNT: Final = Compiled(_build, parameters=3)
