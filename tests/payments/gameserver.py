"""A game's own server as the tests play it: it signs by itself, with code of its own."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any, Final

from django.test import Client

from accounts import player_sessions
from accounts.models import Player
from payments.keys import SEALED
from payments.models import GameCoin
from portal.kernel import sealed
from portal.kernel.models import World
from portal.outside.models import Person
from tests.payments import shop as shops
from tests.payments.shop import Shop
from tests.server import OwnServer

LIVE_KEY: Final = "zNLgAGgqsEWJOg1nFVaO5r7fAlIQxr1u"
SANDBOX_KEY: Final = "pW3uQ7xTn0aY5cR8bL2kV9mJ4dF6hG1s"
SESSION_KEY: Final = "9hAb/NEYUlkaMBEsmFgzig=="
KEYS: Final = (LIVE_KEY, SANDBOX_KEY)


def opened(world: World, *, offer_id: str = "") -> Shop:
    """Return a shop whose keys are known, and Mei Ran logged in to its game."""
    shop = shops.opened(world, offer_id=offer_id)
    set_keys(shop, *KEYS)
    log_in(shop.player())
    return shop


def set_keys(shop: Shop, live: str, sandbox: str) -> None:
    """Give the shop's coin these keys."""
    GameCoin.objects.filter(account=shop.account).update(
        live_key=sealed.seal(live, purpose=SEALED), sandbox_key=sealed.seal(sandbox, purpose=SEALED)
    )


def log_in(player: Player, session_key: str = SESSION_KEY) -> None:
    """Give a player this session key, as of now."""
    kept = sealed.seal(session_key, purpose=player_sessions.SEALED)
    Player.objects.filter(pk=player.pk).update(session_key=kept, session_set_at=player.world.now())


def known_player(shop: Shop, openid: str) -> Player:
    """Return Chen Xi as a player whose openid an example of the platform's has, logged in."""
    person = Person.objects.get(world=shop.account.world, wechat_id="chenxi")
    player = Player.objects.create(
        world=shop.account.world, account=shop.account, person=person, openid=openid
    )
    log_in(player)
    return player


def mac(key: str | bytes, text: str | bytes) -> str:
    """Return HMAC-SHA256 in hexadecimal."""
    return hmac.new(_bytes(key), _bytes(text), hashlib.sha256).hexdigest()


def compact(body: dict[str, Any]) -> bytes:
    """Return a body as most libraries write it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


class GameServer(OwnServer):
    """Calls with both signatures; `signs` of version 2 and /xpay, `old` of version 1."""

    def __init__(self, shop: Shop, client: Client | None = None) -> None:
        super().__init__(shop.account, client)
        self.shop = shop
        self.offer_id = GameCoin.objects.get(account=shop.account).offer_id
        self.openid = shop.player().openid

    def body(self, **fields: Any) -> dict[str, Any]:
        """Return a body of version 2, live, in partition 1; None leaves a field out."""
        place = {
            "openid": self.openid,
            "offer_id": self.offer_id,
            "ts": 1552096800,
            "zone_id": "1",
            "env": 0,
            **fields,
        }
        return {name: value for name, value in place.items() if value is not None}

    def signs(
        self,
        path: str,
        body: dict[str, Any] | bytes,
        *,
        key: str | None = None,
        session_key: str = SESSION_KEY,
        **query: Any,
    ) -> Any:
        """Call with both signatures of the body; `query` adds to them or replaces them (None: left out)."""
        raw = body if isinstance(body, bytes) else compact(body)
        if key is None:
            key = KEYS[body.get("env", 0) == 1] if isinstance(body, dict) else LIVE_KEY
        signed = {
            "pay_sig": mac(key, path.encode() + b"&" + raw),
            "signature": mac(session_key, raw),
            "sig_method": "hmac_sha256",
            **query,
        }
        return self.post(path, raw, **{name: value for name, value in signed.items() if value is not None})

    def game(self, name: str, **fields: Any) -> Any:
        """Call /wxa/game/`name`."""
        return self.signs(f"/wxa/game/{name}", self.body(**fields))

    def old(self, name: str, *, sandbox: bool = False, key: str = "", session_key: str = SESSION_KEY,
            changed: dict[str, Any] | None = None, **fields: Any) -> Any:  # fmt: skip
        """Call version 1, signed; `changed` is what becomes of the body after it was signed."""
        path = f"/cgi-bin/midas/{'sandbox/' if sandbox else ''}{name}"
        body = self.old_body(**fields)
        key = key or KEYS[sandbox]
        body["sig"] = mac(key, f"{joined(body)}&org_loc={path}&method=POST&secret={key}")
        every = {**body, "access_token": self.token}
        body["mp_sig"] = mac(
            session_key, f"{joined(every)}&org_loc={path}&method=POST&session_key={session_key}"
        )
        body = {**body, **(changed or {})}
        return self.post(path, compact({name: value for name, value in body.items() if value is not None}))

    def old_body(self, **fields: Any) -> dict[str, Any]:
        """Return a body of version 1 without its signatures."""
        place = {
            "openid": self.openid,
            "appid": self.appid,
            "offer_id": self.offer_id,
            "ts": 1552096800,
            "zone_id": "1",
            "pf": "android",
            **fields,
        }
        return {name: value for name, value in place.items() if value is not None}


def joined(body: dict[str, Any]) -> str:
    """Return parameters as version 1 signs them."""
    return "&".join(f"{name}={body[name]}" for name in sorted(body))
