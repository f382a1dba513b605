"""Releasing an approved version: to everybody or in phases, back again, and not at all (REL-8, REL-9)."""

from __future__ import annotations

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
from releases import words
from releases.actions.internal_tests import require_no_internal_test
from releases.models import Release, Service, Submission

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State = Release.State

ALL: Final = 100


@action
def ask_to_release(submission_id: int, *, percent: int, by: Actor) -> Confirmation:
    """Ask the administrator's phone to release an approved version to `percent` of the players.

    Refused during an internal test; for a phased first release, for a phased release while another
    runs, and for anything that is not approved (85019, 85020, 85081).
    """
    submission = Submission.objects.select_related("version").get(pk=submission_id)
    account = Account.objects.lock(submission.account_id)
    account.require(Capability.RELEASE, by=by)
    _require_releasable(account, submission_id, percent)
    return scans.ask(
        words.RELEASE,
        account,
        by=by,
        facts={"submission": submission_id, "percent": percent, "number": submission.version.number},
    )


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
            _("Not changed: the share only grows, from %(now)d up to 100 percent.")
            % {"now": release.percent},
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
    return release


@deadlines.on(words.FULL, title=lambda _row: gettext_lazy("A phased release goes to all players"))
def complete(row: Deadline) -> str:
    """Give a phased release to everybody when its fifteen days are over."""
    release = locked(row.subject_id)
    if release.state != State.PHASED:
        return "kept"
    _complete(release, at=row.due_at, by=TIMER)
    return "full"


def rollback_choices(account: Account) -> list[Release]:
    """Return what a rollback may go back to: the five releases before the one online, newest first.

    Empty while a phased release runs (87011), when what is online is itself a rollback, or the
    release before it was a cancelled phased one (87012).
    """
    newest = list(
        Release.objects.filter(account=account).select_related("submission__version").order_by("-pk")[:2]
    )
    if not newest or newest[0].state != State.FULL or newest[0].rollback_of_id is not None:
        return []
    if len(newest) > 1 and newest[1].state == State.CANCELLED:
        return []
    before = Release.objects.filter(account=account, state=State.REPLACED, rollback_of__isnull=True)
    return list(before.select_related("submission__version").order_by("-pk")[: limits.ROLLBACK_CHOICES])


@action
def roll_back(account_id: int, *, to: int, by: Actor) -> Release:
    """Put one of the five earlier releases online again, for everybody (console-rules 7.8)."""
    account = Account.objects.lock(account_id)
    account.require(Capability.RELEASE, by=by)
    chosen = next((release for release in rollback_choices(account) if release.pk == to), None)
    if chosen is None:
        raise Refused(
            _("Not rolled back: there is no earlier version to go back to now. A phased release has to end "
              "first, and a rollback cannot be rolled back."),
            code="rollback",
            way_out=words.PAGE,
        )  # fmt: skip
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
    return release


@action
def suspend(account_id: int, *, reason: str, by: Actor) -> Service:
    """Suspend the service: players see the platform's page instead of the game."""
    account = Account.objects.lock(account_id)
    account.require(Capability.SUSPEND_SERVICE, by=by)
    service = _service(account)
    service.suspend(reason=reason, by=by)
    service.save()
    notices.tell(account, words.SUSPENDED)
    return service


@action
def resume(account_id: int, *, by: Actor) -> Service:
    """Serve players again, with the version that was online."""
    account = Account.objects.lock(account_id)
    account.require(Capability.SUSPEND_SERVICE, by=by)
    service = _service(account)
    service.resume(by=by)
    service.save()
    notices.tell(account, words.RESUMED)
    return service


def locked(release_id: int) -> Release:
    """Return a release locked after its account, both with one and the same world."""
    account = Account.objects.lock(Release.objects.values_list("account_id", flat=True).get(pk=release_id))
    release = Release.objects.lock(release_id)
    release.account, release.world = account, account.world
    return release


def _require_releasable(account: Account, submission_id: int, percent: int) -> None:
    require_no_internal_test(account)
    submission = Submission.objects.get(pk=submission_id, account=account)
    if submission.state != Submission.State.APPROVED:
        raise Refused(
            _("Not released: only an approved version that waits for its release can be released."),
            code="not_approved",
            way_out=words.PAGE,
        )
    if not 1 <= percent <= ALL:
        raise Refused(
            _("Not released: choose a share from 1 to 100 percent."), code="percent", field="percent"
        )
    if Release.objects.filter(account=account, state=State.PHASED).exists():
        raise Refused(
            _("Not released: a phased release runs. Let it reach everybody, or cancel it first."),
            code="phased",
            way_out=words.PAGE,
        )
    if percent < ALL and not Release.objects.filter(account=account, state=State.FULL).exists():
        raise Refused(
            _("Not released: the first version goes to all players. Choose 100 percent."),
            code="first_release",
            field="percent",
        )


def _require_phased(release: Release) -> None:
    if release.state != State.PHASED:
        raise Refused(
            _("Nothing was done: this release is not a phased one any more."),
            code="phased",
            way_out=words.PAGE,
        )


def _complete(release: Release, *, at: datetime, by: Actor) -> None:
    _replace_full(release.account, at=at, by=by)
    release.complete(at=at, by=by)
    release.save()
    if by != TIMER:  # the clock's own promise is claimed by itself
        deadlines.cancel(words.FULL, subject_id=release.pk)
    notices.tell(release.account, words.RELEASED, number=_number(release))


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
    """Release what the administrator has confirmed: everything is checked again."""
    account = Account.objects.lock(confirmation.subject_id)
    submission_id, percent = confirmation.facts["submission"], confirmation.facts["percent"]
    _require_releasable(account, submission_id, percent)
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
        released_by=by.name[:40],
        released_at=now,
        full_by=now + limits.PHASED_RELEASE if percent < ALL else None,
    )
    release.account, release.world = account, account.world
    if percent == ALL:
        _complete(release, at=now, by=by)
        return
    deadlines.schedule(words.FULL, subject=release, account_id=account.pk, due_at=now + limits.PHASED_RELEASE)
    notices.tell(account, words.PHASED, number=_number(release), percent=percent)


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    return [
        (_("Version"), str(confirmation.facts["number"])),
        (_("Players"), f"{confirmation.facts['percent']} %"),
    ]


scans.register(
    words.RELEASE,
    capability=Capability.RELEASE,
    title=lambda _confirmation: gettext_lazy("Release a version"),
    carry_out=_release,
    facts=_facts,
    waits_at=words.PAGE,
)
