"""Releasing an approved version: to everybody or in phases, back again, and not at all (REL-8, REL-9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import notices, scans
from accounts.models import Account
from portal.kernel import deadlines, limits
from portal.kernel.action import action
from portal.kernel.actors import TIMER, Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation, Deadline
from portal.kernel.terms import Capability
from portal.kernel.text import clean
from releases import obstacles, words
from releases.actions.internal_tests import internal_test_of, require_no_internal_test
from releases.models import Release, Service, Submission
from releases.obstacles import ALL, Obstacle, Online

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State = Release.State

LONGEST_REASON: Final = 200


@dataclass(frozen=True)
class First:
    """Who gets a phased release whatever their share: developers, experience members."""

    developers: bool = False
    testers: bool = False

    @property
    def least(self) -> int:
        """Return the least share, in percent."""
        return 0 if self.developers or self.testers else 1


NOBODY_FIRST: Final = First()


@action
def ask_to_release(submission_id: int, *, percent: int, by: Actor) -> Confirmation:
    """Ask the administrator's phone to release an approved version to `percent` of the players.

    Refused for whatever `obstacles.of_release` names: now, and once more in the moment of the scan.
    """
    submission = Submission.objects.select_related("version").get(pk=submission_id)
    account = Account.objects.lock(submission.account_id)
    account.require(Capability.RELEASE, by=by)
    for obstacle in _obstacles(account, submission_id, percent):
        raise Refused(
            _("Not released. %(why)s") % {"why": obstacle.sentence},
            code=obstacle.code,
            field=obstacle.field,
            way_out=words.RELEASING,
        )
    version = submission.version
    facts = {"number": version.number, "description": version.description, "asked_by": by.name}
    return scans.ask(
        words.RELEASE, account, by=by, facts={"submission": submission_id, "percent": percent, **facts}
    )


@action
def release(account_id: int, *, by: Actor) -> Release:
    """Release the approved version to everybody, without a scan: for a server; one in phases goes to all.

    Refused for whatever `obstacles.of_release` names.
    """
    account = Account.objects.lock(account_id)
    phased = online_of(account).phased
    if phased is not None:
        return grow(phased.pk, percent=ALL, by=by)
    return _released_by_server(account, First(), percent=ALL, by=by)


@action
def release_in_phases(account_id: int, *, percent: int, first: First, by: Actor) -> Release:
    """Release the approved version to a share, without a scan: for a server; a running one grows.

    `first` are the people who get it whatever their share: with them it may be 0 percent. A running
    release keeps those whom it began with. Refused as `release` and `grow` do.
    """
    account = Account.objects.lock(account_id)
    phased = online_of(account).phased
    if phased is not None:
        return grow(phased.pk, percent=percent, by=by)
    return _released_by_server(account, first, percent=percent, by=by)


@action
def grow(release_id: int, *, percent: int, by: Actor) -> Release:
    """Let a phased release reach more players; at 100 it is full (85082)."""
    release = locked(release_id)
    account = release.account
    account.require(Capability.RELEASE, by=by)
    require_no_internal_test(account)
    _require_phased(release)
    if not release.percent < percent <= ALL:
        raise Refused(
            _("Not changed: the share only grows (85082). Choose from %(least)d to 100 percent.")
            % {"least": release.percent + 1},
            code="percent",
            field="percent",
        )
    if percent == ALL:
        _complete(release, at=account.world.now(), by=by)
    else:
        release.grow(percent=percent, reason=f"{release.percent} % - {percent} %", by=by)
        release.save()
        notices.tell(account, words.PHASED, number=_number(release), percent=percent)
    return release


@action
def cancel(release_id: int, *, by: Actor) -> Release:
    """Cancel a phased release: its players go back to the last full version."""
    release = locked(release_id)
    account = release.account
    account.require(Capability.RELEASE, by=by)
    _require_phased(release)
    release.cancel(at=account.world.now(), by=by)
    release.save()
    deadlines.cancel(words.FULL, subject_id=release.pk)
    notices.tell(account, words.CANCELLED, number=_number(release))
    words.write(account, "cancelled", number=_number(release))
    return release


@deadlines.on(words.FULL, title=lambda _row: gettext_lazy("A phased release goes to all players"))
def complete(row: Deadline) -> str:
    """Give a phased release to everybody when its fifteen days are over."""
    release = locked(row.subject_id)
    if release.state != State.PHASED:
        return "kept"
    _complete(release, at=row.due_at, by=TIMER)
    return "full"


def rollback_obstacle(account: Account) -> Obstacle | None:
    """Return why nothing can be rolled back now (87011, 87012), or None. One query."""
    return obstacles.of_rollback(list(Release.objects.filter(account=account).order_by("-pk")[:2]))


def rollback_choices(account: Account) -> list[Release]:
    """Return what a rollback may go back to: the five releases before the one online, newest first.

    Empty while `rollback_obstacle` names one. What came back by a rollback is not among them: the
    release that it repeated is.
    """
    if rollback_obstacle(account):
        return []
    before = Release.objects.filter(account=account, state=State.REPLACED, rollback_of__isnull=True)
    found = before.select_related("submission__version").defer("submission__version__contents")
    return list(found.order_by("-pk")[: limits.ROLLBACK_CHOICES])


@action
def roll_back(account_id: int, *, to: int, by: Actor) -> Release:
    """Put one of the five earlier releases online again, for everybody (console-rules 7.8)."""
    account = Account.objects.lock(account_id)
    account.require(Capability.RELEASE, by=by)
    chosen = next((release for release in rollback_choices(account) if release.pk == to), None)
    if chosen is None:
        obstacle = rollback_obstacle(account)
        raise Refused(
            _("Not rolled back. %(why)s") % {"why": obstacle.sentence}
            if obstacle
            else _("Not rolled back: choose one of the versions in the list."),
            code="rollback",
            field="" if obstacle else "to",
            way_out=words.RELEASING,
        )
    now = account.world.now()
    _replace_full(account, at=now, by=by)
    release = Release.objects.create(
        world=account.world,
        account=account,
        submission=chosen.submission,
        rollback_of=chosen,
        released_by=by.name[:40],
        released_at=now,
    )
    release.complete(at=now, by=by)
    release.save()
    notices.tell(account, words.ROLLED_BACK, number=_number(release))
    words.write(account, "rolled_back", number=_number(release))
    return release


@action
def suspend(account_id: int, *, reason: str, by: Actor) -> Service:
    """Suspend the service: players see the platform's page instead of the game. `reason` is kept."""
    account = Account.objects.lock(account_id)
    account.require(Capability.SUSPEND_SERVICE, by=by)
    service = _service(account)
    if service.state == Service.State.SUSPENDED:
        raise Refused(
            _("Nothing was done: the service is suspended already."),
            code="suspended",
            way_out=words.RELEASING,
        )
    why = _reason(reason)
    service.suspend(reason=why, by=by)
    service.save()
    account.suspended_at = account.world.now()
    account.save(update_fields=["suspended_at"])
    notices.tell(account, words.SUSPENDED, reason=why)
    words.write(account, "suspended", reason=why)
    return service


