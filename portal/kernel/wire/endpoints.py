"""The endpoints that are served: one decorator says what the protocol checks before a stage's code runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from django.http import HttpResponse
from django.utils.functional import Promise

from portal.kernel.policy import EVERY_TYPE
from portal.kernel.terms import AccountType
from portal.kernel.wire.call import Call
from portal.kernel.wire.fields import Field, File

Answer = Mapping[str, Any] | HttpResponse | None
Handler = Callable[[Call], Answer]

GET: Final = ("GET", "POST")  # the official verb first; SDKs differ, so both are taken (wechat-api 0.2)
POST: Final = ("POST", "GET")
ONLY_GET: Final = ("GET",)
ONLY_POST: Final = ("POST",)
ANY_SET: Final = frozenset({0})  # as `sets`: whatever the account granted to a third-party platform


class Token(StrEnum):
    """Whose token an endpoint takes."""

    NONE = "none"
    ACCOUNT = "access_token"
    PLATFORM = "component_access_token"  # of a third-party platform, for itself


@dataclass(frozen=True)
class Endpoint:
    """One path of the server API.

    `types` are the account types it is for, `sets` the permission sets of which a third-party platform
    needs one (empty: it may not call), `platforms_only` shuts out the account's own token (86000).
    `daily` is the platform's quota where it names one. `bare` answers carry no errcode when all is well.
    `refusals` translate an action's codes into the platform's numbers; `errcodes`, for its page, are all
    it may give besides those of every endpoint.
    """

    path: str
    title: Promise
    handler: Handler
    verbs: tuple[str, ...] = POST
    fields: tuple[Field, ...] = ()
    token: Token = Token.ACCOUNT
    types: frozenset[AccountType] = EVERY_TYPE
    sets: frozenset[int] = frozenset()
    platforms_only: bool = False
    needs_body: bool = False
    bare: bool = False
    daily: int | None = None
    refusals: Mapping[str, int] = field(default_factory=dict)
    errcodes: tuple[int, ...] = ()

    @property
    def stage(self) -> str:
        """Return the app that serves it."""
        return self.handler.__module__.partition(".")[0]

    @property
    def text(self) -> str:
        """Return what its handler says of itself."""
        return (self.handler.__doc__ or "").strip()

    @property
    def takes_file(self) -> bool:
        """Return whether it is sent a multipart form."""
        return any(isinstance(each, File) for each in self.fields)


ENDPOINTS: dict[str, Endpoint] = {}


def endpoint(path: str, title: Promise, **checks: Any) -> Callable[[Handler], Handler]:
    """Serve `path` by the function below: `checks` are Endpoint's. One function may serve several paths."""

    def register(handler: Handler) -> Handler:
        if path in ENDPOINTS:
            raise LookupError(f"two endpoints at {path}")
        ENDPOINTS[path] = Endpoint(path, title, handler, **checks)
        return handler

    return register
