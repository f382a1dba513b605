"""The terms: thirty days when chosen at registration, then a year, with reminders (VER-4, REG-7)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, ngettext

from accounts import notices
from accounts.actions import end_registrations
from accounts.models import Account
from portal.kernel import deadlines, limits
from portal.kernel.actors import TIMER
from portal.kernel.models import Deadline
from portal.kernel.terms import AccountState
from verification.actions.authentication.orders import active_order, close, is_at_the_desk, locked
from verification.actions.authentication.words import (
    CONFIRMED,
    END,
    EXPIRED,
    LAPSE,
    PAY,
    RAN_OUT,
    RENEW_SOON,
    RENEWAL,
    write,
)


def begin(account: Account) -> None:
    """Give the newly confirmed account thirty days for WeChat authentication (REG-7)."""
    due_at = account.world.now() + limits.AUTHENTICATION
    deadlines.schedule(LAPSE, subject=account, account_id=account.pk, due_at=due_at)
    notices.tell(account, CONFIRMED, due_at=due_at)
    write(account, "chosen", due_at=due_at)


@deadlines.on(LAPSE, title=lambda _row: gettext_lazy("Registration expires: no WeChat authentication"))
def expire_unauthenticated(row: Deadline) -> str:
    """End a registration that chose WeChat authentication and did not get it in time.

    What a reviewer still has, or has returned, keeps it alive: the verdict sets a new date.
    """
    account = Account.objects.lock(row.subject_id)
    going_on = active_order(account)
    if account.state != AccountState.AWAITING_AUTHENTICATION or is_at_the_desk(going_on):
        return "kept"
    if going_on:
        close(locked(going_on.pk), by=TIMER)
        deadlines.cancel(PAY, subject_id=going_on.pk)
    account.expire(at=row.due_at, by=TIMER)
    end_registrations([account], expired_at=row.due_at)
    notices.tell(account, EXPIRED)
    write(account, "expired")
    return "expired"


@deadlines.on(
    RENEWAL,
    title=lambda row: (
        ngettext(
            "Reminder: authentication runs out in %(days)d day",
            "Reminder: authentication runs out in %(days)d days",
            int(row.detail),
        )
        % {"days": int(row.detail)}
    ),
)
def remind_of_renewal(row: Deadline) -> str:
    """Write 90, 60, 30 and 7 days before authentication runs out, unless a renewal is at the desk."""
    account = Account.objects.lock(row.subject_id)
    if not _runs(account) or is_at_the_desk(active_order(account)):
        return "kept"
    notices.tell(account, RENEW_SOON, until_at=account.authenticated_until)
    write(account, "renewal", until=account.authenticated_until, days=int(row.detail))
    return "reminded"


@deadlines.on(END, title=lambda _row: gettext_lazy("WeChat authentication runs out"))
def run_out(row: Deadline) -> str:
    """Close what authentication had opened; an account verified by wire stays verified.

    A renewal at the desk does not stop the clock: its approval opens everything again. A released
    game lives on: nothing of its versions hangs on this.
    """
    account = Account.objects.lock(row.subject_id)
    if not _runs(account):
        return "kept"
    if account.verified_at is None:
        account.lapse(by=TIMER)
    else:
        account.fall_back(by=TIMER)
    account.save()
    notices.tell(account, RAN_OUT)
    write(account, "ran_out", wired=account.verified_at is not None)
    return "ran out"


def _runs(account: Account) -> bool:
    """Return whether authentication still stands for an account that is still there."""
    return account.state == AccountState.AUTHENTICATED and account.closed_at is None
