"""Settled money, walked: to the end of the month, and to the deposit account."""

from __future__ import annotations

from accounts.models import Account
from payments.actions import withdrawals
from payments.models import Settlement, Withdrawal
from payments.months import Month
from payments.withdrawal_forms import new_key
from portal.kernel import worlds
from portal.kernel.actors import SIMULATOR, Actor
from portal.simulator.walks import scans


def settle_month(account: Account) -> Settlement | None:
    """Let time pass to the end of the running month; None when nothing was bought or refunded in it."""
    account = Account.objects.select_related("world").get(pk=account.pk)
    month = Month.running(account)
    worlds.advance(account.world_id, to=month.end, by=SIMULATOR)
    return Settlement.objects.filter(account=account, month=month.first).first()


def withdraw(account: Account, amount_fen: int | None = None, *, by: Actor | None = None) -> Withdrawal:
    """Withdraw so much, or everything: asked in the console, confirmed on the administrator's phone.

    The bank answers a working day later, or by `payments.actions.withdrawals.answer`.
    """
    administrator = scans.administrator_of(account)
    asked = withdrawals.ask_to_withdraw(
        account.pk,
        amount_fen=withdrawals.available_fen(account) if amount_fen is None else amount_fen,
        key=new_key(),
        by=by or administrator,
    )
    scans.confirm(asked, by=administrator, code="not_withdrawn")
    return Withdrawal.objects.filter(account=account).latest("pk")
