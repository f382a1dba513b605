"""The game coin, walked: authorized, named, debugged in the sandbox, put online by a reviewer."""

from __future__ import annotations

from typing import Any, Final

from accounts.models import Account, Player
from payments import coins
from payments.actions import coin as actions
from payments.actions import coin_applications as applications
from payments.actions import debugging, partitions
from payments.models import CoinApplication, GameCall, GameCoin
from portal.kernel.actors import Actor
from portal.kernel.models import Review, Verdict
from portal.simulator.walks import desk, scans

Name: Final = GameCall.Name
NAME: Final = "Lantern"
RATE: Final = 10
GIVEN: Final = 100  # test coins
SPENT: Final = 60
STATEMENT: Final = "Players buy it in the shop of the game and spend it on lantern skins and extra runs."


def authorize_coin(account: Account) -> GameCoin:
    """Authorize the game coin on the administrator's phone."""
    by = scans.administrator_of(account)
    scans.confirm(actions.ask_authorization(account.pk, by=by), by=by, code="not_authorized")
    return GameCoin.objects.get(account=account)


def name_coin(account: Account, name: str = NAME, rate: int = RATE) -> GameCoin:
    """Give the coin its name and exchange rate, authorized first where it is not yet."""
    if not GameCoin.objects.filter(account=account).exists():
        authorize_coin(account)
    return actions.configure(account.pk, name=name, rate=rate, by=scans.administrator_of(account))


def add_tester(account: Account, wechat_id: str) -> Player:
    """Make somebody of the cast a tester of the sandbox; return them as the game knows them."""
    tester = partitions.add_tester(account.pk, wechat_id=wechat_id, by=scans.administrator_of(account))
    return Player.objects.of(account, tester.person_id)


def debug_coin(account: Account) -> GameCoin:
    """Make every call that is required in the sandbox, for the administrator in the first partition."""
    by = scans.administrator_of(account)
    bill = f"walk-{GameCall.objects.filter(coin__account=account).count()}"
    _call(account, Name.PRESENT, by, coins=GIVEN, bill_no=f"{bill}-gift")
    _call(account, Name.BALANCE, by)
    _call(account, Name.PAY, by, coins=SPENT, bill_no=f"{bill}-pay")
    _call(account, Name.CANCEL, by, coins=SPENT, bill_no=f"{bill}-back", pay_bill_no=f"{bill}-pay")
    return GameCoin.objects.get(account=account)


def _call(account: Account, name: str, by: Actor, **fields: Any) -> None:
    debugging.call(account.pk, name, person_id=by.id or 0, zone_id=coins.DEFAULT_ZONE, by=by, **fields)


def apply_for_coin(account: Account, *, statement: str = STATEMENT) -> CoinApplication:
    """Apply to put the coin online; a magic value may be the statement."""
    return applications.apply(account.pk, statement=statement, by=scans.administrator_of(account))


def waiting_coin_review(application: CoinApplication) -> Review:
    """Return the review that an application waits for."""
    return desk.waiting(applications.REVIEW, application)


def decide_coin(application: CoinApplication, verdict: str, *told: str) -> Verdict:
    """Let the world's reviewer decide, for these reasons: sentences, or codes of the kind."""
    return desk.decide(waiting_coin_review(application), verdict, told)


def put_coin_online(account: Account, name: str = NAME, rate: int = RATE) -> GameCoin:
    """Bring a coin all the way online, from wherever virtual payment is open."""
    name_coin(account, name or NAME, rate)
    debug_coin(account)
    decide_coin(apply_for_coin(account), Verdict.Kind.APPROVE)
    return GameCoin.objects.select_related("world", "account").get(account=account)
