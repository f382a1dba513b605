"""The internal test: the platform's own switch, for a world or for one game (REL-8)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from portal.kernel import audit, deadlines
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Deadline, World
from portal.kernel.wording import moment
from releases import obstacles, words
from releases.models import InternalTest

BEGUN: Final = audit.register("releases.internal_test_begun", gettext_lazy("begins an internal test"))
ENDED: Final = audit.register("releases.internal_test_ended", gettext_lazy("ends the internal test"))


@action
def begin_internal_test(
    world_id: int, *, account_id: int | None = None, ends_at: datetime | None = None, by: Actor
) -> InternalTest:
    """Keep approved versions from being released: of one game, or of every game of a world.

    Begun again, the end is set anew. Refused for an end that is over.
    """
    world = _locked(world_id, account_id)
    if ends_at is not None and ends_at <= world.now():
        raise Refused(_("Not begun: choose an end after now."), code="ends_at", field="ends_at")
    test = running(world, account_id).first() or InternalTest(
        world=world, account_id=account_id, begun_at=world.now()
    )
    test.ends_at, test.world = ends_at, world
    test.save()
    deadlines.cancel(words.TEST_END, subject_id=test.pk)
    if ends_at is not None:
        deadlines.schedule(words.TEST_END, subject=test, account_id=account_id, due_at=ends_at)
    audit.act(test, BEGUN, by=by, detail=_("until %(at)s") % {"at": moment(ends_at)} if ends_at else "")
    return test


@action
def end_internal_test(world_id: int, *, account_id: int | None = None, by: Actor) -> bool:
    """Let versions be released again; return whether a test ran."""
    world = _locked(world_id, account_id)
    test = running(world, account_id).first()
    if test is None:
        return False
    test.ended_at, test.world = world.now(), world
    test.save(update_fields=["ended_at"])
    deadlines.cancel(words.TEST_END, subject_id=test.pk)
    audit.act(test, ENDED, by=by)
    return True


@deadlines.on(words.TEST_END, title=lambda _row: gettext_lazy("An internal test ends"))
def end_by_the_clock(row: Deadline) -> str:
    """End an internal test whose time is over."""
    ended = InternalTest.objects.filter(pk=row.subject_id, ended_at__isnull=True).update(ended_at=row.due_at)
    return "ended" if ended else "kept"


def running(world: World, account_id: int | None) -> QuerySet[InternalTest]:
    """Return the test that was begun and not ended: of one game, or with None of the whole world."""
    begun = InternalTest.objects.filter(world=world, ended_at__isnull=True)
    if account_id is None:
        return begun.filter(account__isnull=True)
    return begun.filter(account_id=account_id)


def internal_test_of(account: Account) -> InternalTest | None:
    """Return the internal test that keeps this account's versions back now, if one does. One query.

    Where its own and the world's both run, the one that ends last.
    """
    mine = Q(account=account) | Q(account__isnull=True)
    now = account.world.now()
    begun = InternalTest.objects.filter(mine, world=account.world, ended_at__isnull=True)
    tests = [test for test in begun if test.runs(now)]
    return next((test for test in tests if test.ends_at is None), None) or max(
        tests, key=lambda test: (test.ends_at or now, test.pk), default=None
    )


def require_no_internal_test(account: Account) -> None:
    """Raise Refused while an internal test runs."""
    test = internal_test_of(account)
    if test is not None:
        raise Refused(
            _("Not released. %(why)s") % {"why": obstacles.of_test(test)},
            code="internal_test",
            way_out=words.RELEASING,
        )


def _locked(world_id: int, account_id: int | None) -> World:
    """Return the world locked against every release that the test would keep back.

    Releases hold their account and share the world: a test of one game takes its account, a test of
    all games the world alone. So nothing is released once the switch has answered.
    """
    if account_id is None:
        return World.objects.hold(world_id)
    account = Account.objects.lock(account_id)
    if account.world_id != world_id:
        raise Account.DoesNotExist
    return account.world
