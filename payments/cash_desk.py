"""What a game says to `wx.requestMidasPayment`, read as the platform reads it (wechat-api 11.1)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.models import Account
from payments import client_codes
from payments.models import GameCoin
from portal.kernel.errors import Refused

NEEDED: Final = ("mode", "offerId", "currencyType", "buyQuantity")
TEXTS: Final = ("mode", "offerId", "currencyType", "platform", "zoneId", "outTradeNo")
NUMBERS: Final = ("env", "buyQuantity")
USUAL: Final = {"env": 0, "platform": "android", "zoneId": "1", "outTradeNo": ""}
# What `purchases.place` calls the same.
FIELDS: Final = {
    "coins": "buyQuantity",
    "zone_id": "zoneId",
    "environment": "env",
    "out_trade_no": "outTradeNo",
}


def read(account: Account, said: object) -> dict[str, Any]:
    """Return {zone_id, environment, coins, out_trade_no} of a call, for `purchases.place`.

    Raises Refused with the platform's code: -15001 for what is missing, -15011 for another type, -15002
    and -15006 for another value, 1003 in a game without a coin.
    """
    given = said if isinstance(said, dict) else {}
    given = USUAL | {name: value for name, value in given.items() if value is not None}
    for name in NEEDED:
        if given.get(name, "") == "":
            raise _no(client_codes.MISSING, name)
    for name in TEXTS:
        if not isinstance(given[name], str):
            raise _no(client_codes.WRONG_TYPE, name)
    for name in NUMBERS:
        if type(given[name]) is not int:
            raise _no(client_codes.WRONG_TYPE, name)
    if given["currencyType"] != "CNY":
        raise _no(client_codes.CURRENCY, "currencyType")
    if given["mode"] != "game":
        raise _no(client_codes.INVALID, "mode")
    if given["platform"] != "android":
        raise _no(client_codes.INVALID, "platform")
    coin = GameCoin.objects.filter(account=account).first()
    if coin is None:
        raise _no(client_codes.UNPUBLISHED, "")
    if given["offerId"] != coin.offer_id:
        raise _no(client_codes.INVALID, "offerId")
    return {
        "zone_id": given["zoneId"],
        "environment": given["env"],
        "coins": given["buyQuantity"],
        "out_trade_no": given["outTradeNo"],
    }


def failed(refusal: Refused) -> dict[str, Any]:
    """Return what the game is told of a refusal: {ok, errMsg, errCode}, and the parameter it is about."""
    code = int(refusal.code)
    words = client_codes.WORDS[code]
    field = FIELDS.get(refusal.field, refusal.field)
    return {"ok": False, "errMsg": f"{words}: {field}" if field else words, "errCode": code}


def answer(code: int) -> dict[str, Any]:
    """Return what the game is told at the end: it succeeded, or failed with this code."""
    if code == 0:
        return {"ok": True, "data": {}}
    return {"ok": False, "errMsg": client_codes.WORDS[code], "errCode": code}


def _no(code: int, field: str) -> Refused:
    sentence = _("The cash desk did not open: the platform refuses the call with %(code)d.") % {"code": code}
    return Refused(sentence, code=str(code), field=field)
