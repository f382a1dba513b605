"""A third-party platform's server, as the tests play it: it holds the secret and calls the server API."""

from __future__ import annotations

from typing import Any

from django.test import Client

from accounts.models import Account
from platforms import actions
from platforms.sets import ALL
from portal.kernel.actors import SIMULATOR
from portal.kernel.models import World
from portal.simulator.walks.platforms import authorize, make_platform
from tests.server import Caller


class PlatformServer(Caller):
    """Calls with the platform's own token; `as_account` calls for an account that it lets authorize it."""

    def __init__(self, world: World, name: str = "Lantern Works", client: Client | None = None) -> None:
        super().__init__(client)
        made = make_platform(world, name)
        self.platform, self.secret = made.platform, made.secret
        self.appid = made.platform.appid
        self._token = ""

    @property
    def component_token(self) -> str:
        """Return the component_access_token, fetched once with a ticket of the button."""
        if not self._token:
            ticket = actions.give_ticket(self.platform.pk, by=SIMULATOR)
            told = self.send(
                "/cgi-bin/component/api_component_token",
                {
                    "component_appid": self.appid,
                    "component_appsecret": self.secret,
                    "component_verify_ticket": ticket,
                },
            )
            self._token = told["component_access_token"]
        return self._token

    @property
    def query(self) -> dict[str, str]:
        """Return what every call carries."""
        return {"component_access_token": self.component_token}

    def call(self, name: str, **fields: Any) -> Any:
        """POST to /cgi-bin/component/`name` with the platform's AppID among the fields."""
        return self.post(f"/cgi-bin/component/{name}", {"component_appid": self.appid, **fields})

    def as_account(self, account: Account, sets: Any = ALL) -> ForAccount:
        """Let an account authorize this platform; return whoever calls for it."""
        return ForAccount(self, account, sets)


class ForAccount(Caller):
    """Calls with an account's authorizer token."""

    def __init__(self, server: PlatformServer, account: Account, sets: Any) -> None:
        super().__init__(server.client)
        granted = authorize(server.platform, account, sets)
        self.account, self.appid = account, account.appid or ""
        self.authorization, self.token = granted.authorization, granted.token
        self.refresh_token = granted.refresh_token

    @property
    def query(self) -> dict[str, str]:
        """Return what every call carries."""
        return {"access_token": self.token}