@action
def resume(account_id: int, *, by: Actor) -> Service:
    """Serve players again, with the version that was online."""
    account = Account.objects.lock(account_id)
    account.require(Capability.SUSPEND_SERVICE, by=by)
    service = _service(account)
    if service.state == Service.State.RUNNING:
        raise Refused(
            _("Nothing was done: the service is not suspended."), code="running", way_out=words.RELEASING
        )
    service.resume(by=by)
    service.save()
    account.suspended_at = None
    account.save(update_fields=["suspended_at"])
    notices.tell(account, words.RESUMED)
    words.write(account, "resumed")
    return service


def locked(release_id: int) -> Release:
    """Return a release locked after its account, both with one and the same world."""
    account = Account.objects.lock(Release.objects.values_list("account_id", flat=True).get(pk=release_id))
    release = Release.objects.lock(release_id)
    release.account, release.world = account, account.world
    return release


def online_of(account: Account) -> Online:
    """Return what players get now. One query."""
    found = {
        release.state: release
        for release in Release.objects.filter(account=account, state__in=(State.FULL, State.PHASED))
    }
    return Online(found.get(State.FULL), found.get(State.PHASED))


def _obstacles(
    account: Account, submission_id: int | None, percent: int, least: int = 1
) -> Iterator[Obstacle]:
    submission = Submission.objects.get(pk=submission_id, account=account) if submission_id else None
    test = internal_test_of(account)
    return obstacles.of_release(submission, online_of(account), test, percent, least=least)


