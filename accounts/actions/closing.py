"""Closing an account: the administrator's scan, a freeze period, then the end (console-rules 11.4).

The reference also asks organizations for a small transfer, to prove the entity once more; here the
scan stands for it (docs/adr/0012-closing.md).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import closings, notices, scans
from accounts.actions.registration import free_log_ins
from accounts.actions.sign_ins import end_sign_ins_of
from accounts.models import Account, Closing, Member, ReleasedName
from portal.kernel import deadlines, limits
from portal.kernel.action import action
from portal.kernel.actors import TIMER, Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation, Deadline, Review
from portal.kernel.terms import Capability
from portal.kernel.wording import moment
from portal.outside import letters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CLOSE: Final = "accounts.close"
END: Final = "accounts.closing"
PAGE: Final = "accounts:closing"

BEGUN: Final = notices.register(
    "accounts.closing_begun",
    gettext_lazy("The account is being closed. It can be kept until %(closes_at)s."),
    url_name=PAGE,
)
KEPT: Final = notices.register(
    "accounts.closing_undone", gettext_lazy("The account is kept: its closing was undone."), url_name=PAGE
)


def freeze_period(account: Account) -> timedelta:
    """Return how long a closing can be undone: seven days, thirty for a released Mini Game."""
    if account.is_game and account.released_at is not None:
        return limits.CLOSING_RELEASED_GAME
    return limits.CLOSING


def current(account: Account) -> Closing | None:
    """Return the closing that runs, if one does."""
    return Closing.objects.filter(account=account, state=Closing.State.FREEZE_PERIOD).first()


@action
def ask_to_close(account_id: int, *, by: Actor) -> Confirmation:
    """Ask the administrator's phone whether to close the account.

    Refused while a review is open, or a stage objects, such as for money that is due.
    """
    account = Account.objects.lock(account_id)
    account.require(Capability.CLOSE_ACCOUNT, by=by)
    _require_nothing_open(account)
    return scans.ask(CLOSE, account, by=by)


@action
def keep(account_id: int, *, by: Actor) -> Account:
    """Undo a closing within its freeze period: everything stays as it was."""
    account = Account.objects.lock(account_id)
    account.require_permission(Capability.CLOSE_ACCOUNT, by=by)
    closing = current(account)
    now = account.world.now()
    if closing is None or now >= closing.closes_at:
        raise Refused(
            _("Nothing was undone: this account is not being closed, or is closed already."),
            code="not_closing",
            way_out=PAGE,
        )
    closing = Closing.objects.lock(closing.pk)
    closing.undo(at=now, by=by)
    closing.save()
    account.closes_at = None
    account.save(update_fields=["closes_at"])
    deadlines.cancel(END, subject_id=closing.pk)
    notices.tell(account, KEPT)
    return account


@deadlines.on(END, title=lambda _row: gettext_lazy("Freeze period ends: the account is closed"))
def close(row: Deadline) -> str:
    """End an account: nobody logs in, the e-mail and the quotas are free, the name in fifteen days."""
    account = Account.objects.lock(
        Closing.objects.values_list("account_id", flat=True).get(pk=row.subject_id)
    )
    closing = Closing.objects.lock(row.subject_id)
    if closing.state != Closing.State.FREEZE_PERIOD:
        return "kept"
    closing.finish(at=row.due_at, by=TIMER)
    closing.save()
    letters.write(
        account.world,
        to=account.email,
        name="closed",
        context={"account": account},
        language=account.language,
    )
    _end_members(account, at=row.due_at)
    end_sign_ins_of(account, reason=_("The account is closed."), by=TIMER)
    release_name(account, at=row.due_at)
    account.closed_at, account.name_key = row.due_at, ""
    account.save(update_fields=["closed_at", "name_key"])
    free_log_ins([account], word="closed")
    return "closed"


def release_name(account: Account, *, at: datetime) -> None:
    """Give the account's name up: for fifteen days its entity alone may take it again (91005)."""
    if account.name_key and account.entity_id:
        ReleasedName.objects.create(
            world=account.world,
            entity_id=account.entity_id,
            name_key=account.name_key,
            kept_until=at + limits.NAME_KEPT,
        )


def _end_members(account: Account, *, at: datetime) -> None:
    active = Member.objects.filter(account=account, state=Member.State.ACTIVE).select_related("person")
    names = {member.pk: member.person.name for member in active}
    for pk, member in Member.objects.lock_all(names).items():
        member.world = account.world
        member.remove(at=at, reason=names[pk], by=TIMER)
        member.save()


def _require_nothing_open(account: Account) -> None:
    waiting = Review.objects.open().filter(account_id=account.pk).first()
    if waiting:
        raise Refused(
            _("Not closed: a review is open (%(title)s). Wait for its verdict, or take it back first.")
            % {"title": waiting.title},
            code="review_open",
        )
    if objection := closings.objection_to(account):
        raise Refused(_("Not closed: %(why)s") % {"why": objection}, code="not_yet")


# --- the scan -----------------------------------------------------------------------------


def _begin(confirmation: Confirmation, by: Actor) -> None:
    account = Account.objects.lock(confirmation.subject_id)
    _require_nothing_open(account)
    now = account.world.now()
    closing = Closing.objects.create(
        world=account.world, account=account, begun_at=now, closes_at=now + freeze_period(account)
    )
    account.closes_at = closing.closes_at
    account.save(update_fields=["closes_at"])
    deadlines.schedule(END, subject=closing, account_id=account.pk, due_at=closing.closes_at)
    notices.tell(account, BEGUN, closes_at=closing.closes_at)
    letters.write(
        account.world,
        to=account.email,
        name="closing",
        context={"account": account, "closes_at": closing.closes_at},
        language=account.language,
    )


def _facts(confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    account: Any = Account.objects.select_related("world").get(pk=confirmation.subject_id)
    return [(_("Closed on"), moment(account.world.now() + freeze_period(account)))]


scans.register(
    CLOSE,
    capability=Capability.CLOSE_ACCOUNT,
    title=lambda _confirmation: gettext_lazy("Close this account"),
    carry_out=_begin,
    facts=_facts,
    waits_at=PAGE,
)
