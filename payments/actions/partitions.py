"""Partitions of the game and the testers of its sandbox (PAY-4; console-rules 8.2 D)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import places
from payments import coins
from payments.actions.coin import locked
from payments.models import GameCoin, Partition, Tester
from portal.kernel import audit, text
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused

ADDED: Final = audit.register("payments.partition_added", gettext_lazy("adds a partition"))
RENAMED: Final = audit.register("payments.partition_renamed", gettext_lazy("renames a partition"))
SHUT: Final = audit.register("payments.partition_shut", gettext_lazy("shuts a partition for sale"))
OPENED: Final = audit.register("payments.partition_opened", gettext_lazy("opens a partition for sale"))
TESTER_ADDED: Final = audit.register("payments.tester_added", gettext_lazy("adds a tester of the sandbox"))
TESTER_REMOVED: Final = audit.register(
    "payments.tester_removed", gettext_lazy("removes a tester of the sandbox")
)


@action
def add(account_id: int, *, zone_id: str, name: str, by: Actor) -> Partition:
    """Add a partition, open for sale. Its zone ID, which games send, is its own for ever.

    Refused for a zone ID that is in use or no zone ID, for no name, and beyond 100 partitions.
    """
    coin = locked(account_id, by=by)
    try:
        zone_id = coins.read_zone(zone_id)
    except ValueError as refusal:
        raise Refused(str(refusal), code="zone_id", field="zone_id") from None
    name = _name(name)
    if coin.partitions.filter(zone_id=zone_id).exists():
        raise Refused(
            _("Not added: the zone ID %(zone)s is in use. Choose another one.") % {"zone": zone_id},
            code="zone_taken",
            field="zone_id",
        )
    if coin.partitions.count() >= coins.MOST_PARTITIONS:
        raise Refused(
            _("Not added: %(most)d of %(most)d partitions.") % {"most": coins.MOST_PARTITIONS},
            code="partitions",
            field="zone_id",
        )
    partition = Partition.objects.create(
        world=coin.world, coin=coin, zone_id=zone_id, name=name, added_at=coin.world.now()
    )
    audit.act(coin, ADDED, by=by, detail=_called(partition))
    return partition


@action
def rename(account_id: int, partition_id: int, *, name: str, by: Actor) -> Partition:
    """Give a partition another name; its zone ID stays. Raises Partition.DoesNotExist."""
    coin = locked(account_id, by=by)
    partition = _own(coin, partition_id)
    name = _name(name)
    if partition.name != name:
        partition.name = name
        partition.save(update_fields=["name"])
        audit.act(coin, RENAMED, by=by, detail=_called(partition))
    return partition


@action
def shut(account_id: int, partition_id: int, *, by: Actor) -> Partition:
    """Sell nothing more in a partition; what players hold there stays. Shut twice is shut once."""
    return _set_open(account_id, partition_id, False, by)


@action
def reopen(account_id: int, partition_id: int, *, by: Actor) -> Partition:
    """Sell in a partition again; opened twice is opened once."""
    return _set_open(account_id, partition_id, True, by)


@action
def add_tester(account_id: int, *, wechat_id: str, by: Actor) -> Tester:
    """Let somebody spend sandbox coins, without asking them. Added twice, and beyond 20, is refused."""
    coin = locked(account_id, by=by)
    person = places.find(coin.account, wechat_id)
    if coin.testers.filter(person=person).exists():
        raise Refused(
            _("Nobody was added: %(name)s is a tester already.") % {"name": person.name},
            code="already_tester",
            field="wechat_id",
        )
    if coin.testers.count() >= coins.MOST_TESTERS:
        raise Refused(
            _("Nobody was added: %(most)d of %(most)d testers. Remove one first.")
            % {"most": coins.MOST_TESTERS},
            code="testers",
            field="wechat_id",
        )
    tester = Tester.objects.create(world=coin.world, coin=coin, person=person, added_at=coin.world.now())
    audit.act(coin, TESTER_ADDED, by=by, detail=f"{person.name} ({person.wechat_id})")
    return tester


@action
def remove_tester(account_id: int, tester_id: int, *, by: Actor) -> None:
    """Take somebody off the testers; removed twice is removed once, another coin's is none of ours."""
    coin = locked(account_id, by=by)
    tester = coin.testers.filter(pk=tester_id).select_related("person").first()
    if tester is not None:
        tester.delete()
        audit.act(coin, TESTER_REMOVED, by=by, detail=f"{tester.person.name} ({tester.person.wechat_id})")


def _set_open(account_id: int, partition_id: int, is_open: bool, by: Actor) -> Partition:
    coin = locked(account_id, by=by)
    partition = _own(coin, partition_id)
    if partition.is_open != is_open:
        partition.is_open = is_open
        partition.save(update_fields=["is_open"])
        audit.act(coin, OPENED if is_open else SHUT, by=by, detail=_called(partition))
    return partition


def _own(coin: GameCoin, partition_id: int) -> Partition:
    return Partition.objects.select_for_update(of=("self",), no_key=True).get(pk=partition_id, coin=coin)


def _name(typed: str) -> str:
    try:
        name = text.clean(typed, max_length=coins.LONGEST_PARTITION)
    except ValueError as refusal:
        raise Refused(str(refusal), code="name", field="name") from None
    if not name:
        raise Refused(_("Write what the partition is called."), code="name", field="name")
    return name


def _called(partition: Partition) -> str:
    return f"{partition.zone_id}: {partition.name}"
