"""An Official Account and a Mini Program of different entities, walked to where they can be associated."""

from __future__ import annotations

import pytest

from accounts.models import Account
from portal.simulator import walks


@pytest.fixture
def mini_program(world) -> Account:
    """Return a released Mini Game; Lin Yue is its administrator."""
    return walks.account_at(world, "released")


@pytest.fixture
def official_account(world) -> Account:
    """Return an authenticated service account of another company; Mei Ran is its administrator."""
    account = walks.account_at(
        world, "authenticated", account_type="service", name="Paper Kite News Ltd", wechat_id="meiran"
    )
    return walks.rename(account, "Paper Kite News")


@pytest.fixture
def pair(official_account, mini_program) -> tuple[Account, Account]:
    """Return both, the Official Account first."""
    return official_account, mini_program
