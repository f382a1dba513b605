"""WeChat Pay as its actions have it: filled in, reviewed, confirmed, checked by the bank (PAY-1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from accounts.models import Account
from payments.models import MerchantApplication
from portal.kernel import breaches
from portal.kernel.models import World
from portal.simulator.walks import wechat_pay as walk
from tests.payments.opened import game_of


@pytest.fixture(autouse=True)
def _nothing_contradicts_itself(db: None) -> Iterator[None]:
    """Whatever a test has done, the audit of the rows finds no breach."""
    yield
    assert breaches.found() == []


@pytest.fixture
def game(world: World) -> Account:
    return game_of(world)


def test_the_whole_way(game: Account) -> None:
    account = walk.open_wechat_pay(game)
    application = MerchantApplication.objects.get(account=account)
    assert application.state == "passed"
    assert application.merchant_number == account.merchant_number
    assert re.fullmatch(r"1\d{9}", account.merchant_number)


def test_the_rest_of_the_way(game: Account) -> None:
    account = walk.open_virtual_payment(game)
    assert account.virtual_payment_at is not None
