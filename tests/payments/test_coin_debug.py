"""The joint debug: calls by hand, their log and how each is signed (PAY-4)."""

from __future__ import annotations

import json

import pytest

from accounts.models import Player
from payments import call_log, joint_debug, signatures
from payments.actions import debugging, partitions
from payments.keys import key_of
from payments.models import Environment, GameCall, GameCoin, Wallet
from portal.kernel.errors import Refused
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.walks import coin as walk
from tests.payments import coined

Name = GameCall.Name


def test_every_required_call_is_seen(world: World) -> None:
    account, coin = coined.named(world)
    assert joint_debug.missing(coin) == list(joint_debug.REQUIRED)
    walk.debug_coin(account)
    assert joint_debug.missing(coin) == []
    calls = list(GameCall.objects.order_by("pk").values_list("name", "errcode", "source", "environment"))
    assert calls == [(name, 0, "page", 1) for name in (Name.PRESENT, Name.BALANCE, Name.PAY, Name.CANCEL)]
    wallet = Wallet.objects.get()
    assert (wallet.environment, wallet.paid, wallet.gift) == (Environment.SANDBOX, 0, walk.GIVEN)


def test_what_was_refused_is_logged_and_passes_nothing(world: World) -> None:
    account, coin = coined.named(world)
    by = account.administrator.person.as_actor()
    person = account.administrator.person_id
    with pytest.raises(Refused) as refused:
        debugging.call(account.pk, Name.PAY, person_id=person, zone_id="1", coins=1, by=by)
    assert refused.value.code == "90013"
    latest = {each.name: (each.passed, each.latest) for each in joint_debug.progress(coin)}
    call = GameCall.objects.get()
    assert latest == {Name.BALANCE: (None, None), Name.PAY: (None, call), Name.CANCEL: (None, None)}
    assert (call.errcode, call.answer) == (90013, {"errcode": 90013, "errmsg": "balance not enough"})
    assert call.request["bill_no"].startswith("debug-")


def test_a_success_counts_whatever_came_after_it(world: World) -> None:
    _account, coin = coined.named(world)
    passed = coined.called(coin, Name.PAY)
    failed = coined.called(coin, Name.PAY, errcode=90012)
    (found,) = [each for each in joint_debug.progress(coin) if each.name == Name.PAY]
    assert (found.passed, found.latest) == (passed, failed)
    assert Name.PAY not in joint_debug.missing(coin)


def test_testers_and_members_may_be_called_for_and_nobody_else(world: World) -> None:
    account, _coin = coined.named(world)
    by = account.administrator.person.as_actor()
    meiran = Person.objects.get(world=world, wechat_id="meiran")
    with pytest.raises(Refused) as refused:
        debugging.call(account.pk, Name.BALANCE, person_id=meiran.pk, zone_id="1", by=by)
    assert refused.value.code == "90017"
    tester = partitions.add_tester(account.pk, wechat_id="meiran", by=by)
    debugging.call(account.pk, Name.BALANCE, person_id=meiran.pk, zone_id="1", by=by)
    partitions.remove_tester(account.pk, tester.pk, by=by)
    with pytest.raises(Refused):
        debugging.call(account.pk, Name.BALANCE, person_id=meiran.pk, zone_id="1", by=by)


def test_who_may_not_work_with_the_coin_makes_no_call(world: World) -> None:
    account, _coin = coined.named(world)
    walks.bind(account, "meiran", "developer")
    developer = Person.objects.get(world=world, wechat_id="meiran")
    with pytest.raises(Refused, match="It needs the permission"):
        debugging.call(account.pk, Name.BALANCE, person_id=developer.pk, zone_id="1", by=developer.as_actor())
    assert not GameCall.objects.exists()
    assert not Player.objects.exists()


def test_there_is_no_other_call(world: World) -> None:
    account, _coin = coined.named(world)
    by = account.administrator.person.as_actor()
    with pytest.raises(ValueError, match="queryorderinfo"):
        debugging.call(
            account.pk, "queryorderinfo", person_id=account.administrator.person_id, zone_id="1", by=by
        )


def test_a_call_is_written_as_it_is_signed(world: World) -> None:
    account, _coin = coined.named(world)
    walk.debug_coin(account)
    coin = GameCoin.objects.get()
    call = GameCall.objects.get(name=Name.PAY)
    signed = call_log.signed(coin, call)
    assert signed.written.path == "/wxa/game/pay"
    assert json.loads(signed.written.body) == call.request
    assert " " not in signed.written.body
    assert signed.to_sign == f"/wxa/game/pay&{signed.written.body}"
    key = key_of(coin, Environment.SANDBOX)
    assert signed.pay_sig == signatures.pay_sig(key, "/wxa/game/pay", signed.written.body)
    assert signed.url.startswith("/wxa/game/pay?access_token=ACCESS_TOKEN&signature=SIGNATURE&")
    assert signed.url.endswith(f"&pay_sig={signed.pay_sig}")


def test_a_live_call_is_not_signed_here(world: World) -> None:
    _account, coin = coined.named(world)
    with pytest.raises(ValueError, match="live"):
        call_log.signed(coin, coined.called(coin, Name.BALANCE, environment=0))
