"""A call of the sandbox made by hand, from the page of the joint debug (PAY-4)."""

from __future__ import annotations

import secrets
from typing import Final

from accounts.models import Account, Player
from payments.actions import game_calls
from payments.actions.game_calls import Balance
from payments.ledger import Moved
from payments.models import Environment, GameCall
from portal.kernel.actors import Actor
from portal.kernel.terms import Capability

Name: Final = GameCall.Name


def call(
    account_id: int,
    name: str,
    *,
    person_id: int,
    zone_id: str,
    coins: int = 0,
    bill_no: str = "",
    pay_bill_no: str = "",
    by: Actor,
) -> Balance | Moved:
    """Make a call in the sandbox as the game's server would, for a tester or a member.

    Without a bill number one is made. Logged with its answer, a refusal too: raises Refused with the
    platform's code, and for whoever may not work with the game coin, whose call is not made at all.
    ValueError for a call that there is not.
    """
    account = Account.objects.select_related("world").get(pk=account_id)
    account.require(Capability.MANAGE_GAME_COIN, by=by)
    player = Player.objects.of(account, person_id)
    openid, environment, source = player.openid, int(Environment.SANDBOX), GameCall.Source.PAGE.value
    bill_no = bill_no or f"debug-{secrets.token_hex(6)}"
    if name == Name.BALANCE:
        return game_calls.balance(
            account_id, openid=openid, zone_id=zone_id, environment=environment, source=source, by=by
        )
    if name == Name.CANCEL:
        return game_calls.cancel(
            account_id,
            openid=openid,
            zone_id=zone_id,
            environment=environment,
            pay_bill_no=pay_bill_no,
            coins=coins,
            bill_no=bill_no,
            source=source,
            by=by,
        )
    moves = {Name.PAY: game_calls.pay, Name.PRESENT: game_calls.present}[Name(name)]
    return moves(
        account_id,
        openid=openid,
        zone_id=zone_id,
        environment=environment,
        coins=coins,
        bill_no=bill_no,
        source=source,
        by=by,
    )
