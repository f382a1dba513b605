"""Partitions and testers of the game coin (PAY-4)."""

from __future__ import annotations

import pytest

from payments import coins
from payments.actions import partitions as actions
from payments.models import GameCoin, Partition
from portal.kernel.errors import Refused
from portal.kernel.models import AuditEvent, World
from portal.outside.models import Person
from portal.simulator import walks
from tests.payments import coined


def _acts() -> list[tuple[str, str]]:
    return list(
        AuditEvent.objects.filter(name__startswith="payments.partition_")
        .order_by("pk")
        .values_list("name", "reason")
    )


def test_a_partition_is_added_renamed_shut_and_opened(world: World) -> None:
    account, coin = coined.authorized(world)
    by = account.administrator.person.as_actor()
    added = actions.add(account.pk, zone_id=" s_2-A ", name=" Night  Market ", by=by)
    assert (added.zone_id, added.name, added.is_open, added.added_at) == (
        "s_2-A",
        "Night Market",
        True,
        world.now(),
    )
    for _twice in range(2):
        actions.rename(account.pk, added.pk, name="River", by=by)
    for _twice in range(2):
        assert actions.shut(account.pk, added.pk, by=by).is_open is False
    for _twice in range(2):
        assert actions.reopen(account.pk, added.pk, by=by).is_open is True
    assert list(coin.partitions.order_by("pk").values_list("zone_id", "name", "is_open")) == [
        ("1", "Default", True),
        ("s_2-A", "River", True),
    ]
    assert _acts() == [
        ("payments.partition_added", "s_2-A: Night Market"),
        ("payments.partition_renamed", "s_2-A: River"),
        ("payments.partition_shut", "s_2-A: River"),
        ("payments.partition_opened", "s_2-A: River"),
    ]


@pytest.mark.parametrize(
    "zone_id",
    ["", " ", "a b", "zöne", "1\x00", "\ud800", "x" * 33, "x" * 100_000, "\uff11", "a/b", "1\n2", "*"],
)
def test_a_zone_id_that_cannot_be_is_refused(world: World, zone_id: str) -> None:
    account, coin = coined.authorized(world)
    with pytest.raises(Refused, match="English letters, digits") as refused:
        actions.add(account.pk, zone_id=zone_id, name="River", by=account.administrator.person.as_actor())
    assert (refused.value.code, refused.value.field) == ("zone_id", "zone_id")
    assert coin.partitions.count() == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 31, "\x00", "\ud800", "x" * 100_000])
def test_a_name_that_cannot_be_is_refused(world: World, name: str) -> None:
    account, coin = coined.authorized(world)
    by = account.administrator.person.as_actor()
    with pytest.raises(Refused) as refused:
        actions.add(account.pk, zone_id="2", name=name, by=by)
    assert (refused.value.code, refused.value.field) == ("name", "name")
    with pytest.raises(Refused) as refused:
        actions.rename(account.pk, coin.partitions.get().pk, name=name, by=by)
    assert (refused.value.code, refused.value.field) == ("name", "name")


def test_a_zone_id_stands_for_one_partition_of_a_coin(world: World) -> None:
    account, _coin = coined.authorized(world)
    by = account.administrator.person.as_actor()
    with pytest.raises(Refused, match="zone ID 1 is in use") as refused:
        actions.add(account.pk, zone_id="1", name="Again", by=by)
    assert refused.value.field == "zone_id"


def test_there_are_at_most_a_hundred(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coins, "MOST_PARTITIONS", 2)
    account, _coin = coined.authorized(world)
    by = account.administrator.person.as_actor()
    actions.add(account.pk, zone_id="2", name="River", by=by)
    with pytest.raises(Refused, match="2 of 2 partitions"):
        actions.add(account.pk, zone_id="3", name="Hill", by=by)


def test_another_coins_partition_is_not_there(world: World) -> None:
    account, _coin = coined.authorized(world)
    by = account.administrator.person.as_actor()
    foreign = Partition.objects.create(
        world=world,
        coin=GameCoin.objects.create(
            world=world,
            account=walks.account_at(world, "registered"),
            offer_id="1234567890",
            live_key="-",
            sandbox_key="-",
            authorized_at=world.now(),
            authorized_by="-",
        ),
        zone_id="1",
        name="Theirs",
        added_at=world.now(),
    )
    for act in (actions.shut, actions.reopen):
        with pytest.raises(Partition.DoesNotExist):
            act(account.pk, foreign.pk, by=by)
    with pytest.raises(Partition.DoesNotExist):
        actions.rename(account.pk, foreign.pk, name="Mine", by=by)


def test_before_the_authorization_there_is_no_partition(world: World) -> None:
    account = coined.seller(world)
    with pytest.raises(Refused, match="not authorized yet") as refused:
        actions.add(account.pk, zone_id="2", name="River", by=account.administrator.person.as_actor())
    assert (refused.value.code, refused.value.way_out) == ("no_coin", "payments:coin")


# --- testers --------------------------------------------------------------------------------


def test_a_tester_is_added_once_and_removed(world: World) -> None:
    account, coin = coined.authorized(world)
    by = account.administrator.person.as_actor()
    tester = actions.add_tester(account.pk, wechat_id=" MEIRAN ", by=by)
    assert tester.person == Person.objects.get(world=world, wechat_id="meiran")
    with pytest.raises(Refused, match="is a tester already") as refused:
        actions.add_tester(account.pk, wechat_id="meiran", by=by)
    assert refused.value.field == "wechat_id"
    for _twice in range(2):
        actions.remove_tester(account.pk, tester.pk, by=by)
    assert not coin.testers.exists()
    acts = AuditEvent.objects.filter(name__startswith="payments.tester_").order_by("pk")
    assert list(acts.values_list("name", flat=True)) == ["payments.tester_added", "payments.tester_removed"]


@pytest.mark.parametrize("wechat_id", ["", "nobody-here", "\x00", "\ud800", "a" * 10_000, "灯油"])
def test_a_tester_is_somebody_of_the_world(world: World, wechat_id: str) -> None:
    account, coin = coined.authorized(world)
    with pytest.raises(Refused) as refused:
        actions.add_tester(account.pk, wechat_id=wechat_id, by=account.administrator.person.as_actor())
    assert refused.value.field == "wechat_id"
    assert not coin.testers.exists()


def test_there_are_at_most_twenty_testers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coins, "MOST_TESTERS", 1)
    account, _coin = coined.authorized(world)
    by = account.administrator.person.as_actor()
    actions.add_tester(account.pk, wechat_id="meiran", by=by)
    with pytest.raises(Refused, match="1 of 1 testers"):
        actions.add_tester(account.pk, wechat_id="linyue", by=by)
