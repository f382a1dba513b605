"""Accounts on the way to virtual payment, as these tests want them."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest
from django.db import transaction

from accounts.models import Account, Category
from payments import agreement
from payments.actions import deposit
from payments.banks import masked
from payments.models import DepositAccount, MerchantApplication, PaymentAgreement
from portal.kernel import sealed
from portal.kernel.actors import SIMULATOR
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.outside import bank
from portal.simulator import walks

Row = TypeVar("Row")


def game_of(world: World, *, entity_type: str = "enterprise", **typed: Any) -> Account:
    """Return an authenticated entity's Mini Game; what a walk through its information gives it, by hand."""
    account = walks.account_at(
        world, "authenticated", entity_type=entity_type, method="wechat_authentication", **typed
    )
    category = Category.objects.create(
        world=account.world, account=account, first="game", second="casual", chosen_at=account.world.now()
    )
    category.adopt(at=account.world.now(), by=SIMULATOR)
    category.save()
    Account.objects.filter(pk=account.pk).update(name="Paper Lantern Dash", first_category="game")
    return again(account)


def open_by_hand(account: Account, *, opened: bool = True) -> Account:
    """Open WeChat Pay and virtual payment in no time: no desk, no phone, no clock."""
    world, now, by = account.world, account.world.now(), SIMULATOR
    merchant = MerchantApplication.objects.create(world=world, account=account, opened_at=now)
    merchant.submit(at=now, by=by)
    merchant.approve(by=by)
    merchant.confirm_contact(by=by)
    merchant.pass_(merchant_number="1900000001", at=now, by=by)
    merchant.save()
    signed = PaymentAgreement.objects.create(
        world=world, account=account, version=agreement.VERSION,
        parts_read=len(agreement.PARTS), read_at=now, read_by="Lin Yue",
    )  # fmt: skip
    signed.sign(at=now, by=by)
    signed.save()
    number = bank.corporate_account(world, holder=str(account.entity)).number
    paid_to = DepositAccount.objects.create(
        world=world, account=account, holder=str(account.entity), bank="Harbour Bank",
        branch="Riverside Branch", city="Suzhou", masked=masked(number), asked_at=now,
        number=sealed.seal(number, purpose=deposit.NUMBER),
    )  # fmt: skip
    paid_to.verify(at=now, by=by)
    paid_to.save()
    account.merchant_number = merchant.merchant_number
    account.virtual_payment_at = now if opened else None
    account.save(update_fields=["merchant_number", "virtual_payment_at"])
    return account


def again(row: Row) -> Row:
    """Return the row as the database has it, an account with everything around it."""
    rows: Any = type(row)._default_manager  # type: ignore[attr-defined]
    if isinstance(row, Account):
        rows = rows.select_related("world", "entity", "administrator__person")
    found: Row = rows.get(pk=row.pk)  # type: ignore[attr-defined]
    return found


def by(account: Account) -> Any:
    """Return the administrator as whoever acts."""
    return account.administrator.person.as_actor()


def refusal(act: Any, *args: Any, **kwargs: Any) -> Refused:
    """Return what the act is refused with."""
    with pytest.raises(Refused) as refused, transaction.atomic():
        act(*args, **kwargs)
    return refused.value
