"""A fresh account that is ready for an SDK, with everything an SDK asks for (control-api: credentials)."""

from __future__ import annotations

from typing import Any, Final

from accounts.models import Account, Player
from payments.keys import key_of
from payments.models import Environment, GameCoin
from platforms import actions as platforms
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.kernel.terms import AccountType, EntityType
from portal.outside.models import Person
from portal.simulator import walks
from portal.simulator.walks.development import new_secret, set_push
from portal.simulator.walks.platforms import grant, make_platform
from releases.actions import log_ins

PLAYER: Final = "meiran"  # of the cast, by WeChat ID
PUSH_URL: Final = "http://127.0.0.1:9100/wechat"


def make(world: World, *, base_url: str, push_url: str = PUSH_URL) -> dict[str, Any]:
    """Make a released, paying Mini Game and a Service Account, associated, and return what opens them.

    Messages are pushed to `push_url`, which PORTAL_PUSH_ALLOWLIST has to name while it is a local one.

    The secrets in it are told this once: the portal keeps fingerprints, or keeps them sealed.
    """
    game = walks.account_at(world, "payment_online")
    person = Person.objects.get(world=world, wechat_id=PLAYER)
    return {
        "base_url": base_url,
        "world": {"id": world.pk, "name": world.name, "link": f"{base_url}/w/{world.token}/"},
        "appid": game.appid,
        "secret": new_secret(game),
        "original_id": game.original_id,
        "console": {"email": game.email, "password": walks.PASSWORD},
        "player": _player(game, person),
        "payment": _payment(game),
        "official_account": _official_account(world, game, person),
        "third_party_platform": _platform(world, game),
        "push": _push(game, push_url),
    }


def _player(game: Account, person: Person) -> dict[str, Any]:
    """Return a player of the game, logged in once, with a fresh code for the next time."""
    by = person.as_actor()
    session = log_ins.open_session(game.pk, log_ins.log_in(game.pk, by=by), by=by)
    return {
        "wechat_id": person.wechat_id,
        "openid": session.openid,
        "session_key": session.session_key,
        "code": log_ins.log_in(game.pk, by=by),
    }


def _payment(game: Account) -> dict[str, Any]:
    """Return the game coin, its first partition, and the key of each environment by its `env`."""
    coin = GameCoin.objects.get(account=game)
    first = coin.partitions.order_by("pk").first()
    return {
        "offer_id": coin.offer_id,
        "zone_id": first.zone_id if first else "1",
        "keys": {str(environment.value): key_of(coin, environment.value) for environment in Environment},
    }


def _platform(world: World, game: Account) -> dict[str, Any]:
    """Return a third-party platform that the game authorized, its ticket, and the code to exchange."""
    made = make_platform(world, f"Works {game.original_id}")
    return {
        "component_appid": made.platform.appid,
        "component_appsecret": made.secret,
        "component_verify_ticket": platforms.give_ticket(made.platform.pk, by=SIMULATOR),
        "authorization_code": grant(made.platform, game),
        "authorizer_appid": game.appid,
    }


def _push(game: Account, url: str) -> dict[str, Any]:
    push = set_push(game, url)
    return {
        "url": push.url,
        "token": push.token,
        "encoding_aes_key": push.key,
        "mode": push.mode,
        "format": push.format,
    }


def _official_account(world: World, game: Account, person: Person) -> dict[str, Any]:
    """Return a Service Account that the game is associated with, a template of it, and a follower."""
    account = walks.account_at(
        world, "perfected", entity_type=EntityType.ENTERPRISE, account_type=AccountType.SERVICE
    )
    account = walks.authenticate(account)
    walks.associate(account, game)
    template = walks.add_template(account)
    walks.follow(person, account)
    return {
        "appid": account.appid,
        "secret": new_secret(account),
        "original_id": account.original_id,
        "template_ids": [template.template_id],
        "openid": Player.objects.of(account, person.pk).openid,
    }
