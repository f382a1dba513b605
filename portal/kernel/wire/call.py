"""One call as an endpoint sees it: who calls, what was sent, as it was sent and as it is meant."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from portal.kernel import clock
from portal.kernel.actors import Actor
from portal.kernel.models import World
from portal.kernel.wire.callers import Caller

if TYPE_CHECKING:
    from portal.kernel.wire.endpoints import Endpoint


class Call:
    """A call of the server API. `raw` is its body, byte by byte: signatures are checked on that."""

    def __init__(self, request: HttpRequest, endpoint: Endpoint | None = None) -> None:
        self.request = request
        self.endpoint = endpoint  # None: nothing is served at this path
        self.path = request.path
        self.raw = b""
        self.sent: Mapping[str, Any] = {}  # all that came, by name: the query, and over it the body
        self.values: dict[str, Any] = {}  # the endpoint's own parameters, read
        self.caller: Caller | None = None
        self.world: World | None = None  # known with the caller, or from what a token call names
        self.appid = ""
        self.marks = f"{secrets.token_hex(4)}-{secrets.token_hex(4)}"

    def __getitem__(self, name: str) -> Any:
        """Return a parameter of the endpoint, read; None when it was not sent."""
        return self.values[name]

    @property
    def account(self) -> Any:
        """Return the account that the token stands for."""
        return self.caller.account if self.caller else None

    @property
    def by(self) -> Actor:
        """Return who acts."""
        if self.caller is None:
            raise LookupError("nobody calls: the endpoint takes no token")
        return self.caller.by

    @property
    def address(self) -> str:
        """Return where the call came from."""
        return str(self.request.META.get("REMOTE_ADDR", ""))

    def now(self) -> datetime:
        """Return the world's time, the real one while no world is known."""
        return self.world.now() if self.world else clock.real_now()

    @property
    def rid(self) -> str:
        """Return the call's id; its first group is the moment, in seconds since 1970 (appendix C.4)."""
        return f"{int(self.now().timestamp()) & 0xFFFFFFFF:08x}-{self.marks}"

    def concerns(self, world: World, appid: str) -> None:
        """Say whose call this is, where no token does: refusals are kept in that world."""
        self.world, self.appid = world, appid
