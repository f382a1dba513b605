"""What `manage.py audit` finds when orders, money and coins do not agree (OPS-3, PAY-6)."""

from __future__ import annotations

from payments import breaches_orders, ledger
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from tests.payments import shop as shops


def test_orders_that_nothing_explains_are_found(world: World):
    shop = shops.opened(world)
    paid, delivered, open_ = shop.paid(6), shop.paid(8), shop.placed(1)
    delivered.deliver(at=world.now(), by=SIMULATOR)
    delivered.save()
    wallet = ledger.wallet_of(shop.account, delivered.player, delivered.partition, 0)
    stray = ledger.recharge(wallet, 10, bill_no="_nobody", at=world.now())
    assert breaches_orders.breaches() == [
        f"order {paid.pk}: is paid, and no money came",
        f"order {delivered.pk}: is paid, and no money came",
        f"order {delivered.pk}: is delivered, and the ledger has no such coins",
        f"order {paid.pk}: awaits delivery, and nothing delivers it",
        f"order {open_.pk}: is open, and nothing closes it",
        f"ledger entry {stray.entry_id}: coins were bought, and no order says so",
    ]
