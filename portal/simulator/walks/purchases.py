"""Players who buy coins, walked: at the cash desk of the released game, or of its trial version."""

from __future__ import annotations

from accounts.models import Account
from payments import grades
from payments.actions import purchases
from payments.models import Environment, GameCoin, PaymentOrder
from portal.outside.models import Person


def place(
    account: Account,
    wechat_id: str,
    yuan: int,
    zone_id: str = "1",
    environment: int = Environment.LIVE,
    out_trade_no: str = "",
) -> PaymentOrder:
    """Bring somebody of the cast to the cash desk, with a price grade; the sandbox is the trial version's."""
    person = Person.objects.get(world_id=account.world_id, wechat_id=wechat_id)
    rate = GameCoin.objects.values_list("rate", flat=True).get(account=account)
    return purchases.place(
        account.pk,
        person_id=person.pk,
        zone_id=zone_id,
        environment=environment,
        coins=grades.coins(yuan, rate or 1),
        out_trade_no=out_trade_no,
        playing="released" if environment == Environment.LIVE else "trial",
        by=person.as_actor(),
    )


def buy(
    account: Account, wechat_id: str, yuan: int, zone_id: str = "1", environment: int = Environment.LIVE
) -> PaymentOrder:
    """Let somebody of the cast buy a price grade, paid and delivered; a failed order tells why in `ended`."""
    order = place(account, wechat_id, yuan, zone_id, environment)
    if order.state != PaymentOrder.State.NOT_PAID:
        return order
    return purchases.buy(order.pk, by=order.player.person.as_actor())
