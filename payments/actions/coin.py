"""The game coin: authorized by the administrator's scan, named, priced (PAY-4; console-rules 8.2 D)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext

from accounts import notices, scans
from accounts.models import Account
from payments import coins, keys
from payments.models import GameCoin, Partition
from portal.kernel import audit
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.errors import Refused
from portal.kernel.models import Confirmation
from portal.kernel.terms import Capability

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

State: Final = GameCoin.State

AUTHORIZED: Final = audit.register("payments.coin_authorized", gettext_lazy("authorizes the game coin"))
TOLD: Final = notices.register(
    "payments.coin_authorized",
    gettext_lazy("The game coin is authorized, by a scan of %(name)s. Its Offer ID is %(offer_id)s."),
    url_name=coins.PAGE,
)


@action
def ask_authorization(account_id: int, *, by: Actor) -> Confirmation:
    """Ask the administrator's phone to authorize the account's game coin. Refused when it has one."""
    account = Account.objects.lock(account_id)
    account.require(Capability.MANAGE_GAME_COIN, by=by)
    if GameCoin.objects.filter(account=account).exists():
        raise Refused(_authorized_already(), code="authorized", way_out=coins.PAGE)
    return scans.ask(SCAN, account, by=by)


def _authorize(confirmation: Confirmation, by: Actor) -> None:
    """Make the coin with its Offer ID, both keys and the partition "1"; the account is locked."""
    account = Account.objects.select_related("world").get(pk=confirmation.subject_id)
    now = account.world.now()
    coin = GameCoin.objects.create(
        world=account.world,
        account=account,
        offer_id=coins.new_offer_id(),
        live_key=keys.new_key(),
        sandbox_key=keys.new_key(),
        authorized_at=now,
        authorized_by=by.name[:40],
    )
    with override(account.language):
        name = pgettext("partition", "Default")
    Partition.objects.create(
        world=account.world, coin=coin, zone_id=coins.DEFAULT_ZONE, name=name, added_at=now
    )
    audit.act(coin, AUTHORIZED, by=by, detail=coin.offer_id)
    notices.tell(account, TOLD, name=by.name, offer_id=coin.offer_id)


@action
def configure(account_id: int, *, name: str, rate: int, by: Actor) -> GameCoin:
    """Give the coin its name and its exchange rate, in coins for one yuan; the same again is no change.

    Refused while they are under review, and for ever once the coin is online; for a name that is not
    2 to 10 characters, and for a rate that is none of 1, 10 and 100.
    """
    coin = locked(account_id, by=by)
    if coin.state == State.ONLINE:
        raise Refused(
            _("Not saved: the coin is online. Its name and exchange rate never change again."),
            code="online",
            way_out=coins.PAGE,
        )
    if coin.state == State.UNDER_REVIEW:
        raise Refused(
            _("Not saved: the coin is under review. Withdraw the application, or wait for the verdict."),
            code="under_review",
            way_out=coins.APPLICATION,
        )
    try:
        name = coins.read_name(name)
    except ValueError as refusal:
        raise Refused(str(refusal), code="name", field="name") from None
    if type(rate) is not int or rate not in coins.RATES:
        raise Refused(_("Choose how many coins one yuan buys: 1, 10 or 100."), code="rate", field="rate")
    if (coin.name, coin.rate) != (name, rate):
        coin.configure(name=name, rate=rate, by=by)
        coin.save()
    return coin


def locked(account_id: int, *, by: Actor, capability: Capability = Capability.MANAGE_GAME_COIN) -> GameCoin:
    """Return the account's coin locked after its account, for what `by` may do, both with one world.

    Refused without the capability, and before the coin is authorized.
    """
    account = Account.objects.lock(account_id)
    account.require(capability, by=by)
    return of(account)


def of(account: Account) -> GameCoin:
    """Return the coin of an account that is locked, itself locked too. Refused before its authorization."""
    coin_id = GameCoin.objects.filter(account=account).values_list("pk", flat=True).first()
    if coin_id is None:
        raise Refused(
            _("The game coin is not authorized yet. The administrator authorizes it by a scan first."),
            code="no_coin",
            way_out=coins.PAGE,
        )
    coin = GameCoin.objects.lock(coin_id)
    coin.account, coin.world = account, account.world
    return coin


def _authorized_already() -> str:
    return _("Nothing was done: the game coin is authorized already.")


def _objection(confirmation: Confirmation, _by: Actor) -> str:
    """Return why it cannot be authorized any more, in the moment of the scan, or ''."""
    there = GameCoin.objects.filter(account=confirmation.subject_id).exists()
    return _authorized_already() if there else ""


def _facts(_confirmation: Confirmation) -> list[tuple[StrOrPromise, str]]:
    return [(_("What it opens"), _("Name, exchange rate, partitions, keys and joint debug"))]


SCAN: Final = scans.register(
    "payments.authorize_coin",
    capability=Capability.MANAGE_GAME_COIN,
    title=lambda _confirmation: gettext_lazy("Authorize the game coin"),
    carry_out=_authorize,
    also=_objection,
    facts=_facts,
    waits_at=coins.PAGE,
)
