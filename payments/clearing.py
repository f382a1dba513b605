"""The platform's account at the bank, one for each Mini Game: between players and settlement (PAY-6, PAY-7).

Purchases pay into it, refunds and withdrawals are paid from it. Nobody transfers into it by hand:
money that no order explains would belong to nobody.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from accounts.models import Account
from portal.kernel.errors import Refused
from portal.outside import bank
from portal.outside.models import BankAccount, BankTransfer

PURPOSE: Final = "payments.clearing"
HOLDER: Final = "Greenroom Virtual Payment"


def account_of(account: Account) -> BankAccount:
    """Return where the money of this game's players lies, opened if it has none yet.

    Belongs inside an action that has locked `account`, so that there is one.
    """
    return held(account) or bank.open_account(
        account.world, holder=HOLDER, kind=BankAccount.Kind.PLATFORM, purpose=PURPOSE, subject_id=account.pk
    )


def held(account: Account) -> BankAccount | None:
    """Return the same account, or None before the first purchase."""
    return BankAccount.objects.filter(
        world_id=account.world_id, purpose=PURPOSE, subject_id=account.pk
    ).first()


def _lock(_account_id: int) -> None:
    """Nothing to hold: what comes by hand changes nothing."""


def _refuse(_transfer: BankTransfer, _account_id: int) -> None:
    raise Refused(
        _("Nothing was transferred: this account takes what players pay at the cash desk, and nothing else. "
          "Choose another payee."),
        code="clearing_account",
        field="to_account",
    )  # fmt: skip


bank.RECEIVERS[PURPOSE] = bank.Receiver(lock=_lock, receive=_refuse)