def _released_by_server(account: Account, first: First, *, percent: int, by: Actor) -> Release:
    """Release the newest submission, once nothing forbids it; the account is locked."""
    account.require(Capability.RELEASE, by=by)
    newest = Submission.objects.filter(account=account, submitted_at__isnull=False).order_by("-pk").first()
    for obstacle in _obstacles(account, newest.pk if newest else None, percent, first.least):
        raise Refused(
            _("Not released. %(why)s") % {"why": obstacle.sentence},
            code=obstacle.number or obstacle.code,
            field=obstacle.field,
        )
    if newest is None:
        raise LookupError("what is not there was refused")
    return _put_out(account, newest.pk, percent, by=by, first=first)


def _reason(typed: str) -> str:
    try:
        reason = clean(typed, max_length=LONGEST_REASON)
    except ValueError as refusal:
        raise Refused(str(refusal), code="reason", field="reason") from None
    if not reason:
        raise Refused(_("Not suspended: write why. The log keeps it."), code="reason", field="reason")
    return reason


def _require_phased(release: Release) -> None:
    if release.state != State.PHASED:
        raise Refused(
            _("Nothing was done: this release is not a phased one any more."),
            code="phased",
            way_out=words.RELEASING,
        )


def _complete(release: Release, *, at: datetime, by: Actor) -> None:
    _replace_full(release.account, at=at, by=by)
    release.complete(at=at, by=by)
    release.save()
    if by != TIMER:  # the clock's own promise is claimed by itself
        deadlines.cancel(words.FULL, subject_id=release.pk)
    notices.tell(release.account, words.RELEASED, number=_number(release))
    words.write(release.account, "released", number=_number(release))


def _replace_full(account: Account, *, at: datetime, by: Actor) -> None:
    online = Release.objects.filter(account=account, state=State.FULL).first()
    if online:
        online = Release.objects.lock(online.pk)
        online.replace(at=at, by=by)
        online.save()


def _number(release: Release) -> str:
    return release.submission.version.number


def _service(account: Account) -> Service:
    return Service.objects.lock(Service.objects.values_list("pk", flat=True).get(account=account))


# --- the scan -----------------------------------------------------------------------------


def _release(confirmation: Confirmation, by: Actor) -> None:
    """Release what the administrator has confirmed; `_objection` has looked again just now."""
    account = Account.objects.lock(confirmation.subject_id)
    _put_out(account, confirmation.facts["submission"], confirmation.facts["percent"], by=by)


def _put_out(
    account: Account, submission_id: int, percent: int, *, by: Actor, first: First = NOBODY_FIRST
) -> Release:
    """Put an approved version before the players, all or a share of them; the account is locked."""
    now = account.world.now()
    submission = Submission.objects.lock(submission_id)
    submission.release(at=now, by=by)
    submission.save()
    if account.released_at is None:
        account.released_at = now
        account.save(update_fields=["released_at"])
    release = Release.objects.create(
        world=account.world,
        account=account,
        submission=submission,
        percent=percent,
        to_developers=first.developers and percent < ALL,
        to_testers=first.testers and percent < ALL,
        released_by=by.name[:40],
        released_at=now,
        full_by=now + limits.PHASED_RELEASE if percent < ALL else None,
    )
    release.account, release.world = account, account.world
    if percent == ALL:
        _complete(release, at=now, by=by)
        return release
    deadlines.schedule(words.FULL, subject=release, account_id=account.pk, due_at=now + limits.PHASED_RELEASE)
    notices.tell(account, words.PHASED, number=_number(release), percent=percent)
    words.write(account, "phased", number=_number(release), percent=percent, full_by=release.full_by)
    return release


def _objection(confirmation: Confirmation, _by: Actor) -> str:
    """Return why what was asked for is not possible any more, or ''; the account is locked."""
    account = Account.objects.select_related("world").get(pk=confirmation.subject_id)
    facts = confirmation.facts
    found = next(_obstacles(account, facts["submission"], facts["percent"]), None)
    return _("Not released. %(why)s") % {"why": found.sentence} if found else ""


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    facts = confirmation.facts
    share = _("all") if facts["percent"] == ALL else _("%(percent)d percent") % {"percent": facts["percent"]}
    shown: list[tuple[StrOrPromise, str]] = [
        (_("Version"), facts["number"]),
        (_("Players"), share),
        (_("Asked by"), facts["asked_by"]),
    ]
    return [*shown, (_("Description"), facts["description"])] if facts["description"] else shown


scans.register(
    words.RELEASE,
    capability=Capability.RELEASE,
    title=lambda _confirmation: gettext_lazy("Release a version"),
    carry_out=_release,
    facts=_facts,
    also=_objection,
    waits_at=words.RELEASING,
)
