"""Accounts on the way to virtual payment, as these tests want them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from accounts.models import Account
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.simulator import walks


def game_of(world: World, *, entity_type: str = "enterprise", **typed: Any) -> Account:
    """Return an authenticated entity's Mini Game, its information complete."""
    return again(
        walks.account_at(world, "perfected", entity_type=entity_type, method="wechat_authentication", **typed)
    )


def again(row: Any) -> Any:
    """Return the row as the database has it, an account with everything around it."""
    if isinstance(row, Account):
        return Account.objects.select_related("world", "entity", "administrator__person").get(pk=row.pk)
    return type(row).objects.get(pk=row.pk)


def by(account: Account) -> Any:
    """Return the administrator as whoever acts."""
    return account.administrator.person.as_actor()


def refusal(act: Any, *args: Any, **kwargs: Any) -> Refused:
    """Return what the act is refused with."""
    with pytest.raises(Refused) as refused, transaction.atomic():
        act(*args, **kwargs)
    return refused.value
