"""What has to be there before a game coin may go online, condition by condition (PAY-4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from payments import coins, joint_debug
from payments.models import GameCall, GameCoin

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Condition:
    """One condition: what it is called, whether it is met, and the page where it is."""

    label: StrOrPromise
    met: bool
    url_name: str


def conditions(coin: GameCoin) -> list[Condition]:
    """Return every condition of going online, in the order of the steps. Two queries."""
    lacking = joint_debug.missing(coin)
    called = {
        GameCall.Name.BALANCE: _("A balance query in the sandbox"),
        GameCall.Name.PAY: _("A payment in the sandbox"),
        GameCall.Name.CANCEL: _("A cancelled payment in the sandbox"),
    }
    return [
        Condition(_("Name and exchange rate"), bool(coin.name and coin.rate), coins.PAGE),
        Condition(
            _("A partition open for sale"), coin.partitions.filter(is_open=True).exists(), coins.PARTITIONS
        ),
        *(Condition(called[name], name not in lacking, coins.DEBUG) for name in joint_debug.REQUIRED),
    ]
