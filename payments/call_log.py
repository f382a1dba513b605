"""A game's call as it goes over the wire: path, body, what is signed, the signature, the answer (PAY-4)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from payments import refusals, signatures
from payments.keys import key_of
from payments.models import Environment, GameCall, GameCoin

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PATH: Final = "/wxa/game/"
SENTENCES: Final[dict[int, StrOrPromise]] = {
    refusals.NO_SUCH_PAYMENT: _("The player paid nothing under this number here."),
    refusals.BILL_USED: _("The bill number is used: the same call was answered before, or another one."),
    refusals.TOO_FEW_COINS: _("The player has too few coins."),
    refusals.NOT_ALLOWED: _("The game, the partition or the player may not do this."),
    refusals.BAD_PARAMETER: _("A parameter is wrong; the answer names it."),
}


@dataclass(frozen=True)
class Written:
    """A call and its answer, written out; `body` is the exact text that the signatures are of."""

    call: GameCall
    path: str
    body: str
    request: str
    answer: str

    @property
    def failed(self) -> bool:
        """Return whether the answer was an error."""
        return bool(self.call.errcode)

    @property
    def sentence(self) -> StrOrPromise:
        """Return what an error means, in the reader's language, or ''."""
        return SENTENCES.get(self.call.errcode, "")


@dataclass(frozen=True)
class Signed:
    """What the game's own server would send for a call, and how it is signed with the sandbox key.

    The other signature is of the same body, with the session key of the player: only the game has it.
    """

    written: Written
    to_sign: str
    pay_sig: str

    @property
    def url(self) -> str:
        """Return path and query as they are called, with what only the game's server knows in words."""
        return (
            f"{self.written.path}?access_token=ACCESS_TOKEN&signature=SIGNATURE"
            f"&sig_method=hmac_sha256&pay_sig={self.pay_sig}"
        )


def written(call: GameCall) -> Written:
    """Return a call as it was made."""
    return Written(
        call=call,
        path=f"{PATH}{call.name}",
        body=_compact(call.request),
        request=_spaced(call.request),
        answer=_spaced(call.answer),
    )


def signed(coin: GameCoin, call: GameCall) -> Signed:
    """Return a call of the sandbox with its signature. ValueError for a call that was live."""
    if call.environment != Environment.SANDBOX:
        raise ValueError("a live call is signed by the game's own server")
    line = written(call)
    to_sign = signatures.to_sign(line.path, line.body).decode()
    return Signed(line, to_sign, signatures.pay_sig(key_of(coin, Environment.SANDBOX), line.path, line.body))


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _spaced(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
