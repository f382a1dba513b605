"""The internal test: the platform's own switch, for a world or for one game (REL-8)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from portal.kernel import deadlines
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Deadline, World
from portal.kernel.wording import moment
from releases import words
from releases.models import InternalTest


@action
def begin_internal_test(
    world_id: int, *, account_id: int | None = None, ends_at: datetime | None = None, by: Actor
) -> InternalTest:
    """Keep approved versions from being released: of one game, or of every game of a world.

    Begun again, the end is set anew. Refused for an end that is over.
    """
    world = World.objects.share(world_id)
    if ends_at is not None and ends_at <= world.now():
        raise Refused(_("Not begun: choose an end after now."), code="ends_at", field="ends_at")
    if account_id is not None:
        Account.objects.lock(account_id)
    test = _of(world, account_id).first() or InternalTest(
        world=world, account_id=account_id, begun_at=world.now()
    )
    test.ends_at, test.world = ends_at, world
    test.save()
    deadlines.cancel(words.TEST_END, subject_id=test.pk)
    if ends_at is not None:
        deadlines.schedule(words.TEST_END, subject=test, account_id=account_id, due_at=ends_at)
    return test


@action
def end_internal_test(world_id: int, *, account_id: int | None = None, by: Actor) -> bool:
    """Let versions be released again; return whether a test ran."""
    world = World.objects.share(world_id)
    running = _of(world, account_id).first()
    if running is None:
        return False
    running.ended_at = world.now()
    running.save(update_fields=["ended_at"])
    deadlines.cancel(words.TEST_END, subject_id=running.pk)
    return True


@deadlines.on(words.TEST_END, title=lambda _row: gettext_lazy("An internal test ends"))
def end_by_the_clock(row: Deadline) -> str:
    """End an internal test whose time is over."""
    ended = InternalTest.objects.filter(pk=row.subject_id, ended_at__isnull=True).update(ended_at=row.due_at)
    return "ended" if ended else "kept"


def _of(world: World, account_id: int | None) -> QuerySet[InternalTest]:
    running = InternalTest.objects.filter(world=world, ended_at__isnull=True)
    if account_id is None:
        return running.filter(account__isnull=True)
    return running.filter(account_id=account_id)


def internal_test_of(account: Account) -> InternalTest | None:
    """Return the internal test that keeps this account's versions back now, if one does. One query."""
    mine = Q(account=account) | Q(account__isnull=True)
    now = account.world.now()
    running = InternalTest.objects.filter(mine, world=account.world, ended_at__isnull=True).order_by("pk")
    return next((test for test in running if test.runs(now)), None)


def require_no_internal_test(account: Account) -> None:
    """Raise Refused while an internal test runs."""
    test = internal_test_of(account)
    if test is None:
        return
    until = _(" It ends on %(at)s.") % {"at": moment(test.ends_at)} if test.ends_at else ""
    raise Refused(
        _("Not released: the platform is running an internal test.") + until,
        code="internal_test",
        way_out=words.PAGE,
    )
