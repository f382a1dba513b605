"""Accounts and a third-party platform that the SDKs speak for."""

from __future__ import annotations

from typing import Any

from accounts.models import Account, Player
from platforms import actions
from platforms.models import Platform
from platforms.settings import Settings
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.outside.models import Person
from portal.simulator import walks
from tests.platform import PlatformServer
from tests.pushes.conftest import KEY, TOKEN, relay
from tests.pushes.receiver import Receiver, Taken
from tests.releases.conftest import make_game
from tests.releases.providers import (
    allow_games,
    development_program,
    hand_in_documents,
    template_of,
    upload,
)

SITE = "lanternworks.example"


class Provider:
    """A third-party platform whose server is an SDK: its secrets, what it was pushed, and a template."""

    def __init__(self, world: World, receiver: Receiver) -> None:
        server = PlatformServer(world)
        self.secret, self.token, self.key, self.receiver = server.secret, TOKEN, KEY, receiver
        wanted = Settings(
            redirect_domain=SITE,
            event_url=f"http://{receiver.netloc}/events",
            message_url=f"http://{receiver.netloc}/$APPID$/callback",
            token=TOKEN,
            key=KEY,
        )
        self.platform: Platform = actions.save_settings(server.platform.pk, wanted, by=SIMULATOR)
        self.template = template_of(server, upload(development_program(world, self.platform)))
        allow_games(world)

    @property
    def appid(self) -> str:
        """Return its AppID."""
        return self.platform.appid

    def pushed(self) -> Taken:
        """Deliver what waits; return what came last."""
        relay()
        return self.receiver.taken[-1]


def game_to_manage(world: World) -> Account:
    """Return a Mini Game, complete, whose documents are handed in."""
    game = make_game(walks.account_at(world, "verified"))
    hand_in_documents(game)
    return game


def official_account(world: World) -> Account:
    """Return an authenticated service account."""
    return walks.authenticate(walks.account_at(world, "perfected", account_type="service"))


def person(world: World, wechat_id: str) -> Person:
    """Return one of the cast."""
    return Person.objects.get(world=world, wechat_id=wechat_id)


def follower(world: World, account: Account, wechat_id: str = "chenxi") -> str:
    """Let one of the cast follow an Official Account; return their openid."""
    who = person(world, wechat_id)
    walks.follow(who, account)
    return Player.objects.of(account, who.pk).openid


def audit() -> dict[str, Any]:
    """Return what a platform sends to submit what it committed."""
    item = {"address": "game", "tag": "lantern run", "title": "Home", "first_class": "Game",
            "second_class": "Casual", "first_id": 100, "second_id": 101}  # fmt: skip
    return {"item_list": [item], "version_desc": "Festival levels"}
